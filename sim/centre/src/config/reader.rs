//! Reads tables of TOML and notes every mistake with its place and remedy.

use base::SimTime;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Every mistake found in a file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: check that it exists and may be read", path.display())]
    Read {
        /// As given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file has mistakes.
    #[error("{}", Listed(problems))]
    Invalid {
        /// By place.
        problems: Vec<Problem>,
    },
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as given.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// The remedy.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            column,
            what,
            help,
        } = self;
        write!(
            f,
            "{}:{line}:{column}: {what}\n  help: {help}",
            path.display()
        )
    }
}

struct Listed<'a>(&'a [Problem]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            write!(f, "{}{problem}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// The mistakes of one file.
pub(super) struct Problems<'a> {
    path: &'a Path,
    text: &'a str,
    found: Vec<(usize, Problem)>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: &Range<usize>, what: String, help: impl Into<String>) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let problem = Problem {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what,
            help: help.into(),
        };
        self.found.push((at.start, problem));
    }

    /// The file's tables; empty with a problem noted when it is no TOML.
    pub(super) fn parse(&mut self) -> Spanned<DeTable<'a>> {
        match DeTable::parse(self.text) {
            Ok(table) => table,
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                self.add(
                    &at,
                    format!("not valid TOML: {}", error.message()),
                    "write `key = value`; a text or a time such as \"5min\" stands in quotes",
                );
                Spanned::new(0..0, DeTable::new())
            }
        }
    }

    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, ConfigError> {
        self.found.sort_by_key(|(at, _)| *at);
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(ConfigError::Invalid {
                problems: self.found.into_iter().map(|(_, p)| p).collect(),
            }),
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: Range<usize>,
}

/// A table being read: what is asked of it is what it may hold.
pub(super) struct Section<'t, 'a> {
    name: String,
    at: Range<usize>,
    table: &'t DeTable<'a>,
    asked: BTreeSet<&'static str>,
}

impl<'t, 'a> Section<'t, 'a> {
    pub(super) fn new(name: &str, at: Range<usize>, table: &'t DeTable<'a>) -> Self {
        Self {
            name: name.to_owned(),
            at,
            table,
            asked: BTreeSet::new(),
        }
    }

    /// Where the table stands.
    pub(super) fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'a>>> {
        self.asked.insert(key);
        self.table.get(key)
    }

    fn wrong(&self, p: &mut Problems<'_>, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        p.add(
            &value.span(),
            format!("`{key}` in `{}` is not {wanted}", self.name),
            format!("give {wanted}"),
        );
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Notes that a key is missing.
    pub(super) fn missing(&self, p: &mut Problems<'_>, key: &str) {
        p.add(
            &self.at,
            format!("`{key}` is missing in `{}`", self.name),
            format!("add `{key}`: it has no default"),
        );
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, p: &mut Problems<'_>, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(At {
                value: text.to_string(),
                at: value.span(),
            }),
            _ => {
                self.wrong(p, key, value, "a text");
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn required(
        &mut self,
        p: &mut Problems<'_>,
        key: &'static str,
    ) -> Option<At<String>> {
        if self.get(key).is_none() {
            self.missing(p, key);
        }
        self.text(p, key)
    }

    /// A name: letters, digits, `-`, `_` and `.`.
    pub(super) fn name(&mut self, p: &mut Problems<'_>, key: &'static str) -> Option<At<String>> {
        let name = self.required(p, key)?;
        let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if name.value.chars().all(fits) {
            return Some(name);
        }
        p.add(
            &name.at,
            format!("`{}` is no name", name.value),
            "use letters, digits, `-`, `_` and `.`",
        );
        None
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &mut self,
        p: &mut Problems<'_>,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(p, key)?;
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let what = format!("`{key}` cannot be `{}`", text.value);
            p.add(&text.at, what, suggest(&text.value, &known));
        }
        found.map(|(_, value)| *value)
    }

    /// A span of time such as `"5min"`.
    pub(super) fn span(&mut self, p: &mut Problems<'_>, key: &'static str) -> Option<SimTime> {
        let value = self.get(key)?;
        let span = match value.get_ref() {
            DeValue::String(text) => parse_span(text),
            _ => None,
        };
        if span.is_none() {
            self.wrong(
                p,
                key,
                value,
                "a time in quotes, such as \"90s\", \"5min\", \"2h\" or \"7d\"",
            );
        }
        span
    }

    /// A number in a range.
    pub(super) fn number(
        &mut self,
        p: &mut Problems<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<f64>,
    ) -> Option<f64> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix())
                .ok()
                .map(|n| n as f64),
            DeValue::Float(n) => n.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| range.contains(n));
        if number.is_none() {
            let wanted = format!("a number from {} to {}", range.start(), range.end());
            self.wrong(p, key, value, &wanted);
        }
        number
    }

    /// A list of texts; empty when left out.
    pub(super) fn texts(&mut self, p: &mut Problems<'_>, key: &'static str) -> Vec<At<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(p, key, value, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => texts.push(At {
                    value: text.to_string(),
                    at: item.span(),
                }),
                _ => self.wrong(p, key, item, "a list of texts"),
            }
        }
        texts
    }

    /// A table; `None` when left out.
    pub(super) fn table(
        &mut self,
        p: &mut Problems<'_>,
        key: &'static str,
    ) -> Option<Section<'t, 'a>> {
        let value = self.get(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(Section::new(key, value.span(), table));
        }
        self.wrong(p, key, value, &format!("a table: write `[{key}]`"));
        None
    }

    /// Tables of one name; none when left out.
    pub(super) fn tables(
        &mut self,
        p: &mut Problems<'_>,
        key: &'static str,
    ) -> Vec<Section<'t, 'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let wanted = format!("a list of tables: write `[[{key}]]`");
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(p, key, value, &wanted);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Section::new(key, item.span(), table)),
                _ => self.wrong(p, key, item, &wanted),
            }
        }
        tables
    }

    /// Notes the keys that nobody asked for.
    pub(super) fn finish(self, p: &mut Problems<'_>) {
        for key in self.table.keys() {
            if !self.asked.contains(key.get_ref().as_ref()) {
                let known: Vec<_> = self.asked.iter().copied().collect();
                p.add(
                    &key.span(),
                    format!("`{}`: unknown key in `{}`", key.get_ref(), self.name),
                    suggest(key.get_ref(), &known),
                );
            }
        }
    }
}

/// `did you mean ...?` or the list of what there is.
pub(super) fn suggest(name: &str, known: &[&str]) -> String {
    match base::spelling::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are none yet".to_owned(),
        None => format!("known: `{}`", known.join("`, `")),
    }
}

/// `90s`, `5min`, `2h`, `7d`, `250ms`; whole numbers and fractions, at most a year.
fn parse_span(text: &str) -> Option<SimTime> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let seconds = number.parse::<f64>().ok()? * unit;
    (seconds <= 366.0 * 86_400.0).then(|| SimTime::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(parse_span("90s"), Some(SimTime::from_secs(90)));
        assert_eq!(parse_span("1.5 min"), Some(SimTime::from_secs(90)));
        assert_eq!(parse_span("250ms"), Some(SimTime::from_millis(250)));
        for text in [
            "",
            "5",
            "s",
            "-5s",
            "5 minutes",
            "9999999d",
            "1..2s",
            "infs",
        ] {
            assert_eq!(parse_span(text), None, "{text}");
        }
    }
}
