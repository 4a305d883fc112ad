//! The file of tokens.

use super::reader::{ConfigError, Problems, Section};
use crate::server::Grant;
use std::path::Path;

/// One `[[account]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) name: String,
    pub(crate) grant: Grant,
    pub(crate) grids: Option<Vec<String>>,
    /// In lower case.
    pub(crate) sha256: String,
}

const GRANTS: [(&str, Grant); 3] = [
    ("viewer", Grant::Viewer),
    ("officer", Grant::Officer),
    ("admin", Grant::Admin),
];

/// Reads and checks a file of tokens.
pub(crate) fn accounts(path: &Path) -> Result<Vec<AccountRow>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut p = Problems::new(path, &text);
    let root = p.parse();
    let mut file = Section::new("the file", 0..0, root.get_ref());
    let mut rows = Vec::new();
    for mut s in file.tables(&mut p, "account") {
        let name = s.name(&mut p, "name");
        let grant = s.word(&mut p, "role", &GRANTS);
        let grids = s.texts(&mut p, "grids");
        let has_grids = s.has("grids");
        let sha256 = s.required(&mut p, "sha256");
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if let Some(hash) = &sha256
            && !is_hash(&hash.value)
        {
            p.add(
                &hash.at,
                "`sha256` is not 64 hexadecimal digits".to_owned(),
                "make it with `printf %s TOKEN | sha256sum`",
            );
        }
        s.finish(&mut p);
        if let (Some(name), Some(sha256)) = (name, sha256) {
            rows.push(AccountRow {
                name: name.value,
                grant: grant.unwrap_or(Grant::Viewer),
                grids: has_grids.then(|| grids.into_iter().map(|g| g.value).collect()),
                sha256: sha256.value.to_ascii_lowercase(),
            });
        }
    }
    file.finish(&mut p);
    p.finish(Some(rows))
}
