//! Reads a `rules.toml` over the default parameters: a key is known when the defaults have it, and a
//! value has the type that it has there. Every mistake is told, with its line and what was meant.

use super::error::{RuleError, RuleProblem};
use super::parameters::{RuleParameters, range};
use serde_json::{Map, Number, Value};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// From the text of a file; `path` is for messages.
pub(super) fn read(path: &Path, text: &str) -> Result<RuleParameters, RuleError> {
    let mut reader = Reader {
        path,
        text: text.into(),
        problems: Vec::new(),
    };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let span = span.start.min(text.len())..span.end.min(text.len());
        let what = format!("not valid TOML: {}", error.message());
        reader.problem(span, what, None);
    }
    let mut parameters = RuleParameters::default();
    if reader.problems.is_empty() {
        let Ok(Value::Object(mut tree)) = serde_json::to_value(&parameters) else {
            return Ok(parameters);
        };
        reader.table(root.get_ref(), &mut tree, "");
        match serde_json::from_value(Value::Object(tree)) {
            Ok(read) => parameters = read,
            Err(error) => reader.problem(0..0, error.to_string(), None),
        }
    }
    if reader.problems.is_empty() {
        return Ok(parameters);
    }
    reader.problems.sort_by_key(RuleProblem::line);
    Err(RuleError::Invalid {
        path: path.to_owned(),
        problems: reader.problems,
    })
}

struct Reader<'a> {
    path: &'a Path,
    text: Arc<str>,
    problems: Vec<RuleProblem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Range<usize>, what: String, help: Option<String>) {
        let problem = RuleProblem::new(self.path, &self.text, span, what, help);
        self.problems.push(problem);
    }

    /// Puts what a table says over what it has by default.
    fn table(&mut self, table: &DeTable<'_>, into: &mut Map<String, Value>, prefix: &str) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let full = format!("{prefix}{name}");
            let Some(slot) = into.get_mut(name) else {
                let known: Vec<&str> = into.keys().map(String::as_str).collect();
                self.problem(
                    key.span(),
                    format!("`{full}`: unknown key"),
                    meant(name, &known),
                );
                continue;
            };
            match (value.get_ref(), &mut *slot) {
                (DeValue::Table(inner), Value::Object(fields)) => {
                    self.table(inner, fields, &format!("{full}."));
                }
                (DeValue::Array(items), Value::Array(texts)) => {
                    *texts = self.texts(items, &full);
                }
                (found, expected) => match scalar(found, expected) {
                    Some(Ok(read)) if fits(&full, &read) => *slot = read,
                    Some(_) => {
                        let (low, high) = range(&full);
                        let what = format!("`{full}` is out of range");
                        let help = format!("a number from {low} to {high}");
                        self.problem(value.span(), what, Some(help));
                    }
                    None => {
                        let what = format!(
                            "`{full}` must be {}, not {}",
                            expected_name(expected),
                            found_name(found)
                        );
                        self.problem(value.span(), what, None);
                    }
                },
            }
        }
    }

    fn texts(&mut self, items: &[Spanned<DeValue<'_>>], key: &str) -> Vec<Value> {
        let mut texts = Vec::new();
        for item in items {
            if let DeValue::String(text) = item.get_ref() {
                texts.push(Value::String(text.to_string()));
            } else {
                let found = found_name(item.get_ref());
                let what = format!("`{key}` must be a list of strings, not of {found}");
                self.problem(item.span(), what, None);
            }
        }
        texts
    }
}

/// Whether a value, if it is a number, is in its key's range.
fn fits(key: &str, read: &Value) -> bool {
    let (low, high) = range(key);
    read.as_f64().is_none_or(|x| (low..=high).contains(&x))
}

/// A value of the type that the default has; `Err` for a number that no JSON number is, `None` for
/// another type.
fn scalar(found: &DeValue<'_>, expected: &Value) -> Option<Result<Value, ()>> {
    match (found, expected) {
        (DeValue::Boolean(flag), Value::Bool(_)) => Some(Ok(Value::Bool(*flag))),
        (DeValue::String(text), Value::String(_)) => Some(Ok(Value::String(text.to_string()))),
        (DeValue::Integer(n), Value::Number(_)) => {
            let whole = i64::from_str_radix(n.as_str(), n.radix()).ok();
            let number = whole.and_then(|n| Number::from_f64(n as f64));
            Some(number.map(Value::Number).ok_or(()))
        }
        (DeValue::Float(x), Value::Number(_)) => {
            let real: Option<f64> = x.as_str().parse().ok();
            let number = real.and_then(Number::from_f64);
            Some(number.map(Value::Number).ok_or(()))
        }
        _ => None,
    }
}

fn expected_name(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "a table",
        Value::Array(_) => "a list of strings",
        Value::Bool(_) => "true or false",
        Value::String(_) => "a string",
        Value::Number(_) | Value::Null => "a number",
    }
}

fn found_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Table(_) => "a table",
        DeValue::Array(_) => "a list",
        DeValue::Boolean(_) => "true or false",
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Datetime(_) => "a date or time",
    }
}

fn meant(word: &str, known: &[&str]) -> Option<String> {
    Some(base::spelling::did_you_mean(word, known)).filter(|help| !help.is_empty())
}
