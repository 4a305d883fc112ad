//! TOML as a tree whose every key and value knows where it stands.

use crate::error::{Fault, Problems};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something stands: a file (index into the loaded sources) and bytes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Loc {
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Loc {
    fn new(file: usize, span: &Range<usize>) -> Self {
        Self {
            file,
            start: span.start,
            end: span.end,
        }
    }
}

/// A thing and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) loc: Loc,
}

/// A value of a file.
pub(crate) type Node = At<Value>;

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
    Instant(String),
    List(Vec<Node>),
    Table(Table),
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Whole(_) => "a whole number",
            Self::Real(_) => "a number",
            Self::Flag(_) => "true or false",
            Self::Instant(_) => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// Keys with their values, by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    pub(crate) entries: BTreeMap<String, Entry>,
}

/// One key of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Loc,
    pub(crate) node: Node,
}

/// Parses a whole file; every syntax error becomes a problem.
pub(crate) fn parse(file: usize, text: &str, problems: &mut Problems) -> Table {
    let (root, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|e| e.span().map_or(text.len(), |s| s.start));
    // What the parser says after the first error of a line follows from that.
    let mut told = None;
    for error in &errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let span = span.start.min(text.len())..span.end.min(text.len());
        let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        if told.replace(line_start) == Some(line_start) {
            continue;
        }
        let help = syntax_help(&text[line_start..]);
        problems
            .add(
                Fault::Syntax(error.message().to_owned()),
                Loc::new(file, &span),
            )
            .label("here")
            .help_opt(help);
    }
    if errors.is_empty() {
        table(file, root.get_ref(), problems)
    } else {
        Table::default()
    }
}

/// Parses one value as written after a `=`; `None` unless it is valid TOML.
pub(crate) fn parse_value(text: &str, loc: Loc) -> Option<Node> {
    let parsed = DeValue::parse(text).ok()?;
    let mut node = node(loc.file, &parsed, &mut Problems::default());
    relocate(&mut node, loc);
    Some(node)
}

/// A default stands where the table that lacks it stands.
fn relocate(node: &mut Node, loc: Loc) {
    node.loc = loc;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|n| relocate(n, loc)),
        Value::Table(table) => table.entries.values_mut().for_each(|e| {
            e.key = loc;
            relocate(&mut e.node, loc);
        }),
        _ => {}
    }
}

/// The commonest slip: a quantity without quotes.
fn syntax_help(from_line: &str) -> Option<String> {
    let line = from_line.lines().next()?;
    let value = line.split_once('=')?.1.trim();
    let first = value.bytes().next()?;
    let is_quantity = first.is_ascii_digit() && value.bytes().all(|b| b.is_ascii_graphic());
    is_quantity.then(|| format!("a quantity with its unit is a string: write `\"{value}\"`"))
}

fn table(file: usize, source: &DeTable<'_>, problems: &mut Problems) -> Table {
    let mut entries = BTreeMap::new();
    for (key, value) in source {
        let entry = Entry {
            key: Loc::new(file, &key.span()),
            node: node(file, value, problems),
        };
        entries.insert(key.get_ref().to_string(), entry);
    }
    Table { entries }
}

fn node(file: usize, source: &Spanned<DeValue<'_>>, problems: &mut Problems) -> Node {
    let loc = Loc::new(file, &source.span());
    let value = match source.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(at) => Value::Instant(at.to_string()),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            Value::Whole(read.unwrap_or_else(|_| {
                problems
                    .add(Fault::HugeNumber(number.to_string()), loc)
                    .label("too large")
                    .help("no key takes a number as large as that");
                0
            }))
        }
        DeValue::Float(number) => Value::Real(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node(file, item, problems))
                .collect(),
        ),
        DeValue::Table(inner) => Value::Table(table(file, inner, problems)),
    };
    At { value, loc }
}
