//! Reading one table of a `box.toml`: every key is known beforehand, every value checked.

use super::error::{Mistake, Problem};
use base::SimTime;
use base::spelling::did_you_mean;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Value<'a> = Spanned<DeValue<'a>>;

/// A file's name and text, for making errors.
pub(super) struct Document {
    pub(super) file: String,
    pub(super) text: Arc<str>,
}

impl Document {
    pub(super) fn mistake(
        &self,
        span: Range<usize>,
        problem: Problem,
        remedy: impl Into<String>,
    ) -> Mistake {
        Mistake::new(problem, remedy, &self.file, &self.text, span)
    }
}

/// A table whose keys are all known.
pub(super) struct Table<'a> {
    document: &'a Document,
    name: String,
    entries: &'a DeTable<'a>,
    span: Range<usize>,
}

impl<'a> Table<'a> {
    /// Opens a table; a key not in `known` is a mistake, except where `known` is empty.
    pub(super) fn open(
        document: &'a Document,
        name: impl Into<String>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        known: &[&str],
    ) -> Result<Self, Mistake> {
        for key in table.keys() {
            let word = key.get_ref().as_ref();
            if !known.is_empty() && !known.contains(&word) {
                let problem = Problem::UnknownKey(word.to_owned());
                return Err(document.mistake(key.span(), problem, did_you_mean(word, known)));
            }
        }
        let name = name.into();
        Ok(Self {
            document,
            name,
            entries: table,
            span,
        })
    }

    pub(super) fn child(&self, key: &str, known: &[&str]) -> Result<Option<Table<'a>>, Mistake> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Table(table) => {
                Table::open(self.document, self.path(key), table, value.span(), known).map(Some)
            }
            _ => Err(self.wrong_type(key, value, "a table")),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, Mistake> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::String(text) if !text.is_empty() => Ok(Some(text.as_ref())),
            _ => Err(self.wrong_type(key, value, "text that is not empty")),
        }
    }

    pub(super) fn required(&self, key: &'static str, help: &str) -> Result<&'a str, Mistake> {
        self.text(key)?.ok_or_else(|| self.missing(key, help))
    }

    pub(super) fn missing(&self, key: &'static str, help: &str) -> Mistake {
        let section = self.name.clone();
        let problem = Problem::MissingKey { key, section };
        self.document.mistake(self.head(), problem, help)
    }

    pub(super) fn missing_table(&self, key: &str, help: &str) -> Mistake {
        let problem = Problem::MissingTable(self.path(key));
        self.document.mistake(self.head(), problem, help)
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Mistake> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        let DeValue::Array(list) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a list of texts"));
        };
        let each = list.iter().map(|one| match one.get_ref() {
            DeValue::String(text) => Ok(text.as_ref().to_owned()),
            _ => Err(self.wrong_type(key, one, "text")),
        });
        each.collect::<Result<_, _>>().map(Some)
    }

    /// Every key with its text.
    pub(super) fn pairs(&self) -> Result<Vec<(&'a str, &'a str)>, Mistake> {
        let each = self.entries.keys().map(|key| {
            let key = key.get_ref().as_ref();
            Ok((key, self.text(key)?.unwrap_or_default()))
        });
        each.collect()
    }

    pub(super) fn number(
        &self,
        key: &str,
        range: RangeInclusive<f64>,
        default: f64,
    ) -> Result<f64, Mistake> {
        let Some(value) = self.entries.get(key) else {
            return Ok(default);
        };
        let number = match value.get_ref() {
            DeValue::Float(f) => f.as_str().parse::<f64>().ok(),
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
                .ok()
                .map(|i| i as f64),
            _ => return Err(self.wrong_type(key, value, "a number")),
        };
        number.filter(|n| range.contains(n)).ok_or_else(|| {
            let problem = Problem::OutOfRange {
                key: self.path(key),
                low: range.start().to_string(),
                high: range.end().to_string(),
            };
            self.document.mistake(value.span(), problem, "")
        })
    }

    /// Seconds.
    pub(super) fn seconds(
        &self,
        key: &str,
        range: RangeInclusive<f64>,
        default: f64,
    ) -> Result<SimTime, Mistake> {
        self.number(key, range, default).map(SimTime::from_secs_f64)
    }

    /// A whole number.
    pub(super) fn whole(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        default: u32,
    ) -> Result<u32, Mistake> {
        let wide = f64::from(*range.start())..=f64::from(*range.end());
        let n = self.number(key, wide, f64::from(default))?;
        if n.fract() == 0.0 {
            return Ok(n as u32);
        }
        Err(self.value(key, &n.to_string(), "write a whole number"))
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Mistake> {
        let Some(word) = self.text(key)? else {
            return Ok(None);
        };
        let found = words.iter().find(|(w, _)| *w == word).map(|(_, t)| *t);
        found.map(Some).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
            self.value(key, word, did_you_mean(word, &known))
        })
    }

    /// A mistake about a key's value.
    pub(super) fn value(&self, key: &str, value: &str, remedy: impl Into<String>) -> Mistake {
        let problem = Problem::Value {
            key: self.path(key),
            value: value.to_owned(),
        };
        self.mistake(key, problem, remedy)
    }

    /// A mistake at a key's value, or at the table's head where it has none.
    pub(super) fn mistake(
        &self,
        key: &str,
        problem: Problem,
        remedy: impl Into<String>,
    ) -> Mistake {
        let span = self.entries.get(key).map(Spanned::span);
        let span = span.unwrap_or_else(|| self.head());
        self.document.mistake(span, problem, remedy)
    }

    fn wrong_type(&self, key: &str, value: &Value<'_>, expected: &'static str) -> Mistake {
        let problem = Problem::WrongType {
            key: self.path(key),
            expected,
            found: value.get_ref().type_str().to_owned(),
        };
        self.document.mistake(value.span(), problem, "")
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }

    /// The first line of the table, so that a missing key does not underline all of it.
    fn head(&self) -> Range<usize> {
        let text = self.document.text.get(self.span.clone());
        let text = text.unwrap_or_default();
        let end = self.span.start + text.find('\n').unwrap_or(text.len());
        self.span.start..end
    }
}
