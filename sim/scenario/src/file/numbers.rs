//! Quantities at a key: numbers with their units, distributions of them, limits.

use super::read::{Kind, Shape, unknown_name, wrong_type};
use super::rules::{list, wrong_length};
use super::tree::{At, Loc, Node, Table, Value};
use crate::error::{Fault, Problems};
use crate::model::Dist;
use crate::units::{NotAQuantity, Quantity};

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
