//! What may stand at a key: texts, words, numbers with units, distributions, points.

use super::read::{Kind, Shape, unknown_name, wrong_type};
use super::tree::{At, Loc, Node, Table, Value};
use crate::error::{Fault, Problems};
use crate::model::Dist;
use crate::units::{NotAQuantity, Quantity};
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

/// A number.
pub(crate) struct Number(pub(crate) &'static Quantity);

impl Kind for Number {
    type Out = f64;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<f64> {
        number(key, node, self.0, problems)
    }
    fn shape(&self) -> Shape {
        Shape::Number(self.0)
    }
}

/// A number or a distribution of it.
pub(crate) struct Distribution(pub(crate) &'static Quantity);

const FORMS: [&str; 3] = ["uniform", "normal", "choice"];
const FORMS_HELP: &str =
    "write one of `{ uniform = [low, high] }`, `{ normal = [mean, sd] }`, `{ choice = [..] }`";

impl Kind for Distribution {
    type Out = Dist;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Dist> {
        let Value::Table(table) = &node.value else {
            return number(key, node, self.0, problems).map(Dist::Fixed);
        };
        distribution(key, node.loc, table, self.0, problems)
    }
    fn shape(&self) -> Shape {
        Shape::Dist(self.0)
    }
}

fn distribution(
    key: &str,
    loc: Loc,
    table: &Table,
    quantity: &Quantity,
    problems: &mut Problems,
) -> Option<Dist> {
    let mut entries = table.entries.iter();
    let (Some((form, entry)), None) = (entries.next(), entries.next()) else {
        let fault = Fault::NotADistribution(key.to_owned());
        problems
            .add(fault, loc)
            .label("needs exactly one form")
            .help(FORMS_HELP);
        return None;
    };
    if !FORMS.contains(&form.as_str()) {
        unknown_name(form, "distribution", &FORMS, entry.key, problems);
        return None;
    }
    let items = list(key, &entry.node, "a list", problems)?;
    let length = |n: usize, problems: &mut Problems| {
        if items.len() != n {
            wrong_length(form, &n.to_string(), items.len(), entry.node.loc, problems);
        }
        items.len() == n
    };
    match form.as_str() {
        "choice" => {
            if items.is_empty() {
                wrong_length(form, "at least 1", 0, entry.node.loc, problems);
                return None;
            }
            let read: Vec<_> = items
                .iter()
                .map(|n| number(key, n, quantity, problems))
                .collect();
            read.into_iter().collect::<Option<_>>().map(Dist::Choice)
        }
        "uniform" if length(2, problems) => {
            let low = number(key, &items[0], quantity, problems);
            let high = number(key, &items[1], quantity, problems);
            let (low, high) = (low?, high?);
            if low >= high {
                problems
                    .add(Fault::EmptyInterval(key.to_owned()), entry.node.loc)
                    .label("nothing lies between")
                    .help("write the smaller value first");
                return None;
            }
            Some(Dist::Uniform { low, high })
        }
        "normal" if length(2, problems) => {
            let mean = number(key, &items[0], quantity, problems);
            let sd = spread(key, &items[1], quantity, problems);
            let (mean, sd) = (mean?, sd?);
            Some(Dist::Normal {
                mean,
                sd,
                low: quantity.low,
                high: quantity.high,
            })
        }
        _ => None,
    }
}

/// A standard deviation: of the quantity's family, positive, no wider than its range.
fn spread(key: &str, node: &Node, of: &Quantity, problems: &mut Problems) -> Option<f64> {
    let value = bare(key, node, of, problems)?;
    if value > 0.0 && value <= of.high - of.low {
        return Some(value);
    }
    let most = of.family.show(of.high - of.low);
    problems
        .add(
            Fault::OutOfRange {
                key: key.to_owned(),
            },
            node.loc,
        )
        .label("the standard deviation")
        .help(format!("allowed: above 0, at most {most}"));
    None
}

/// So many numbers in a list.
pub(crate) struct Numbers<const N: usize>(pub(crate) &'static Quantity);

impl<const N: usize> Kind for Numbers<N> {
    type Out = [f64; N];
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<[f64; N]> {
        let items = list(key, node, "a list of numbers", problems)?;
        if items.len() != N {
            wrong_length(key, &N.to_string(), items.len(), node.loc, problems);
            return None;
        }
        let read: Vec<_> = items
            .iter()
            .map(|n| number(key, n, self.0, problems))
            .collect();
        let read: Option<Vec<f64>> = read.into_iter().collect();
        read?.try_into().ok()
    }
    fn shape(&self) -> Shape {
        Shape::Numbers(N, self.0)
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

/// A limit in a string: the sign and a number.
pub(crate) struct Limit {
    /// `>=` or `<=`: which side makes sense.
    pub(crate) sign: &'static str,
    /// Of what.
    pub(crate) quantity: &'static Quantity,
}

impl Kind for Limit {
    type Out = f64;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<f64> {
        let example = format!(
            "write it as in `\"{} {}\"`",
            self.sign,
            self.quantity.example()
        );
        let Value::Text(text) = &node.value else {
            wrong_type(key, "a limit in a string", &node.value, node.loc, problems).help(example);
            return None;
        };
        let Some((sign, rest)) = text.trim().split_at_checked(2) else {
            let fault = Fault::NotALimit { text: text.clone() };
            problems
                .add(fault, node.loc)
                .label("expected a sign and a number")
                .help(example);
            return None;
        };
        match sign {
            ">=" | "<=" if sign != self.sign => {
                let fault = Fault::WrongSide {
                    key: key.to_owned(),
                };
                problems
                    .add(fault, node.loc)
                    .label(format!("expected `{}`", self.sign))
                    .help(example);
                None
            }
            ">=" | "<=" => {
                let rest = At {
                    value: Value::Text(rest.trim().to_owned()),
                    loc: node.loc,
                };
                number_text(key, &rest, self.quantity, problems)
            }
            _ => {
                let fault = Fault::NotALimit { text: text.clone() };
                problems
                    .add(fault, node.loc)
                    .label("expected a sign and a number")
                    .help(example);
                None
            }
        }
    }
    fn shape(&self) -> Shape {
        Shape::Limit {
            sign: self.sign,
            quantity: self.quantity,
        }
    }
}

fn string<'a>(key: &str, node: &'a Node, problems: &mut Problems) -> Option<&'a str> {
    if let Value::Text(text) = &node.value {
        return Some(text);
    }
    wrong_type(key, "a string", &node.value, node.loc, problems);
    None
}

fn list<'a>(
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

fn wrong_length(key: &str, expected: &str, found: usize, loc: Loc, problems: &mut Problems) {
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

/// A number of the quantity, inside its range.
fn number(key: &str, node: &Node, of: &Quantity, problems: &mut Problems) -> Option<f64> {
    let value = bare(key, node, of, problems)?;
    in_range(key, value, node.loc, of, problems)
}

/// The number of a limit: written in a string even when it has no unit.
fn number_text(key: &str, node: &Node, of: &Quantity, problems: &mut Problems) -> Option<f64> {
    let Value::Text(text) = &node.value else {
        return None;
    };
    let value = quantity(key, text, node.loc, of, problems)?;
    in_range(key, value, node.loc, of, problems)
}

fn in_range(
    key: &str,
    value: f64,
    loc: Loc,
    of: &Quantity,
    problems: &mut Problems,
) -> Option<f64> {
    if !value.is_finite() {
        let fault = Fault::NotANumber {
            key: key.to_owned(),
        };
        problems
            .add(fault, loc)
            .label("not a number")
            .help(format!("allowed: {}", of.range()));
        return None;
    }
    if value < of.low || value > of.high {
        let label = if value < of.low {
            "too small"
        } else {
            "too large"
        };
        let fault = Fault::OutOfRange {
            key: key.to_owned(),
        };
        problems
            .add(fault, loc)
            .label(label)
            .help(format!("allowed: {}", of.range()));
        return None;
    }
    if of.whole && value.fract() != 0.0 {
        let fault = Fault::NotWhole {
            key: key.to_owned(),
        };
        problems
            .add(fault, loc)
            .label("not whole")
            .help(format!("allowed: {}", of.range()));
        return None;
    }
    Some(value)
}

/// A number of the quantity's family, whatever its value.
fn bare(key: &str, node: &Node, of: &Quantity, problems: &mut Problems) -> Option<f64> {
    let plain = of.family.is_plain();
    match &node.value {
        Value::Whole(n) if plain => Some(*n as f64),
        Value::Real(x) if plain => Some(*x),
        Value::Text(text) if !plain => quantity(key, text, node.loc, of, problems),
        Value::Whole(_) | Value::Real(_) => {
            let text = match &node.value {
                Value::Whole(n) => n.to_string(),
                Value::Real(x) => x.to_string(),
                _ => String::new(),
            };
            let help = unit_help(&text, of);
            let fault = Fault::NoUnit {
                key: key.to_owned(),
                text,
            };
            problems
                .add(fault, node.loc)
                .label("needs a unit, in quotes")
                .help(help);
            None
        }
        Value::Text(_) => {
            wrong_type(key, "a plain number", &node.value, node.loc, problems)
                .help("write it without quotes and without a unit");
            None
        }
        other => {
            let expected = if plain { "a number" } else { "a quantity" };
            wrong_type(key, expected, other, node.loc, problems)
                .help(format!("write it as in `{}`", example(of)));
            None
        }
    }
}

fn example(of: &Quantity) -> String {
    if of.family.is_plain() {
        of.example()
    } else {
        format!("\"{}\"", of.example())
    }
}

/// The text of a quantity as a number in its base.
fn quantity(
    key: &str,
    text: &str,
    loc: Loc,
    of: &Quantity,
    problems: &mut Problems,
) -> Option<f64> {
    let own = |text: &str| text.to_owned();
    match of.family.parse(text) {
        Ok(value) => return Some(value),
        Err(NotAQuantity::NoNumber) => {
            let fault = Fault::NoNumber {
                key: own(key),
                text: own(text),
            };
            problems
                .add(fault, loc)
                .label("expected a number")
                .help(format!("write it as in `\"{}\"`", of.example()));
        }
        Err(NotAQuantity::NoUnit) => {
            let fault = Fault::NoUnit {
                key: own(key),
                text: own(text),
            };
            let help = unit_help(text.trim(), of);
            problems.add(fault, loc).label("needs a unit").help(help);
        }
        Err(NotAQuantity::WrongUnit(unit)) => {
            let measures = of.family.measures;
            let fault = Fault::WrongUnit {
                unit: own(unit),
                measures,
            };
            let help = if of.family.is_plain() {
                own("write it without a unit")
            } else {
                format!("units of {measures}: {}", of.family.suffixes())
            };
            problems
                .add(fault, loc)
                .label(format!("expected a {measures}"))
                .help(help);
        }
    }
    None
}

/// `write "4km", ...`: the number with each unit it could have.
fn unit_help(number: &str, of: &Quantity) -> String {
    let all: Vec<_> = of
        .family
        .units
        .iter()
        .map(|u| format!("`\"{number}{}\"`", u.suffix))
        .collect();
    format!("write {}", all.join(" or "))
}
