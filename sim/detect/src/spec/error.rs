//! Mistakes in a `detector.toml`, with the place and a remedy.

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A mistake in a `detector.toml`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.problem)]
pub struct SpecError(Box<Mistake>);

#[derive(Debug, Clone)]
struct Mistake {
    problem: SpecProblem,
    help: Option<String>,
    file: String,
    span: Range<usize>,
    text: Arc<str>,
    named: NamedSource<Arc<str>>,
}

/// What is wrong in a `detector.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecProblem {
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
        key: String,
        /// The table it belongs to.
        section: String,
    },
    /// A table that must be there.
    #[error("table `[{0}]` is missing")]
    MissingSection(String),
    /// A value of another type.
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        /// The key.
        key: String,
        /// What belongs there.
        expected: String,
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
    /// A word that is none of those allowed.
    #[error("`{word}` is not a known {what}")]
    UnknownWord {
        /// What is there.
        word: String,
        /// What it should name.
        what: String,
    },
    /// A list of the wrong length.
    #[error("`{key}` must have {expected} entries, not {found}")]
    WrongLength {
        /// The key.
        key: String,
        /// How many belong there.
        expected: String,
        /// How many are there.
        found: usize,
    },
    /// Two keys that exclude each other, or two of which one is needed.
    #[error("give exactly one of `{0}` and `{1}`")]
    ExactlyOne(String, String),
    /// No class of the network is mapped to one of ours.
    #[error("no class is mapped, so nothing could ever be detected")]
    NothingMapped,
}

impl SpecError {
    pub(crate) fn new(
        problem: SpecProblem,
        help: Option<String>,
        file: &str,
        text: &Arc<str>,
        span: Range<usize>,
    ) -> Self {
        let named = NamedSource::new(file, Arc::clone(text));
        let (file, text) = (file.to_owned(), Arc::clone(text));
        Self(Box::new(Mistake {
            problem,
            help,
            file,
            span,
            text,
            named,
        }))
    }

    /// What is wrong.
    pub fn problem(&self) -> &SpecProblem {
        &self.0.problem
    }

    /// What to do about it.
    pub fn remedy(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Where in the file, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.0.span.clone()
    }

    /// Line and column (in characters), counted from 1.
    pub fn line_column(&self) -> (usize, usize) {
        let text = &self.0.text;
        let before = &text[..text.floor_char_boundary(self.0.span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }

    /// The offending text.
    pub fn offending(&self) -> &str {
        self.0.text.get(self.span()).unwrap_or_default()
    }

    /// `detector.toml:3:5`.
    pub fn place(&self) -> String {
        let (line, column) = self.line_column();
        format!("{}:{line}:{column}", self.0.file)
    }
}

impl Diagnostic for SpecError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0
            .help
            .as_ref()
            .map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.0.named)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::underline(
            self.span(),
        ))))
    }
}

/// The remedy for a misspelt word, if there is one.
pub(crate) fn nearest(word: &str, known: &[&str]) -> Option<String> {
    Some(base::spelling::did_you_mean(word, known)).filter(|help| !help.is_empty())
}
