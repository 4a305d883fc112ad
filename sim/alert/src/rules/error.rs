//! What can be wrong with a rule set, with the place and the remedy.

use miette::{Diagnostic, LabeledSpan, NamedSource};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a rule set could not be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum RuleError {
    /// The file has mistakes.
    #[error("`{}` is not a rule set: {}", path.display(), listed(problems))]
    #[diagnostic(help("mend the file, or leave it out for the built-in rules"))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All of them, in the order of the file.
        #[related]
        problems: Vec<RuleProblem>,
    },
    /// A number is out of range.
    #[error("rule parameter `{key}` is {value}: it must be a number from {low} to {high}")]
    Range {
        /// The key, with its tables.
        key: String,
        /// What it is.
        value: f64,
        /// Least allowed.
        low: f64,
        /// Most allowed.
        high: f64,
    },
    /// A text is no span of dates or hours.
    #[error("rule parameter `{key}` has `{text}`: write a span as \"{example}\"")]
    Span {
        /// The key, with its tables.
        key: String,
        /// What it says.
        text: String,
        /// How it is written.
        example: &'static str,
    },
}

fn listed(problems: &[RuleProblem]) -> String {
    let lines = problems.iter().map(ToString::to_string);
    lines.collect::<Vec<_>>().join("; ")
}

/// One mistake in a file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("line {}: {what}", self.line())]
pub struct RuleProblem {
    /// What is wrong, with the key and its tables.
    pub what: String,
    #[source_code]
    text: NamedSource<Arc<str>>,
    #[label(collection)]
    labels: Vec<LabeledSpan>,
    /// The remedy.
    #[help]
    pub help: Option<String>,
}

impl RuleProblem {
    pub(super) fn new(
        path: &Path,
        text: &Arc<str>,
        span: Range<usize>,
        what: String,
        help: Option<String>,
    ) -> Self {
        let name = path.display().to_string();
        Self {
            what,
            text: NamedSource::new(name, Arc::clone(text)),
            labels: vec![LabeledSpan::underline(span)],
            help,
        }
    }

    /// Line of the offending text, from 1.
    pub fn line(&self) -> usize {
        let offset = self.labels.first().map_or(0, LabeledSpan::offset);
        let before = self.text.inner().get(..offset).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}
