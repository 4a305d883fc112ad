//! Proofs from the log for somebody who holds no copy of the store.

use super::log;
use super::{Store, StoreError};
use crate::merkle;
use base::message::LogHead;
use blake3::Hash;

/// Proof that the log holds a leaf, checked by [`Self::holds`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The head it leads to.
    pub head: LogHead,
    /// The leaf's number, from 0.
    pub index: u64,
    /// The leaf's hash.
    pub leaf: Hash,
    /// The hashes beside the way up, lowest first.
    pub path: Vec<Hash>,
}

impl Inclusion {
    /// Whether it proves what it says.
    pub fn holds(&self) -> bool {
        Hash::from_hex(&self.head.root).is_ok_and(|root| {
            merkle::includes(self.head.size, &root, self.index, &self.leaf, &self.path)
        })
    }
}

/// Proof that a log only grew between two heads, checked by [`Self::holds`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// The earlier head.
    pub old: LogHead,
    /// The later head.
    pub new: LogHead,
    /// The hashes that lead to both.
    pub path: Vec<Hash>,
}

impl Consistency {
    /// Whether it proves what it says.
    pub fn holds(&self) -> bool {
        let root = |head: &LogHead| Hash::from_hex(&head.root).ok();
        let (Some(old), Some(new)) = (root(&self.old), root(&self.new)) else {
            return false;
        };
        merkle::grew((self.old.size, &old), (self.new.size, &new), &self.path)
    }
}

impl Store {
    fn leaves(&self) -> Result<Vec<Hash>, StoreError> {
        let mut query = self.sql(
            self.connection
                .prepare("SELECT what, row, content FROM log ORDER BY leaf"),
        )?;
        let rows = self.sql(query.query_map([], |r| {
            let (what, content): (String, Vec<u8>) = (r.get(0)?, r.get(2)?);
            Ok(log::hash(&what, r.get(1)?, &content))
        }))?;
        rows.map(|row| self.sql(row)).collect()
    }

    /// Proof that the log holds a leaf; `None` where it does not have that many.
    pub fn prove_inclusion(&self, index: u64) -> Result<Option<Inclusion>, StoreError> {
        let leaves = self.leaves()?;
        let path = merkle::inclusion(&leaves, index);
        Ok(path.map(|path| Inclusion {
            head: head_of(&leaves),
            index,
            leaf: leaves[index as usize],
            path,
        }))
    }

    /// Proof that the log grew out of its first `size` leaves; `None` where it has fewer.
    pub fn prove_consistency(&self, size: u64) -> Result<Option<Consistency>, StoreError> {
        let leaves = self.leaves()?;
        let path = merkle::consistency(&leaves, size);
        Ok(path.map(|path| Consistency {
            old: head_of(&leaves[..size as usize]),
            new: head_of(&leaves),
            path,
        }))
    }
}

fn head_of(leaves: &[Hash]) -> LogHead {
    LogHead {
        size: leaves.len() as u64,
        root: merkle::root(leaves).to_hex().to_string(),
    }
}
