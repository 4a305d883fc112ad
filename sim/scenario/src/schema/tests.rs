//! The schema, the reader and the written reference say the same.

use super::*;
use crate::check::habit::{Habit, is_zoned, offenders};
use crate::file::tree::{Loc, Table, parse, parse_value};
use crate::model::{CLASSES, Path};
use base::AlertKind;
use std::fmt::Write as _;

const README: &str = "../../scenarios/README.md";
const BEGIN: &str = "<!-- made from the key tables by a test of `scenario`: do not edit -->\n";
const END: &str = "<!-- end -->\n";

/// Every (table, keys) of a section and those in it.
fn tables<S: Section>() -> Vec<(String, &'static str, Vec<KeyInfo>)> {
    fn walk(
        path: &str,
        about: &'static str,
        keys: Vec<KeyInfo>,
        all: &mut Vec<(String, &'static str, Vec<KeyInfo>)>,
    ) {
        all.push((path.to_owned(), about, keys.clone()));
        for key in keys {
            let inner = match path.trim_matches(['[', ']']) {
                "" => key.name.to_owned(),
                outer => format!("{outer}.{}", key.name),
            };
            match key.shape {
                Shape::Table(about, keys) => walk(&inner, about, keys, all),
                Shape::Tables(about, keys) => walk(&format!("[{inner}]"), about, keys, all),
                _ => {}
            }
        }
    }
    let mut all = Vec::new();
    walk("", S::ABOUT, S::keys(), &mut all);
    all
}

/// Checks a value against the part of JSON Schema that the schemas use.
fn conforms(schema: &Value, value: &toml::Value) -> Result<(), String> {
    if let Some(options) = schema["anyOf"].as_array() {
        let fits = options.iter().any(|s| conforms(s, value).is_ok());
        return if fits {
            Ok(())
        } else {
            Err(format!("{value} fits no form"))
        };
    }
    if let Some(words) = schema["enum"].as_array() {
        let fits = words.iter().any(|w| w.as_str() == value.as_str());
        return if fits {
            Ok(())
        } else {
            Err(format!("{value} is no word of it"))
        };
    }
    match (schema["type"].as_str().unwrap_or_default(), value) {
        ("object", toml::Value::Table(table)) => {
            for (key, inner) in table {
                let property = &schema["properties"][key];
                if property.is_null() {
                    return Err(format!("no key {key}"));
                }
                conforms(property, inner).map_err(|e| format!("{key}: {e}"))?;
            }
            for key in schema["required"].as_array().into_iter().flatten() {
                let key = key.as_str().expect("a key is a string");
                if !table.contains_key(key) {
                    return Err(format!("lacks {key}"));
                }
            }
            Ok(())
        }
        ("array", toml::Value::Array(items)) => {
            let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
            let most = schema["maxItems"]
                .as_u64()
                .map_or(usize::MAX, |n| n as usize);
            if !(least..=most).contains(&items.len()) {
                return Err(format!("{} items", items.len()));
            }
            items
                .iter()
                .try_for_each(|item| conforms(&schema["items"], item))
        }
        ("integer" | "number", toml::Value::Integer(_))
        | ("number", toml::Value::Float(_))
        | ("boolean", toml::Value::Boolean(_))
        | ("string", toml::Value::String(_)) => Ok(()),
        (expected, found) => Err(format!("{found} is not {expected}")),
    }
}

#[test]
fn committed_files_conform() {
    for (folder, schema) in [
        ("../../scenarios/smoke", scenario_schema()),
        ("../../fixtures/sites", site_schema()),
    ] {
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("text");
            let value: toml::Value = toml::from_str(&text).expect("TOML");
            if let Err(why) = conforms(&schema, &value) {
                panic!("{}: {why}", path.display());
            }
            seen += 1;
        }
        assert!(seen >= 2, "{folder}");
    }
}

/// What a table with all its keys is told by the reader: nothing about unknown keys. And one
/// with another key is told so.
fn knows_its_keys<S: Section>(keys: &[KeyInfo]) {
    let unknown = |table: &Table| {
        let mut problems = crate::error::Problems::default();
        S::read(Loc::default(), table, &mut problems);
        let told = problems
            .finish("x".into(), &crate::error::Sources::default())
            .problems;
        told.into_iter()
            .filter(|p| matches!(p.fault, crate::error::Fault::UnknownKey(_)))
            .count()
    };
    let lines: Vec<String> = keys.iter().map(|k| format!("{} = 0\n", k.name)).collect();
    let full = lines.concat();
    let mut none = crate::error::Problems::default();
    assert_eq!(unknown(&parse(0, &full, &mut none)), 0);
    assert_eq!(
        unknown(&parse(0, &format!("{full}zzz = 0\n"), &mut none)),
        1
    );
}

#[test]
fn the_readers_know_the_keys_of_the_schema() {
    knows_its_keys::<ScenarioFile>(&ScenarioFile::keys());
    knows_its_keys::<SiteFile>(&SiteFile::keys());
    let schema = scenario_schema();
    for (path, _, keys) in tables::<ScenarioFile>() {
        let mut at = &schema;
        for part in path
            .trim_matches(['[', ']'])
            .split('.')
            .filter(|p| !p.is_empty())
        {
            at = &at["properties"][part];
            if at["type"] == "array" {
                at = &at["items"];
            }
        }
        let listed: Vec<_> = at["properties"]
            .as_object()
            .expect(&path)
            .keys()
            .cloned()
            .collect();
        let mut declared: Vec<_> = keys.iter().map(|k| k.name.to_owned()).collect();
        declared.sort();
        assert_eq!(listed, declared, "{path}");
    }
}

#[test]
fn defaults_are_toml_and_json() {
    let all = tables::<ScenarioFile>()
        .into_iter()
        .chain(tables::<SiteFile>());
    for key in all.flat_map(|(_, _, keys)| keys) {
        if let Presence::Default(text) = key.presence {
            assert!(
                parse_value(text, Loc::default()).is_some(),
                "{}: {text}",
                key.name
            );
            assert!(default(text).is_some(), "{}: {text}", key.name);
        }
    }
}

/// What may stand at a key, in words.
fn kind(shape: &Shape) -> String {
    let range = |q: &Quantity| {
        let whole = if q.whole { "whole, " } else { "" };
        format!("{whole}{}", q.range())
    };
    let words = |w: &[&str]| {
        w.iter()
            .map(|w| format!("`{w}`"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Name => "name".to_owned(),
        Shape::Flag => "`true` or `false`".to_owned(),
        Shape::Seed => "seed".to_owned(),
        Shape::Instant => "instant".to_owned(),
        Shape::TextOrTexts => "text, or list of texts".to_owned(),
        Shape::Instants => "instant, or `choice` or `uniform` of instants".to_owned(),
        Shape::Names => "list of names".to_owned(),
        Shape::Word(w) => words(w),
        Shape::WordOrChoice(w) => format!("{}, or `choice` of them", words(w)),
        Shape::Words(w) => format!("list of {}", words(w)),
        Shape::Number(q) => range(q),
        Shape::Dist(q) => format!("{}, or a distribution", range(q)),
        Shape::Numbers(n, q) => format!("list of {n}: {}", range(q)),
        Shape::Point => "`[east, north]`".to_owned(),
        Shape::Points(2) => "list of `[east, north]`".to_owned(),
        Shape::Points(_) => "list of `[east, north, width]`".to_owned(),
        Shape::Limit { sign, quantity } => format!("`\"{sign} ...\"`, {}", range(quantity)),
        Shape::Table(..) => "table".to_owned(),
        Shape::Tables(..) => "tables".to_owned(),
    }
}

fn reference() -> String {
    let mut out = String::new();
    let files = [
        ("Scenario file", tables::<ScenarioFile>()),
        ("Site file", tables::<SiteFile>()),
    ];
    for (title, tables) in files {
        writeln!(out, "\n## {title}").expect("writes");
        for (path, about, keys) in tables {
            if !path.is_empty() {
                writeln!(out, "\n### `[{path}]`").expect("writes");
            }
            writeln!(
                out,
                "\n{}\n\n| key | value | left out | |\n| --- | --- | --- | --- |",
                about.trim()
            )
            .expect("writes");
            for key in keys {
                let left_out = match key.presence {
                    Presence::Default(text) => format!("`{text}`"),
                    Presence::Optional(meaning) => meaning.to_owned(),
                    _ if is_required(&key) => "**required**".to_owned(),
                    _ => "empty".to_owned(),
                };
                writeln!(
                    out,
                    "| `{}` | {} | {left_out} | {} |",
                    key.name,
                    kind(&key.shape),
                    key.about
                )
                .expect("writes");
            }
        }
    }
    writeln!(
        out,
        "\n## Offences\n\nThe first class of a kind commits it unless the file says otherwise, on the \
         first path of its list.\n\n\
         | kind | an offence in | classes and their paths |\n| --- | --- | --- |"
    )
    .expect("writes");
    for kind in AlertKind::ALL {
        let area = if is_zoned(kind) {
            "`no_fishing` zones"
        } else {
            "every grid"
        };
        let able = offenders(kind).iter().map(|(class, paths)| {
            let paths: Vec<_> = paths.iter().map(|p| format!("`{}`", p.id())).collect();
            format!("`{}`: {}", class.id(), paths.join(" "))
        });
        let able: Vec<_> = able.collect();
        writeln!(out, "| `{}` | {area} | {} |", kind.id(), able.join("; ")).expect("writes");
    }
    writeln!(
        out,
        "\n## Classes\n\nThe paths are those of confusers; the first is the default.\n\n\
         | class | size, m | where | paths | speed, loitering |\n| --- | --- | --- | --- | --- |"
    )
    .expect("writes");
    for (class, id, _, length, width, height) in CLASSES {
        let habit = Habit::of(class);
        let paths: Vec<_> = habit
            .paths
            .iter()
            .map(|p| format!("`{}`", p.id()))
            .collect();
        let speed = match (habit.speed, habit.air) {
            (0.0, _) if habit.paths.contains(&Path::Drift) => "with the water".to_owned(),
            (0.0, _) => "lies".to_owned(),
            (s, 0.0) => format!("{s}m/s, {}m/s", habit.slow),
            (s, air) => format!("{s}m/s, {}m/s; {air}m/s in the air", habit.slow),
        };
        writeln!(
            out,
            "| `{id}` | {length} x {width} x {height} | {} | {} | {speed} |",
            habit.realm.words(),
            paths.join(" ")
        )
        .expect("writes");
    }
    out
}

/// Run with `UPDATE_REFERENCE=1` to write the reference anew.
#[test]
fn the_written_reference_is_current() {
    let readme = std::fs::read_to_string(README).expect("scenarios/README.md");
    let (head, rest) = readme.split_once(BEGIN).expect("the reference begins");
    let (written, tail) = rest.split_once(END).expect("the reference ends");
    let current = reference();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        let text = format!("{head}{BEGIN}{current}{END}{tail}");
        std::fs::write(README, text).expect("writes scenarios/README.md");
    } else {
        assert_eq!(written, current, "run the test with UPDATE_REFERENCE=1");
    }
}
