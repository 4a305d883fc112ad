//! Mistakes in a `box.toml`, with the place and a remedy.

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A `box.toml` that cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(help("give a box.toml; sim/blackbox/README.md shows one"))]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file has a mistake.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Mistake(#[from] Mistake),
}

/// One mistake.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{problem}")]
pub struct Mistake {
    /// What is wrong.
    pub problem: Box<Problem>,
    /// What to do about it.
    pub remedy: String,
    /// Where, in bytes.
    pub span: Range<usize>,
    named: Box<NamedSource<Arc<str>>>,
}

/// What is wrong in a `box.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not TOML at all.
    #[error("not valid TOML: {0}")]
    Syntax(String),
    /// A key nobody reads.
    #[error("`{0}`: unknown key")]
    UnknownKey(String),
    /// A key that must be there.
    #[error("key `{key}` is missing in `[{section}]`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The table it belongs to.
        section: String,
    },
    /// A table that must be there.
    #[error("table `[{0}]` is missing")]
    MissingTable(String),
    /// A value of another type.
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        /// The key.
        key: String,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A number beyond its limits.
    #[error("`{key}` must lie between {low} and {high}")]
    OutOfRange {
        /// The key.
        key: String,
        /// Lower limit.
        low: String,
        /// Upper limit.
        high: String,
    },
    /// A word or text that cannot stand there.
    #[error("`{key}` cannot be `{value}`")]
    Value {
        /// The key.
        key: String,
        /// What is there.
        value: String,
    },
    /// Of two keys one and only one is needed.
    #[error("give exactly one of `{0}` and `{1}`")]
    ExactlyOne(&'static str, &'static str),
    /// Nothing to hear alerts with.
    #[error("no way is given for its alerts to come in")]
    NoWayIn,
    /// No kind of theirs is one of ours.
    #[error("no kind of alert is mapped, so nothing could ever be scored")]
    NoKinds,
    /// Two things have one name.
    #[error("`{0}` is given twice")]
    Twice(String),
}

impl Mistake {
    pub(crate) fn new(
        problem: Problem,
        remedy: impl Into<String>,
        file: &str,
        text: &Arc<str>,
        span: Range<usize>,
    ) -> Self {
        Self {
            problem: Box::new(problem),
            remedy: remedy.into(),
            span,
            named: Box::new(NamedSource::new(file, Arc::clone(text))),
        }
    }
}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.remedy.is_empty()).then(|| Box::new(&self.remedy) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.named.as_ref())
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::underline(self.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}
