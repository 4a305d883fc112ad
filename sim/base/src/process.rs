//! Programs of somebody else: how a description's command is found, and what a program last said.

use std::io::{self, Read};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of what a program said is told, bytes.
pub const LAST_WORDS: usize = 600;

/// The command of a description that lies in `folder`, which is also where it runs: a path in it is
/// relative to that folder, a bare name is looked for as the system does.
pub fn command(words: &[String], folder: &Path) -> io::Result<Command> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    // Whether a relative path counts from here or from the folder differs between systems.
    let program = if program.contains('/') {
        std::path::absolute(folder.join(program))?
    } else {
        program.into()
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    Ok(command)
}

/// The end of what a program says, while another thread listens.
#[derive(Debug, Clone, Default)]
pub struct LastWords(Arc<Mutex<Vec<u8>>>);

impl LastWords {
    /// Listens until the program has no more to say.
    pub fn listen(&self, mut said: impl Read) {
        let mut chunk = [0; 512];
        while let Ok(n @ 1..) = said.read(&mut chunk) {
            let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            heard.extend_from_slice(&chunk[..n]);
            let surplus = heard.len().saturating_sub(LAST_WORDS);
            heard.drain(..surplus);
        }
    }

    /// What was heard so far.
    pub fn text(&self) -> String {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&heard).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let words = LastWords::default();
        let said = format!("{}the end\n", "word ".repeat(1000));
        words.listen(said.as_bytes());
        assert!(words.text().len() < LAST_WORDS && words.text().ends_with("word the end"));
    }

    #[test]
    fn a_path_counts_from_the_folder_and_a_name_does_not() {
        let program = |words: &[&str], folder: &str| {
            let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
            command(&words, Path::new(folder)).map(|c| c.get_program().to_owned())
        };
        assert_eq!(program(&["./a", "b"], "/x").expect("a command"), "/x/a");
        assert_eq!(program(&["python3"], "/x").expect("a command"), "python3");
        let here = std::env::current_dir().expect("a folder").join("a");
        assert_eq!(program(&["./a"], "").expect("a command"), here.as_os_str());
        assert!(program(&[], "/x").is_err());
    }
}
