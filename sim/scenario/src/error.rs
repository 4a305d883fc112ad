//! What can be wrong with a scenario or a site, with the place and the remedy.

use crate::file::tree::Loc;
use base::spelling::nearest;
use miette::{Diagnostic, LabeledSpan, NamedSource};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// A scenario or site could not be loaded.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    #[diagnostic(help("check that the file exists and may be read"))]
    Read {
        /// As given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is not UTF-8 text.
    #[error("`{}` is not UTF-8 text: byte {offset} begins no character", path.display())]
    #[diagnostic(help("save the file as UTF-8"))]
    NotText {
        /// As given.
        path: PathBuf,
        /// Bytes before the first that is wrong.
        offset: usize,
    },
    /// The file or one that it needs has mistakes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Invalid(#[from] Invalid),
}

/// Every mistake found in a file and in those it needs.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{}` has {}", path.display(), counted(problems.len()))]
pub struct Invalid {
    /// The file asked for, as given.
    pub path: PathBuf,
    /// By file and place.
    #[related]
    pub problems: Vec<Problem>,
}

fn counted(n: usize) -> String {
    if n == 1 {
        "a mistake".to_owned()
    } else {
        format!("{n} mistakes")
    }
}

/// One mistake.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{fault}")]
pub struct Problem {
    /// What is wrong.
    pub fault: Fault,
    /// The file it is in.
    #[source_code]
    pub text: NamedSource<Arc<str>>,
    /// The offending text first, then what it clashes with.
    #[label(collection)]
    pub labels: Vec<LabeledSpan>,
    /// The remedy.
    #[help]
    pub help: Option<String>,
}

impl Problem {
    /// Line and column of the offending text, from 1; columns count characters.
    pub fn line_column(&self) -> (usize, usize) {
        let offset = self.labels.first().map_or(0, LabeledSpan::offset);
        let before = self.text.inner().get(..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Fault {
    #[error("not valid TOML: {0}")]
    Syntax(String),
    #[error("`{0}` does not fit 64 bits")]
    HugeNumber(String),
    #[error("`{0}`: unknown key")]
    UnknownKey(String),
    #[error("`{0}` is missing")]
    MissingKey(&'static str),
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        key: String,
        expected: String,
        found: &'static str,
    },
    #[error("`{0}` is empty")]
    EmptyText(String),
    #[error("`{key}` = `{text}`: no number")]
    NoNumber { key: String, text: String },
    #[error("`{key}` = `{text}` has no unit")]
    NoUnit { key: String, text: String },
    #[error("`{unit}` is not a unit of {measures}")]
    WrongUnit {
        unit: String,
        measures: &'static str,
    },
    #[error("`{key}` is out of range")]
    OutOfRange { key: String },
    #[error("`{key}` must be a whole number")]
    NotWhole { key: String },
    #[error("`{key}` is not a number")]
    NotANumber { key: String },
    #[error("`{0}` is not a distribution")]
    NotADistribution(String),
    #[error("`{0}`: the lower end is not below the upper end")]
    EmptyInterval(String),
    #[error("`{key}` must have {expected} entries, not {found}")]
    WrongLength {
        key: String,
        expected: String,
        found: usize,
    },
    #[error("`{text}` is not an instant with an offset")]
    NotAnInstant { text: String },
    #[error("`{name}`: unknown {what}")]
    UnknownName { name: String, what: &'static str },
    #[error("`{0}` is not a name")]
    BadName(String),
    #[error("`{text}` is not a limit")]
    NotALimit { text: String },
    #[error("`{key}` limits the wrong side")]
    WrongSide { key: String },
    #[error("`{name}`: {what} given twice")]
    Duplicate { name: String, what: &'static str },
    #[error("`{class}` cannot commit `{kind}`")]
    ClassCannot {
        class: &'static str,
        kind: &'static str,
    },
    #[error("`{class}` cannot move `{path}`")]
    PathCannot {
        class: &'static str,
        path: &'static str,
    },
    #[error("`{class}` cannot be at `{place}`")]
    PlaceCannot { class: &'static str, place: String },
    #[error("the site has no place for `{class}`")]
    NoPlaceFor { class: &'static str },
    #[error("`speed` has no effect on `{0}`")]
    SpeedHasNoEffect(&'static str),
    #[error("`from` is not before `until`")]
    FromAfterUntil,
    #[error("`{0}` is after the scene's end")]
    AfterTheEnd(&'static str),
    #[error("`{0}` cannot be licensed")]
    CannotBeLicensed(&'static str),
    #[error("more licensed vessels than permits")]
    TooFewPermits,
    #[error("`{0}` is never lawful")]
    NeverLawful(&'static str),
    #[error("`{class}` at `{place}` would be an offence")]
    OffenceAt { class: &'static str, place: String },
    #[error("`{kind}` is no offence at `{place}`")]
    NoZoneFor { kind: &'static str, place: String },
    #[error("no site named `{0}`")]
    NoSite(String),
    #[error("cannot read `{path}`: {reason}")]
    CannotRead { path: String, reason: String },
    #[error("`extends` runs in a circle: {0}")]
    Cycle(String),
    #[error("`{0}` names nothing to replace")]
    NothingToReplace(String),
    #[error("`{0}` given together with `{1}`")]
    Together(&'static str, &'static str),
    #[error("`outline` encloses nothing")]
    FlatOutline,
    #[error("`outline` crosses itself")]
    CrossedOutline,
    #[error("two points of `{0}` are the same")]
    RepeatedPoint(&'static str),
    #[error("the reach is too long")]
    ReachTooLong,
    #[error("the river turns too sharply for its width")]
    SharpTurn,
    #[error("the mast stands in the river")]
    MastInRiver,
    #[error("a building stands in the river")]
    BuildingInRiver,
    #[error("a tributary does not flow into the river")]
    MouthOutsideRiver,
    #[error("an island blocks the river")]
    IslandInChannel,
    #[error("`along` leaves the reach")]
    BeyondReach,
}

/// A mistake on its way to be shown.
#[derive(Debug)]
pub(crate) struct Draft {
    fault: Fault,
    loc: Loc,
    label: String,
    also: Vec<(Loc, String)>,
    help: Option<String>,
}

impl Draft {
    /// What to write under the offending text.
    pub(crate) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Another place that has to do with it.
    pub(crate) fn also(&mut self, loc: Loc, label: impl Into<String>) -> &mut Self {
        self.also.push((loc, label.into()));
        self
    }

    /// The remedy.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// The remedy, if there is one.
    pub(crate) fn help_opt(&mut self, help: Option<String>) -> &mut Self {
        self.help = help.or(self.help.take());
        self
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    drafts: Vec<Draft>,
}

/// The files read so far: name as given and text.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) files: Vec<(String, Arc<str>)>,
}

impl Sources {
    /// Keeps a file; returns its index.
    pub(crate) fn add(&mut self, name: String, text: &str) -> usize {
        self.files.push((name, text.into()));
        self.files.len() - 1
    }
}

impl Problems {
    /// Records a mistake; the returned draft takes its label and help.
    pub(crate) fn add(&mut self, fault: Fault, loc: Loc) -> &mut Draft {
        let draft = Draft {
            fault,
            loc,
            label: String::new(),
            also: Vec::new(),
            help: None,
        };
        self.drafts.push(draft);
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// How many so far.
    pub(crate) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// All of them, by file and place.
    pub(crate) fn finish(mut self, path: PathBuf, sources: &Sources) -> Invalid {
        self.drafts.sort_by_key(|d| d.loc);
        // What is wrong on each of several sites is told once.
        self.drafts
            .dedup_by(|a, b| (a.loc, &a.fault, &a.label) == (b.loc, &b.fault, &b.label));
        let problems = self.drafts.into_iter().map(|d| d.finish(sources)).collect();
        Invalid { path, problems }
    }
}

impl Draft {
    fn finish(self, sources: &Sources) -> Problem {
        let (name, text) = sources
            .files
            .get(self.loc.file)
            .cloned()
            .unwrap_or_default();
        let label = |loc: Loc, text: String| {
            let text = (!text.is_empty()).then_some(text);
            LabeledSpan::new(text, loc.start, loc.end.saturating_sub(loc.start))
        };
        let mut labels = vec![label(self.loc, self.label)];
        let mut help = self.help;
        for (loc, note) in self.also {
            if loc.file == self.loc.file {
                labels.push(label(loc, note));
            } else if let Some((other, _)) = sources.files.get(loc.file) {
                let note = format!("{note} in `{other}`");
                help = Some(help.map_or(note.clone(), |help| format!("{help}; {note}")));
            }
        }
        Problem {
            fault: self.fault,
            text: NamedSource::new(name, text),
            labels,
            help,
        }
    }
}

/// `did you mean ...?` or the list of what there is.
pub(crate) fn suggest(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", Quoted(known)),
    }
}

/// Names in backquotes, with commas.
pub(crate) struct Quoted<'a>(pub(crate) &'a [&'a str]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (i, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
