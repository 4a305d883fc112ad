//! What may stand at a key, but for quantities: texts, words, instants, points.

use super::numbers::Numbers;
use super::read::{Kind, Shape, unknown_name, wrong_type};
use super::tree::{At, Loc, Node, Value};
use crate::error::{Fault, Problems};
use crate::units::Quantity;
use base::Seed;

/// A non-empty string.
pub(crate) struct Text;

impl Kind for Text {
    type Out = String;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<String> {
        let text = string(key, node, problems)?;
        if text.trim().is_empty() {
            let fault = Fault::EmptyText(key.to_owned());
            problems
                .add(fault, node.loc)
                .label("nothing in it")
                .help("write something or leave it out");
            return None;
        }
        Some(text.to_owned())
    }
    fn shape(&self) -> Shape {
        Shape::Text
    }
}

/// A string that can stand in a file name or a URL: letters, digits, `-` and `_`.
pub(crate) struct Name;

impl Kind for Name {
    type Out = String;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<String> {
        let text = Text.read(key, node, problems)?;
        if text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        {
            return Some(text);
        }
        problems
            .add(Fault::BadName(text), node.loc)
            .label("other characters")
            .help("names are made of letters a-z, digits, `-` and `_`");
        None
    }
    fn shape(&self) -> Shape {
        Shape::Name
    }
}

/// `true` or `false`.
pub(crate) struct Flag;

impl Kind for Flag {
    type Out = bool;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<bool> {
        if let Value::Flag(flag) = node.value {
            return Some(flag);
        }
        wrong_type(key, "`true` or `false`", &node.value, node.loc, problems);
        None
    }
    fn shape(&self) -> Shape {
        Shape::Flag
    }
}

/// A seed: a whole number, or a string such as `0x5eed`.
pub(crate) struct SeedValue;

impl Kind for SeedValue {
    type Out = u64;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<u64> {
        let seed = match &node.value {
            Value::Whole(n) => u64::try_from(*n).ok(),
            Value::Text(text) => text.parse().ok().map(|Seed(n)| n),
            _ => None,
        };
        if seed.is_none() {
            wrong_type(key, "a seed, from 0 up", &node.value, node.loc, problems)
                .help("write a whole number from 0, or a string such as `\"0x5eed\"`");
        }
        seed
    }
    fn shape(&self) -> Shape {
        Shape::Seed
    }
}

const INSTANT_HELP: &str = "write it as in `\"2023-09-21T18:10:00+08:00\"`";

/// An instant with offset, as a string or as TOML's own type.
pub(crate) struct Instant;

impl Kind for Instant {
    type Out = (String, i64);
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<(String, i64)> {
        let (Value::Text(text) | Value::Instant(text)) = &node.value else {
            wrong_type(key, "an instant", &node.value, node.loc, problems).help(INSTANT_HELP);
            return None;
        };
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some((text.clone(), at.as_second()));
        }
        problems
            .add(Fault::NotAnInstant { text: text.clone() }, node.loc)
            .label("expected date, time and offset")
            .help(INSTANT_HELP);
        None
    }
    fn shape(&self) -> Shape {
        Shape::Instant
    }
}

/// When something can start.
#[derive(Debug, Clone)]
pub(crate) enum Instants {
    Choice(Vec<(String, i64)>),
    Between((String, i64), (String, i64)),
}

/// An instant, `{ choice = [..] }` or `{ uniform = [first, last] }`.
pub(crate) struct InstantOrDraw;

const DRAW_HELP: &str = "write an instant, `{ choice = [..] }` or `{ uniform = [first, last] }`";

impl Kind for InstantOrDraw {
    type Out = Instants;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Instants> {
        let Value::Table(table) = &node.value else {
            let one = Instant.read(key, node, problems)?;
            return Some(Instants::Choice(vec![one]));
        };
        let (form, entry) = only_form(key, &["uniform", "choice"], table, node.loc, problems)?;
        let items = list(key, &entry.node, "a list of instants", problems)?;
        let least = if form == "uniform" { 2 } else { 1 };
        if items.len() < least || (form == "uniform" && items.len() > 2) {
            let expected = if least == 2 { "2" } else { "at least 1" };
            wrong_length(form, expected, items.len(), entry.node.loc, problems);
            return None;
        }
        let read: Vec<_> = items
            .iter()
            .map(|item| Instant.read(key, item, problems))
            .collect();
        let read: Vec<(String, i64)> = read.into_iter().collect::<Option<_>>()?;
        if form == "choice" {
            return Some(Instants::Choice(read));
        }
        if read[0].1 >= read[1].1 {
            problems
                .add(Fault::EmptyInterval(key.to_owned()), entry.node.loc)
                .label("nothing lies between")
                .help("write the earlier instant first");
            return None;
        }
        let mut ends = read.into_iter();
        Some(Instants::Between(ends.next()?, ends.next()?))
    }
    fn shape(&self) -> Shape {
        Shape::Instants
    }
}

/// The one form that a distribution is written in.
fn only_form<'a>(
    key: &str,
    forms: &[&str],
    table: &'a super::tree::Table,
    loc: Loc,
    problems: &mut Problems,
) -> Option<(&'a str, &'a super::tree::Entry)> {
    let mut entries = table.entries.iter();
    let (Some((form, entry)), None) = (entries.next(), entries.next()) else {
        problems
            .add(Fault::NotADistribution(key.to_owned()), loc)
            .label("needs exactly one form")
            .help(DRAW_HELP);
        return None;
    };
    if !forms.contains(&form.as_str()) {
        unknown_name(form, "distribution", forms, entry.key, problems);
        return None;
    }
    Some((form, entry))
}

/// A non-empty string, or a list of at least one.
pub(crate) struct TextOrTexts;

impl Kind for TextOrTexts {
    type Out = Vec<At<String>>;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Self::Out> {
        let read = |node: &Node, problems: &mut Problems| {
            let value = Text.read(key, node, problems)?;
            Some(At {
                value,
                loc: node.loc,
            })
        };
        let Value::List(items) = &node.value else {
            return Some(vec![read(node, problems)?]);
        };
        if items.is_empty() {
            wrong_length(key, "at least 1", 0, node.loc, problems);
            return None;
        }
        let all: Vec<_> = items.iter().map(|item| read(item, problems)).collect();
        all.into_iter().collect()
    }
    fn shape(&self) -> Shape {
        Shape::TextOrTexts
    }
}

/// A list of at least one name.
pub(crate) struct Names;

impl Kind for Names {
    type Out = Vec<At<String>>;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Self::Out> {
        let items = list(key, node, "a list of names", problems)?;
        if items.is_empty() {
            wrong_length(key, "at least 1", 0, node.loc, problems);
            return None;
        }
        let read = |item: &Node, problems: &mut Problems| {
            let value = Name.read(key, item, problems)?;
            Some(At {
                value,
                loc: item.loc,
            })
        };
        let all: Vec<_> = items.iter().map(|item| read(item, problems)).collect();
        all.into_iter().collect()
    }
    fn shape(&self) -> Shape {
        Shape::Names
    }
}

/// One of some words, or `{ choice = [..] }` of them.
pub(crate) struct WordOrChoice<T>(pub(crate) Word<T>);

impl<T> Kind for WordOrChoice<T> {
    type Out = Vec<At<T>>;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Self::Out> {
        let read = |item: &Node, problems: &mut Problems| {
            let value = self.0.read(key, item, problems)?;
            Some(At {
                value,
                loc: item.loc,
            })
        };
        let Value::Table(table) = &node.value else {
            return Some(vec![read(node, problems)?]);
        };
        let (form, entry) = only_form(key, &["choice"], table, node.loc, problems)?;
        let items = list(key, &entry.node, "a list of words", problems)?;
        if items.is_empty() {
            wrong_length(form, "at least 1", 0, entry.node.loc, problems);
            return None;
        }
        let all: Vec<_> = items.iter().map(|item| read(item, problems)).collect();
        all.into_iter().collect()
    }
    fn shape(&self) -> Shape {
        match self.0.shape() {
            Shape::Word(words) => Shape::WordOrChoice(words),
            other => other,
        }
    }
}

/// One of some words.
pub(crate) struct Word<T> {
    /// What the words name.
    pub(crate) what: &'static str,
    /// The words and what they stand for.
    pub(crate) options: fn() -> Vec<(&'static str, T)>,
}

impl<T> Kind for Word<T> {
    type Out = T;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<T> {
        let text = string(key, node, problems)?;
        let options = (self.options)();
        let known: Vec<_> = options.iter().map(|(name, _)| *name).collect();
        let found = options.into_iter().find(|(name, _)| *name == text);
        if found.is_none() {
            unknown_name(text, self.what, &known, node.loc, problems);
        }
        found.map(|(_, value)| value)
    }
    fn shape(&self) -> Shape {
        Shape::Word((self.options)().into_iter().map(|(name, _)| name).collect())
    }
}

/// Some of some words, in a list.
pub(crate) struct Words(pub(crate) &'static [&'static str]);

impl Kind for Words {
    type Out = Vec<At<String>>;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Self::Out> {
        let known = self.0;
        let mut words = Vec::new();
        for item in list(key, node, "a list of words", problems)? {
            let text = string(key, item, problems)?;
            if known.contains(&text) {
                words.push(At {
                    value: text.to_owned(),
                    loc: item.loc,
                });
            } else {
                unknown_name(text, "list of tables", known, item.loc, problems);
            }
        }
        Some(words)
    }
    fn shape(&self) -> Shape {
        Shape::Words(self.0.to_vec())
    }
}

/// Coordinates of a site: plain numbers in metres, so that outlines stay readable.
static COORDINATE: Quantity = Quantity::new(&crate::units::PLAIN, -20_000.0, 20_000.0);

/// A place in plan: `[east, north]`.
pub(crate) struct Point;

impl Kind for Point {
    type Out = [f64; 2];
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<[f64; 2]> {
        Numbers::<2>(&COORDINATE).read(key, node, problems)
    }
    fn shape(&self) -> Shape {
        Shape::Point
    }
}

/// A list of at least `least` points of `N` coordinates.
pub(crate) struct Points<const N: usize> {
    pub(crate) least: usize,
}

impl<const N: usize> Kind for Points<N> {
    type Out = Vec<At<[f64; N]>>;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Self::Out> {
        let items = list(key, node, "a list of points", problems)?;
        if items.len() < self.least {
            let expected = format!("at least {}", self.least);
            wrong_length(key, &expected, items.len(), node.loc, problems);
            return None;
        }
        let point = |item: &Node, problems: &mut Problems| {
            let value = Numbers::<N>(&COORDINATE).read(key, item, problems)?;
            Some(At {
                value,
                loc: item.loc,
            })
        };
        let read: Vec<_> = items.iter().map(|item| point(item, problems)).collect();
        read.into_iter().collect()
    }
    fn shape(&self) -> Shape {
        Shape::Points(N)
    }
}

pub(crate) fn string<'a>(key: &str, node: &'a Node, problems: &mut Problems) -> Option<&'a str> {
    if let Value::Text(text) = &node.value {
        return Some(text);
    }
    wrong_type(key, "a string", &node.value, node.loc, problems);
    None
}

pub(crate) fn list<'a>(
    key: &str,
    node: &'a Node,
    expected: &'static str,
    problems: &mut Problems,
) -> Option<&'a [Node]> {
    if let Value::List(items) = &node.value {
        return Some(items);
    }
    wrong_type(key, expected, &node.value, node.loc, problems);
    None
}

pub(crate) fn wrong_length(
    key: &str,
    expected: &str,
    found: usize,
    loc: Loc,
    problems: &mut Problems,
) {
    let fault = Fault::WrongLength {
        key: key.to_owned(),
        expected: expected.to_owned(),
        found,
    };
    let help = format!("give {expected}");
    problems
        .add(fault, loc)
        .label(format!("{found} here"))
        .help(help);
}
