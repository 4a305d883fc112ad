//! JSON Schemas of scenario and site files, for editors; made from the same declarations that
//! read the files.

use crate::file::read::{KeyInfo, Presence, Section, Shape};
use crate::file::scenario::ScenarioFile;
use crate::file::site::SiteFile;
use crate::units::Quantity;
use serde_json::{Map, Value, json};

/// The schema of a scenario file, JSON Schema draft 2020-12.
pub fn scenario_schema() -> Value {
    schema::<ScenarioFile>("rivergauge scenario")
}

/// The schema of a site file, JSON Schema draft 2020-12.
pub fn site_schema() -> Value {
    schema::<SiteFile>("rivergauge site")
}

fn schema<S: Section>(title: &str) -> Value {
    let mut root = Map::new();
    root.insert(
        "$schema".into(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    root.insert("title".into(), title.into());
    root.extend(table(S::ABOUT.trim(), &S::keys()));
    Value::Object(root)
}

/// A table with its keys. A required key of a file that extends another may stand in that one;
/// so `extends`, where it is a key, lifts the requirements of the tables beside it.
fn table(about: &str, keys: &[KeyInfo]) -> Map<String, Value> {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|k| (k.name.to_owned(), property(k)))
        .collect();
    let extends = keys.iter().any(|k| k.name == "extends");
    let required: Vec<Value> = keys
        .iter()
        .filter(|k| is_required(k))
        .map(|k| k.name.into())
        .collect();
    let mut object = Map::new();
    object.insert("description".into(), about.into());
    object.insert("type".into(), "object".into());
    object.insert("properties".into(), properties.into());
    object.insert("additionalProperties".into(), false.into());
    if !required.is_empty() && !extends {
        object.insert("required".into(), required.into());
    }
    object
}

/// A table that may be left out must not, when something in it may not.
pub(crate) fn is_required(key: &KeyInfo) -> bool {
    match (&key.presence, &key.shape) {
        (Presence::Required, _) => true,
        (Presence::Tables, Shape::Table(_, keys)) => keys.iter().any(is_required),
        _ => false,
    }
}

fn property(key: &KeyInfo) -> Value {
    let mut value = shape(&key.shape);
    value.insert("description".into(), key.about.into());
    match key.presence {
        Presence::Default(text) => {
            if let Some(default) = default(text) {
                value.insert("default".into(), default);
            }
        }
        Presence::Optional(meaning) => {
            value.insert("$comment".into(), format!("left out: {meaning}").into());
        }
        Presence::Required | Presence::Tables => {}
    }
    Value::Object(value)
}

/// A default, written in TOML, as JSON. Strings, numbers, flags and flat lists read the same
/// in both.
fn default(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn shape(shape: &Shape) -> Map<String, Value> {
    let value = match shape {
        Shape::Text => json!({ "type": "string", "minLength": 1 }),
        Shape::Name => json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Seed => json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^(0x[0-9A-Fa-f]{1,16}|[0-9]+)$" },
        ] }),
        Shape::Instant => json!({ "type": "string", "format": "date-time" }),
        Shape::TextOrTexts => {
            let text = json!({ "type": "string", "minLength": 1 });
            let texts = json!({ "type": "array", "items": text, "minItems": 1 });
            json!({ "anyOf": [text, texts] })
        }
        Shape::Instants => {
            let one = json!({ "type": "string", "format": "date-time" });
            let pair = json!({ "type": "array", "items": one, "minItems": 2, "maxItems": 2 });
            let some = json!({ "type": "array", "items": one, "minItems": 1 });
            json!({ "anyOf": [one, form("uniform", &pair), form("choice", &some)] })
        }
        Shape::Names => json!({
            "type": "array",
            "items": { "type": "string", "pattern": "^[A-Za-z0-9_-]+$" },
            "minItems": 1,
        }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::WordOrChoice(words) => {
            let some = json!({ "type": "array", "items": { "enum": words }, "minItems": 1 });
            json!({ "anyOf": [{ "enum": words }, form("choice", &some)] })
        }
        Shape::Words(words) => json!({ "type": "array", "items": { "enum": words } }),
        Shape::Number(quantity) => number(quantity),
        Shape::Dist(quantity) => distribution(quantity),
        Shape::Numbers(n, quantity) => {
            json!({ "type": "array", "items": number(quantity), "minItems": n, "maxItems": n })
        }
        Shape::Point => point(2),
        Shape::Points(n) => json!({ "type": "array", "items": point(*n), "minItems": 2 }),
        Shape::Limit { sign, quantity } => {
            json!({ "type": "string", "pattern": format!("^{sign} *{}$", pattern(quantity)) })
        }
        Shape::Table(about, keys) => return table(about.trim(), keys),
        Shape::Tables(about, keys) => {
            json!({ "type": "array", "items": table(about.trim(), keys) })
        }
    };
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn point(n: usize) -> Value {
    json!({ "type": "array", "items": { "type": "number" }, "minItems": n, "maxItems": n })
}

fn number(quantity: &Quantity) -> Value {
    if quantity.family.is_plain() {
        let kind = if quantity.whole { "integer" } else { "number" };
        return json!({ "type": kind, "minimum": quantity.low, "maximum": quantity.high });
    }
    json!({
        "type": "string",
        "pattern": format!("^{}$", pattern(quantity)),
        "examples": [quantity.example()],
    })
}

/// A number with one of its units, as a regular expression.
fn pattern(quantity: &Quantity) -> String {
    const NUMBER: &str = "[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?";
    if quantity.family.is_plain() {
        return NUMBER.to_owned();
    }
    let units: Vec<_> = quantity.family.units.iter().map(|u| u.suffix).collect();
    format!("{NUMBER} *({})", units.join("|"))
}

fn distribution(quantity: &Quantity) -> Value {
    let one = number(quantity);
    let pair = json!({ "type": "array", "items": one, "minItems": 2, "maxItems": 2 });
    json!({ "anyOf": [
        one,
        form("uniform", &pair),
        form("normal", &pair),
        form("choice", &json!({ "type": "array", "items": one, "minItems": 1 })),
    ] })
}

/// A table with one key: a form of a distribution.
fn form(name: &str, value: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { name: value },
        "required": [name],
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests;
