//! A detector that is a program: frames in, boxes out.

use super::{ABOUT_KEYS, ClassMap, Limits, Section, SpecError, SpecProblem, Thresholds};
use super::{classes, limits, need, read_thresholds};

/// What is said of a program.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramSpec {
    /// Its name in reports.
    pub name: String,
    /// What it is, in a sentence.
    pub description: String,
    /// The program, relative to the folder of the `detector.toml` when it has a separator in it, else
    /// looked for as a shell would; then its arguments. It runs in that folder.
    pub command: Vec<String>,
    /// Its names of classes, in their order.
    pub names: Vec<String>,
    /// Its classes and ours.
    pub classes: ClassMap,
    /// What of its answers counts; `nms_iou` has no part in it.
    pub thresholds: Thresholds,
    /// Patience.
    pub limits: Limits,
}

/// Reads the file, opened at its root.
pub(super) fn read(root: &Section<'_>) -> Result<ProgramSpec, SpecError> {
    let about = need(root, "detector", ABOUT_KEYS)?;
    for other in ["model", "service"] {
        if about.has(other) {
            let problem = SpecProblem::ExactlyOne("program".to_owned(), other.to_owned());
            return Err(about.error(other, problem, None));
        }
    }
    let command = about.required("program", about.texts("program")?)?;
    if command.first().is_none_or(|word| word.is_empty()) {
        let help = "program = [\"./my-detector\", \"--an-argument\"]".to_owned();
        let problem = SpecProblem::WrongLength {
            key: "detector.program".to_owned(),
            expected: "one or more".to_owned(),
            found: 0,
        };
        return Err(about.error("program", problem, help));
    }
    let known = &["timeout_s", "start_timeout_s", "restarts", "copies"];
    let section = need(root, "classes", &["names", "count", "map"])?;
    if section.has("count") {
        let help = "a program names its classes: names = [\"boat\", ...]".to_owned();
        let problem = SpecProblem::UnknownKey("count".to_owned());
        return Err(section.error("count", problem, help));
    }
    Ok(ProgramSpec {
        name: about.required("name", about.text("name")?)?.to_owned(),
        description: about.text("description")?.unwrap_or_default().to_owned(),
        command: command.into_iter().map(str::to_owned).collect(),
        names: classes::read_names(&section)?.unwrap_or_default(),
        classes: classes::read(&section)?,
        thresholds: read_thresholds(root)?,
        limits: limits::read(root, known)?.unwrap_or_default(),
    })
}
