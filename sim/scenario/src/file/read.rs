//! Sections: one declaration makes the struct, its reader and its documentation, so what is
//! accepted and what is described cannot differ.

use super::tree::{At, Entry, Loc, Node, Table, Value};
use crate::error::{Fault, Problems, Quoted, suggest};
use crate::units::Quantity;

/// A table of a file with fixed keys.
pub(crate) trait Section: Sized {
    /// What it is for.
    const ABOUT: &'static str;
    /// Its keys, in the order they are best read.
    fn keys() -> Vec<KeyInfo>;
    /// Reads it; `None` when something it cannot be without is missing or wrong.
    fn read(loc: Loc, table: &Table, problems: &mut Problems) -> Option<Self>;
}

/// A key, as documented.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct KeyInfo {
    /// As written.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) about: &'static str,
    /// What may stand there.
    pub(crate) shape: Shape,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It must be there.
    Required,
    /// It has this value, in TOML, when left out.
    Default(&'static str),
    /// It may be left out, which means this.
    Optional(&'static str),
    /// A table that may be left out, or a list of tables that may be empty.
    Tables,
}

/// What may stand at a key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// A non-empty string.
    Text,
    /// A string of letters, digits, `-` and `_`.
    Name,
    /// `true` or `false`.
    Flag,
    /// A whole number or a string such as `0x5eed`.
    Seed,
    /// An RFC 3339 instant with offset.
    Instant,
    /// A non-empty string, or a list of some to draw from.
    TextOrTexts,
    /// An instant, or a distribution of instants.
    Instants,
    /// Names in a list.
    Names,
    /// One of these words.
    Word(Vec<&'static str>),
    /// One of these words, or a choice of some.
    WordOrChoice(Vec<&'static str>),
    /// A number, with its unit where it has one.
    Number(&'static Quantity),
    /// A number or a distribution of it.
    Dist(&'static Quantity),
    /// So many numbers with units in a list.
    Numbers(usize, &'static Quantity),
    /// Some points of so many coordinates, plain numbers in metres.
    Points(usize),
    /// One such point.
    Point,
    /// A limit such as `>= 0.9` or `<= 60s`.
    Limit {
        /// `>=` or `<=`.
        sign: &'static str,
        /// Of what.
        quantity: &'static Quantity,
    },
    /// Some of these words in a list.
    Words(Vec<&'static str>),
    /// A table.
    Table(&'static str, Vec<KeyInfo>),
    /// Any number of tables.
    Tables(&'static str, Vec<KeyInfo>),
}

/// Reads what stands at a key.
pub(crate) trait Kind {
    type Out;
    fn read(&self, key: &str, node: &Node, problems: &mut Problems) -> Option<Self::Out>;
    fn shape(&self) -> Shape;
}

/// How a field of a section is read from its table.
pub(crate) trait Rule<T> {
    fn take(&self, key: &'static str, s: Holder<'_>, problems: &mut Problems) -> Option<T>;
    fn shape(&self) -> Shape;
    fn presence(&self) -> Presence;
}

/// The table that a key is looked up in, and where that stands.
#[derive(Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) loc: Loc,
    pub(crate) table: &'a Table,
}

impl<'a> Holder<'a> {
    fn get(self, key: &str) -> Option<&'a Entry> {
        self.table.entries.get(key)
    }
}

pub(crate) struct Required<K>(pub(crate) K);
pub(crate) struct Or<K>(pub(crate) K, pub(crate) &'static str);
pub(crate) struct Maybe<K>(pub(crate) K, pub(crate) &'static str);
pub(crate) struct Nested<S>(std::marker::PhantomData<S>);
pub(crate) struct Many<S>(std::marker::PhantomData<S>);

impl<S> Nested<S> {
    pub(crate) const NEW: Self = Self(std::marker::PhantomData);
}

impl<S> Many<S> {
    pub(crate) const NEW: Self = Self(std::marker::PhantomData);
}

fn at<K: Kind>(kind: &K, key: &str, node: &Node, problems: &mut Problems) -> Option<At<K::Out>> {
    kind.read(key, node, problems).map(|value| At {
        value,
        loc: node.loc,
    })
}

impl<K: Kind> Rule<At<K::Out>> for Required<K> {
    fn take(&self, key: &'static str, s: Holder<'_>, p: &mut Problems) -> Option<At<K::Out>> {
        let Some(entry) = s.get(key) else {
            let help = format!("add `{key}`: it has no default");
            p.add(Fault::MissingKey(key), s.loc)
                .label(format!("`{key}` belongs here"))
                .help(help);
            return None;
        };
        at(&self.0, key, &entry.node, p)
    }

    fn shape(&self) -> Shape {
        self.0.shape()
    }

    fn presence(&self) -> Presence {
        Presence::Required
    }
}

impl<K: Kind> Rule<At<K::Out>> for Or<K> {
    fn take(&self, key: &'static str, s: Holder<'_>, p: &mut Problems) -> Option<At<K::Out>> {
        let read = s
            .get(key)
            .and_then(|entry| at(&self.0, key, &entry.node, p));
        read.or_else(|| {
            let node = super::tree::parse_value(self.1, s.loc)?;
            at(&self.0, key, &node, p)
        })
    }

    fn shape(&self) -> Shape {
        self.0.shape()
    }

    fn presence(&self) -> Presence {
        Presence::Default(self.1)
    }
}

impl<K: Kind> Rule<Option<At<K::Out>>> for Maybe<K> {
    fn take(
        &self,
        key: &'static str,
        s: Holder<'_>,
        p: &mut Problems,
    ) -> Option<Option<At<K::Out>>> {
        Some(
            s.get(key)
                .and_then(|entry| at(&self.0, key, &entry.node, p)),
        )
    }

    fn shape(&self) -> Shape {
        self.0.shape()
    }

    fn presence(&self) -> Presence {
        Presence::Optional(self.1)
    }
}

impl<S: Section> Rule<S> for Nested<S> {
    fn take(&self, key: &'static str, s: Holder<'_>, p: &mut Problems) -> Option<S> {
        let empty = Table::default();
        let (loc, table) = match s.get(key) {
            None => (s.loc, &empty),
            Some(entry) => match &entry.node.value {
                Value::Table(table) => (entry.key, table),
                other => {
                    wrong_type(key, "a table", other, entry.node.loc, p);
                    return None;
                }
            },
        };
        S::read(loc, table, p)
    }

    fn shape(&self) -> Shape {
        Shape::Table(S::ABOUT, S::keys())
    }

    fn presence(&self) -> Presence {
        Presence::Tables
    }
}

impl<S: Section> Rule<Vec<S>> for Many<S> {
    fn take(&self, key: &'static str, s: Holder<'_>, p: &mut Problems) -> Option<Vec<S>> {
        let Some(entry) = s.get(key) else {
            return Some(Vec::new());
        };
        let Value::List(items) = &entry.node.value else {
            wrong_type(
                key,
                "a list of tables",
                &entry.node.value,
                entry.node.loc,
                p,
            )
            .help(format!("write `[[{key}]]` with two brackets"));
            return None;
        };
        let mut all = Vec::new();
        for item in items {
            match &item.value {
                Value::Table(table) => all.extend(S::read(item.loc, table, p)),
                other => {
                    wrong_type(key, "a list of tables", other, item.loc, p);
                }
            }
        }
        Some(all)
    }

    fn shape(&self) -> Shape {
        Shape::Tables(S::ABOUT, S::keys())
    }

    fn presence(&self) -> Presence {
        Presence::Tables
    }
}

/// Records a value of the wrong type.
pub(crate) fn wrong_type<'p>(
    key: &str,
    expected: impl Into<String>,
    found: &Value,
    loc: Loc,
    problems: &'p mut Problems,
) -> &'p mut crate::error::Draft {
    let expected = expected.into();
    let label = format!("not {expected}");
    let help = format!("put {expected} here");
    let fault = Fault::WrongType {
        key: key.to_owned(),
        expected,
        found: found.name(),
    };
    problems.add(fault, loc).label(label).help(help)
}

/// Records keys that a section does not have.
pub(crate) fn check_keys(table: &Table, known: &[&'static str], problems: &mut Problems) {
    for (key, entry) in &table.entries {
        if known.contains(&key.as_str()) {
            continue;
        }
        let help = match base::spelling::nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("keys here: {}", Quoted(known)),
        };
        problems
            .add(Fault::UnknownKey(key.clone()), entry.key)
            .label("not a key of this table")
            .help(help);
    }
}

/// Records a word that is not one of the known ones.
pub(crate) fn unknown_name(
    name: &str,
    what: &'static str,
    known: &[&str],
    loc: Loc,
    problems: &mut Problems,
) {
    problems
        .add(
            Fault::UnknownName {
                name: name.to_owned(),
                what,
            },
            loc,
        )
        .label(format!("no such {what}"))
        .help(suggest(name, known));
}

/// Declares a section: its struct, its reader and its description.
macro_rules! section {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $key:literal $field:ident: $ty:ty = $rule:expr;)+ }) => {
        $(#[doc = $about])+
        #[derive(Debug)]
        pub(crate) struct $name {
            $($(#[doc = $doc])+ pub(crate) $field: $ty,)+
        }

        impl $crate::file::read::Section for $name {
            const ABOUT: &'static str = concat!($($about),+);

            fn keys() -> Vec<$crate::file::read::KeyInfo> {
                vec![$($crate::file::read::KeyInfo {
                    name: $key,
                    about: concat!($($doc),+).trim_ascii(),
                    shape: $crate::file::read::Rule::<$ty>::shape(&$rule),
                    presence: $crate::file::read::Rule::<$ty>::presence(&$rule),
                }),+]
            }

            fn read(
                loc: $crate::file::tree::Loc,
                table: &$crate::file::tree::Table,
                problems: &mut $crate::error::Problems,
            ) -> Option<Self> {
                $crate::file::read::check_keys(table, &[$($key),+], problems);
                let holder = $crate::file::read::Holder { loc, table };
                $(let $field: Option<$ty> = $crate::file::read::Rule::<$ty>::take(&$rule, $key, holder, problems);)+
                Some(Self { $($field: $field?),+ })
            }
        }
    };
}
pub(crate) use section;
