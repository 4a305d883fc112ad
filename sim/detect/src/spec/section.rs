//! Reading one table of a TOML file: every key is known beforehand, every value checked.

use super::error::{SpecError, SpecProblem, nearest};
use crate::heads::OutputRef;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

type Value<'a> = Spanned<DeValue<'a>>;

/// A file's name and text, for making errors.
pub(crate) struct Document {
    pub(crate) file: String,
    pub(crate) text: Arc<str>,
}

impl Document {
    pub(crate) fn error(
        &self,
        span: Range<usize>,
        problem: SpecProblem,
        help: Option<String>,
    ) -> SpecError {
        SpecError::new(problem, help, &self.file, &self.text, span)
    }

    /// The top-level table.
    pub(crate) fn parse(&self) -> Result<Spanned<DeTable<'_>>, SpecError> {
        DeTable::parse(&self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.error(span, SpecProblem::Syntax(error.message().to_owned()), None)
        })
    }
}

/// A table whose keys are all known.
pub(crate) struct Section<'a> {
    document: &'a Document,
    name: String,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    known: &'static [&'static str],
}

impl<'a> Section<'a> {
    /// Opens a table; a key not in `known` is an error.
    pub(crate) fn open(
        document: &'a Document,
        name: impl Into<String>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        known: &'static [&'static str],
    ) -> Result<Self, SpecError> {
        for key in table.keys() {
            let word = key.get_ref().as_ref();
            if !known.contains(&word) {
                let problem = SpecProblem::UnknownKey(word.to_owned());
                return Err(document.error(key.span(), problem, nearest(word, known)));
            }
        }
        Ok(Self {
            document,
            name: name.into(),
            table,
            span,
            known,
        })
    }

    /// The table of a key, opened with its own known keys.
    pub(crate) fn child(
        &self,
        key: &str,
        known: &'static [&'static str],
    ) -> Result<Option<Section<'a>>, SpecError> {
        let Some((table, span)) = self.table(key)? else {
            return Ok(None);
        };
        Section::open(self.document, self.path(key), table, span, known).map(Some)
    }

    /// The table of a key, its own keys free.
    pub(crate) fn table(
        &self,
        key: &str,
    ) -> Result<Option<(&'a DeTable<'a>, Range<usize>)>, SpecError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Table(table) => Ok(Some((table, value.span()))),
            _ => Err(self.wrong_type(key, value, "a table")),
        }
    }

    pub(crate) fn missing_section(&self, key: &str) -> SpecError {
        let problem = SpecProblem::MissingSection(self.path(key));
        self.document.error(self.head(), problem, None)
    }

    /// The value, or an error that says that the key is missing.
    pub(crate) fn required<T>(&self, key: &str, value: Option<T>) -> Result<T, SpecError> {
        value.ok_or_else(|| {
            let problem = SpecProblem::MissingKey {
                key: key.to_owned(),
                section: self.name.clone(),
            };
            let help = format!("keys of `[{}]`: {}", self.name, self.known.join(", "));
            self.document.error(self.head(), problem, Some(help))
        })
    }

    pub(crate) fn error(
        &self,
        key: &str,
        problem: SpecProblem,
        help: impl Into<Option<String>>,
    ) -> SpecError {
        let span = self.get(key).map_or_else(|| self.head(), Spanned::span);
        self.document.error(span, problem, help.into())
    }

    pub(crate) fn document(&self) -> &'a Document {
        self.document
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, SpecError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::String(s) => Ok(Some(s.as_ref())),
            _ => Err(self.wrong_type(key, value, "a string")),
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, SpecError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Boolean(b) => Ok(Some(*b)),
            _ => Err(self.wrong_type(key, value, "true or false")),
        }
    }

    pub(crate) fn number(
        &self,
        key: &str,
        range: RangeInclusive<f32>,
    ) -> Result<Option<f32>, SpecError> {
        self.get(key)
            .map(|value| self.one_number(key, value, &range))
            .transpose()
    }

    pub(crate) fn whole(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, SpecError> {
        self.get(key)
            .map(|value| self.one_whole(key, value, &range))
            .transpose()
    }

    pub(crate) fn numbers<const N: usize>(
        &self,
        key: &str,
        range: RangeInclusive<f32>,
    ) -> Result<Option<[f32; N]>, SpecError> {
        let Some(list) = self.list(key)? else {
            return Ok(None);
        };
        let values: Vec<f32> = list
            .iter()
            .map(|v| self.one_number(key, v, &range))
            .collect::<Result<_, _>>()?;
        self.exactly(key, values).map(Some)
    }

    pub(crate) fn wholes(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<Vec<u32>>, SpecError> {
        let Some(list) = self.list(key)? else {
            return Ok(None);
        };
        list.iter()
            .map(|v| self.one_whole(key, v, &range))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(crate) fn pair(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<[u32; 2]>, SpecError> {
        self.wholes(key, range)?
            .map(|values| self.exactly(key, values))
            .transpose()
    }

    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<&'a str>>, SpecError> {
        let Some(list) = self.list(key)? else {
            return Ok(None);
        };
        list.iter()
            .map(|value| match value.get_ref() {
                DeValue::String(s) => Ok(s.as_ref()),
                _ => Err(self.wrong_type(key, value, "a string")),
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// One of some words.
    pub(crate) fn choice<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, SpecError> {
        let Some(word) = self.text(key)? else {
            return Ok(None);
        };
        let found = words.iter().find(|(w, _)| *w == word).map(|(_, t)| *t);
        found.map(Some).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
            let problem = SpecProblem::UnknownWord {
                word: word.to_owned(),
                what: self.path(key),
            };
            self.error(key, problem, nearest(word, &known))
        })
    }

    /// An output, by name or by index.
    pub(crate) fn output(&self, key: &str) -> Result<Option<OutputRef>, SpecError> {
        self.get(key)
            .map(|value| self.one_output(key, value))
            .transpose()
    }

    /// A list of outputs.
    pub(crate) fn outputs(&self, key: &str, n: usize) -> Result<Option<Vec<OutputRef>>, SpecError> {
        let Some(list) = self.list(key)? else {
            return Ok(None);
        };
        let all: Vec<OutputRef> = list
            .iter()
            .map(|v| self.one_output(key, v))
            .collect::<Result<_, _>>()?;
        if all.len() == n {
            Ok(Some(all))
        } else {
            Err(self.wrong_length(key, n, all.len()))
        }
    }

    fn get(&self, key: &str) -> Option<&'a Value<'a>> {
        debug_assert!(
            self.known.contains(&key),
            "`{key}` must be declared as known"
        );
        self.table.get(key)
    }

    fn list(&self, key: &str) -> Result<Option<&'a DeArray<'a>>, SpecError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Array(list) => Ok(Some(list)),
            _ => Err(self.wrong_type(key, value, "a list")),
        }
    }

    fn exactly<T, const N: usize>(&self, key: &str, values: Vec<T>) -> Result<[T; N], SpecError> {
        values
            .try_into()
            .map_err(|values: Vec<T>| self.wrong_length(key, N, values.len()))
    }

    pub(crate) fn wrong_length(&self, key: &str, expected: usize, found: usize) -> SpecError {
        let expected = expected.to_string();
        self.error(
            key,
            SpecProblem::WrongLength {
                key: self.path(key),
                expected,
                found,
            },
            None,
        )
    }

    fn one_output(&self, key: &str, value: &'a Value<'a>) -> Result<OutputRef, SpecError> {
        match value.get_ref() {
            DeValue::String(name) => Ok(OutputRef::Name(name.as_ref().to_owned())),
            DeValue::Integer(_) => {
                let index = self.one_whole(key, value, &(0..=9999))?;
                Ok(OutputRef::Index(index as usize))
            }
            _ => Err(self.wrong_type(key, value, "an output's name or index")),
        }
    }

    fn one_number(
        &self,
        key: &str,
        value: &'a Value<'a>,
        range: &RangeInclusive<f32>,
    ) -> Result<f32, SpecError> {
        let number = match value.get_ref() {
            DeValue::Float(f) => f.as_str().parse::<f32>().ok(),
            DeValue::Integer(i) => integer(i).map(|i| i as f32),
            _ => return Err(self.wrong_type(key, value, "a number")),
        };
        number.filter(|n| range.contains(n)).ok_or_else(|| {
            let (low, high) = (range.start().to_string(), range.end().to_string());
            let problem = SpecProblem::OutOfRange {
                key: self.path(key),
                low,
                high,
            };
            self.document.error(value.span(), problem, None)
        })
    }

    fn one_whole(
        &self,
        key: &str,
        value: &'a Value<'a>,
        range: &RangeInclusive<u32>,
    ) -> Result<u32, SpecError> {
        let DeValue::Integer(i) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a whole number"));
        };
        let number = integer(i).and_then(|i| u32::try_from(i).ok());
        number.filter(|n| range.contains(n)).ok_or_else(|| {
            let (low, high) = (range.start().to_string(), range.end().to_string());
            let problem = SpecProblem::OutOfRange {
                key: self.path(key),
                low,
                high,
            };
            self.document.error(value.span(), problem, None)
        })
    }

    fn wrong_type(&self, key: &str, value: &Value<'_>, expected: &str) -> SpecError {
        let problem = SpecProblem::WrongType {
            key: self.path(key),
            expected: expected.to_owned(),
            found: value.get_ref().type_str().to_owned(),
        };
        self.document.error(value.span(), problem, None)
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
        let text = self
            .document
            .text
            .get(self.span.clone())
            .unwrap_or_default();
        let end = self.span.start + text.find('\n').unwrap_or(text.len());
        self.span.start..end
    }
}

fn integer(value: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(value.as_str(), value.radix()).ok()
}
