//! Programs that are not ours; a test that needs one which is missing is left, unless they are required.

use std::net::TcpListener;

/// Leaves the test, with a word, when a program is missing.
macro_rules! need {
    ($($program:literal),+) => {
        $(if !crate::peers::has($program) {
            eprintln!("skipped: there is no `{}` on this machine", $program);
            return;
        })+
    };
}
pub(crate) use need;

/// Whether a program can be run.
pub(crate) fn has(program: &str) -> bool {
    let found = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path)
            .chain(["/usr/sbin".into()])
            .any(|folder| folder.join(program).is_file())
    });
    let required = std::env::var("RIVERGAUGE_PEERS").is_ok_and(|v| v == "required");
    assert!(found || !required, "`{program}` is required here");
    found
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
