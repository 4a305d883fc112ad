//! Keys and passwords: read from a file or an environment variable, shown nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

/// Shortest secret accepted, in bytes: anything less is guessed.
const MIN_BYTES: usize = 8;

/// A key or password. Its `Debug` does not tell it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A secret that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Its file cannot be read.
    #[error("secret file {}: make it readable for this user", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Its environment variable is not set, or no text.
    #[error("environment variable `{name}` is not set: export the secret in it")]
    Variable {
        /// The variable.
        name: String,
        /// What the system said.
        #[source]
        source: env::VarError,
    },
    /// Too short to be one.
    #[error("the secret in {from} has fewer than {MIN_BYTES} bytes: make a longer one")]
    Short {
        /// File or variable.
        from: String,
    },
    /// It begins as base64 and is none.
    #[error("the secret in {from} begins with `whsec_`, but base64 does not follow")]
    Base64 {
        /// File or variable.
        from: String,
        /// Where it ends to be base64.
        #[source]
        source: base64::DecodeError,
    },
}

impl Secret {
    /// The content of a file, without the line end that editors add.
    pub fn from_file(path: &Path) -> Result<Self, SecretError> {
        let bytes = fs::read(path).map_err(|source| SecretError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::checked(&bytes, || format!("file {}", path.display()))
    }

    /// The content of an environment variable.
    pub fn from_variable(name: &str) -> Result<Self, SecretError> {
        let text = env::var(name).map_err(|source| SecretError::Variable {
            name: name.to_owned(),
            source,
        })?;
        Self::checked(text.as_bytes(), || format!("variable `{name}`"))
    }

    /// From text that is at hand, such as a test's. `whsec_` and base64 is taken as the bytes
    /// that it spells, as Standard Webhooks writes keys; all else as it stands.
    pub fn from_text(text: &str) -> Result<Self, SecretError> {
        Self::checked(text.as_bytes(), || "the text".to_owned())
    }

    fn checked(bytes: &[u8], from: impl Fn() -> String) -> Result<Self, SecretError> {
        let bytes = bytes.trim_ascii_end();
        let bytes = match bytes.strip_prefix(b"whsec_") {
            Some(coded) => STANDARD
                .decode(coded)
                .map_err(|source| SecretError::Base64 {
                    from: from(),
                    source,
                })?,
            None => bytes.to_vec(),
        };
        if bytes.len() < MIN_BYTES {
            return Err(SecretError::Short { from: from() });
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As text, for protocols that want a password.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_without_its_line_end_and_never_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        fs::write(&path, "correct horse\r\n").expect("written");
        let secret = Secret::from_file(&path).expect("a secret");
        assert_eq!(secret.bytes(), b"correct horse");
        assert!(!format!("{secret:?}").contains("horse"));
        let coded = Secret::from_text("whsec_Y29ycmVjdCBob3JzZQ==").expect("a secret");
        assert_eq!(coded, secret);
    }

    #[test]
    fn what_is_no_secret_says_where_it_was_looked_for() {
        let missing = Secret::from_file(Path::new("nowhere/key")).expect_err("no file");
        assert!(missing.to_string().contains("nowhere/key"));
        let short = Secret::from_text("1234\n").expect_err("too short");
        assert!(short.to_string().contains("fewer than 8"), "{short}");
        assert!(Secret::from_text("whsec_???").is_err());
        assert!(Secret::from_variable("RIVERGAUGE_NO_SUCH_SECRET").is_err());
    }
}
