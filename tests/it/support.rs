//! Running the program, and finding what lies beside the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program with arguments, run from the repository's root.
pub(crate) fn rivergauge(args: &[&str]) -> Output {
    command(args).output().expect("the program starts")
}

/// The program, to be started some other way.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rivergauge"));
    command.args(args).current_dir(root()).env("NO_COLOR", "1");
    command
}

/// Exit code, standard output, standard error.
pub(crate) fn parts(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// The folder of real networks and photographs beside the repository; `None`, said aloud, where
/// a clone stands alone.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
pub(crate) fn shared_assets() -> Option<PathBuf> {
    let assets = root().join("../shared/assets");
    if assets.is_dir() {
        return Some(assets);
    }
    eprintln!("SKIPPED: no folder ../shared/assets beside the repository");
    None
}
