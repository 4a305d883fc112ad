//! Mistakes in `[[channel]]`, with place and remedy.

/// A mistake in a configuration file. Shows file, line, column, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {problem}; help: {help}")]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: ConfigProblem,
    /// What to do about it.
    pub help: String,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// Not TOML.
    #[error("not valid TOML: {0}")]
    Syntax(String),
    /// A key nobody reads.
    #[error("`{0}`: unknown key")]
    UnknownKey(String),
    /// A key that must be there.
    #[error("key `{0}` is missing")]
    MissingKey(&'static str),
    /// A value of another type.
    #[error("`{0}` must be {1}")]
    WrongType(String, &'static str),
    /// A value that cannot be.
    #[error("`{0}` cannot be `{1}`")]
    Value(&'static str, String),
    /// Two keys of which only one may be there.
    #[error("`{0}` and `{1}` exclude each other")]
    Both(&'static str, &'static str),
    /// Two channels of one name.
    #[error("there are two channels named `{0}`")]
    SameName(String),
}
