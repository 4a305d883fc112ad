//! `rivergauge schema`: JSON Schemas for editors.

use crate::args::{SchemaArgs, SchemaOf};
use crate::error::CliError;
use crate::{Outcome, output};

#[expect(
    clippy::unnecessary_wraps,
    reason = "every command has the same signature"
)]
pub(crate) fn run(args: &SchemaArgs) -> Result<Outcome, CliError> {
    let schema = match args.of {
        SchemaOf::Scenario => scenario::schema::scenario_schema(),
        SchemaOf::Site => scenario::schema::site_schema(),
    };
    output::data(&format!("{schema:#}\n"));
    Ok(Outcome::Pass)
}
