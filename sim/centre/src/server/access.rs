//! Who may do what: bearer tokens, kept as SHA-256.
//!
//! ```toml
//! [[account]]
//! name = "wang"            # who acts, as written into steps
//! role = "officer"         # viewer, officer, admin
//! grids = ["g-1"]          # left out: all
//! sha256 = "9f86d0..."     # printf %s TOKEN | sha256sum
//! ```
//!
//! Tokens are random and long, so a plain hash keeps them: there is nothing to guess.

use crate::config::{AccountRow, ConfigError, accounts};
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// What an account may do; each may also do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// Read.
    Viewer,
    /// Bring cases on, hand them over, silence.
    Officer,
    /// Everything.
    Admin,
}

/// Somebody who may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub name: String,
    /// What.
    pub grant: Grant,
    /// For which grids; `None`: all.
    pub grids: Option<Vec<String>>,
}

/// Everybody who may do something.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// Hash of the token and whose it is; `None`: no tokens are asked for.
    by_hash: Option<Vec<(String, Account)>>,
}

/// The file of tokens cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("file of tokens: {0}")]
pub struct AccessError(#[from] ConfigError);

impl Accounts {
    /// Whoever reaches the address may do everything, as `local`.
    pub fn open() -> Self {
        Self { by_hash: None }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or with every mistake in it.
    pub fn load(path: &Path) -> Result<Self, AccessError> {
        let rows = accounts(path)?;
        let account = |row: AccountRow| {
            let account = Account {
                name: row.name,
                grant: row.grant,
                grids: row.grids,
            };
            (row.sha256, account)
        };
        Ok(Self {
            by_hash: Some(rows.into_iter().map(account).collect()),
        })
    }

    /// Whose request it is; `None`: nobody's.
    pub(super) fn of(&self, headers: &HeaderMap) -> Option<Account> {
        let Some(by_hash) = &self.by_hash else {
            return Some(Account {
                name: "local".to_owned(),
                grant: Grant::Admin,
                grids: None,
            });
        };
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = value.strip_prefix("Bearer ")?;
        let hash = hex(&Sha256::digest(token.as_bytes()));
        let found = by_hash.iter().find(|(known, _)| *known == hash);
        found.map(|(_, account)| account.clone())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Account {
    /// Whether a case of this grid is its business.
    pub(super) fn covers(&self, grid: Option<&str>) -> bool {
        match (&self.grids, grid) {
            (None, _) => true,
            (Some(grids), Some(grid)) => grids.iter().any(|g| g == grid),
            (Some(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens.toml");
        let hash = hex(&Sha256::digest(b"open sesame"));
        let text = format!(
            "[[account]]\nname = \"wang\"\nrole = \"officer\"\ngrids = [\"g-1\"]\nsha256 = \"{hash}\"\n"
        );
        std::fs::write(&path, &text).expect("written");
        let accounts = Accounts::load(&path).expect("accounts");
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("a value"));
            accounts.of(&headers)
        };
        let wang = of("Bearer open sesame").expect("known");
        assert_eq!((wang.name.as_str(), wang.grant), ("wang", Grant::Officer));
        assert!(wang.covers(Some("g-1")) && !wang.covers(Some("g-2")) && !wang.covers(None));
        assert_eq!(of("Bearer open"), None);
        assert_eq!(of("open sesame"), None);
        assert_eq!(of(&format!("Bearer {hash}")), None);
        assert_eq!(accounts.of(&HeaderMap::new()), None);
    }

    #[test]
    fn a_mistake_in_the_file_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens.toml");
        let text = "[[account]]\nname = \"wang\"\nrole = \"oficer\"\nsha256 = \"12\"\n";
        std::fs::write(&path, text).expect("written");
        let error = Accounts::load(&path).expect_err("mistakes").to_string();
        assert!(error.contains("tokens.toml:3:8"), "{error}");
        assert!(error.contains("did you mean `officer`?"), "{error}");
        assert!(error.contains("64"), "{error}");
    }
}
