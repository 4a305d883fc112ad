//! `extends`: a file takes over what another says and it does not.

use super::scenario::LISTS;
use super::tree::{Table, Value};
use crate::error::{Fault, Problems};

/// `own` completed by `base`. Top-level tables merge key by key, lists of tables are appended to
/// the base's unless `own` names them in `replace`, and any other value of `own` stands for the
/// base's. A scenario's name is its own.
pub(crate) fn merge(own: Table, base: Table, problems: &mut Problems) -> Table {
    let replaced = replaced(&own, &base, problems);
    let mut merged = base;
    merged.entries.retain(|key, _| !replaced.contains(key));
    merged.entries.remove("replace");
    if let Some(Value::Table(head)) = merged
        .entries
        .get_mut("scenario")
        .map(|e| &mut e.node.value)
    {
        head.entries.remove("name");
    }
    for (key, entry) in own.entries {
        let Some(under) = merged.entries.get_mut(&key) else {
            merged.entries.insert(key, entry);
            continue;
        };
        match (&mut under.node.value, &entry.node.value) {
            (Value::Table(under_table), Value::Table(over)) => {
                under_table.entries.extend(over.entries.clone());
                under.key = entry.key;
                under.node.loc = entry.node.loc;
            }
            (Value::List(items), Value::List(more)) => {
                items.extend(more.iter().cloned());
            }
            _ => *under = entry,
        }
    }
    merged
}

/// The lists that the file replaces; records those that the base does not have.
fn replaced(own: &Table, base: &Table, problems: &mut Problems) -> Vec<String> {
    let Some(Value::List(items)) = own.entries.get("replace").map(|e| &e.node.value) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for item in items {
        // Anything but a known word is reported where the file's sections are read.
        let Value::Text(name) = &item.value else {
            continue;
        };
        if LISTS.contains(&name.as_str()) && !base.entries.contains_key(name) {
            problems
                .add(Fault::NothingToReplace(name.clone()), item.loc)
                .label("not in what this file extends")
                .help("leave it out");
        }
        if LISTS.contains(&name.as_str()) {
            names.push(name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::tree::parse;

    fn merged(own: &str, base: &str) -> (Table, usize) {
        let mut problems = Problems::default();
        let own = parse(0, own, &mut problems);
        let base = parse(1, base, &mut problems);
        (merge(own, base, &mut problems), problems.len())
    }

    fn kinds(table: &Table, list: &str) -> Vec<String> {
        let Value::List(items) = &table.entries[list].node.value else {
            panic!("no list")
        };
        let kind = |item: &crate::file::tree::Node| match &item.value {
            Value::Table(t) => format!("{:?}", t.entries["kind"].node.value),
            other => panic!("{other:?}"),
        };
        items.iter().map(kind).collect()
    }

    const BASE: &str = r#"
        [scenario]
        name = "base"
        site = "x"
        [weather]
        wind = { uniform = ["1m/s", "2m/s"] }
        cloud = 0.5
        [[confuser]]
        kind = "ferry"
    "#;

    #[test]
    fn tables_merge_lists_append_and_values_replace() {
        let own = "weather.wind = { choice = [\"3m/s\"] }\n[[confuser]]\nkind = \"egret\"\n";
        let (table, problems) = merged(own, BASE);
        assert_eq!(problems, 0);
        assert_eq!(
            kinds(&table, "confuser"),
            ["Text(\"ferry\")", "Text(\"egret\")"]
        );
        let Value::Table(weather) = &table.entries["weather"].node.value else {
            panic!()
        };
        assert_eq!(weather.entries["cloud"].node.value, Value::Real(0.5));
        let Value::Table(wind) = &weather.entries["wind"].node.value else {
            panic!()
        };
        assert_eq!(wind.entries.keys().collect::<Vec<_>>(), ["choice"]);
        let Value::Table(head) = &table.entries["scenario"].node.value else {
            panic!()
        };
        assert!(head.entries.contains_key("site") && !head.entries.contains_key("name"));
    }

    #[test]
    fn a_replaced_list_starts_anew_or_ends() {
        let own = "replace = [\"confuser\"]\n[[confuser]]\nkind = \"egret\"\n";
        let (table, problems) = merged(own, BASE);
        assert_eq!(
            (kinds(&table, "confuser"), problems),
            (vec!["Text(\"egret\")".to_owned()], 0)
        );
        let (table, _) = merged("replace = [\"confuser\"]", BASE);
        assert!(!table.entries.contains_key("confuser"));
        assert_eq!(merged("replace = [\"offence\"]", BASE).1, 1);
    }
}
