//! The Merkle tree of RFC 9162, section 2.1, over BLAKE3 instead of SHA-256.
//!
//! | hash | of |
//! | --- | --- |
//! | leaf | `0x00`, then its data |
//! | node | `0x01`, then its left and its right child |
//! | no leaves | nothing |
//!
//! The left child of a tree of n leaves holds the largest power of two below n. The two prefixes keep
//! a node from being passed off as a leaf (RFC 9162, 2.1.1).

use blake3::{Hash, Hasher};

/// Hash of a leaf's data.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Hasher::new().update(&[0]).update(data).finalize()
}

/// Hash of two subtrees side by side.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Hasher::new();
    hasher.update(&[1]).update(left.as_bytes());
    hasher.update(right.as_bytes()).finalize()
}

/// What is needed of a tree to append to it: the roots of its perfect subtrees, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // A carry of the binary count of leaves merges two subtrees of one size.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Hash of the whole tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return blake3::hash(&[]);
        };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// Hash of the tree over leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.append(*leaf);
    }
    tree.root()
}

/// Size of the left subtree of a tree of `n > 1` leaves.
fn split(n: u64) -> u64 {
    n.next_power_of_two() / 2
}

/// The hashes that lead from a leaf to the root (RFC 9162, 2.1.3.1), lowest first; `None` where
/// there is no such leaf.
pub fn inclusion(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    if index >= leaves.len() as u64 {
        return None;
    }
    let (mut rest, mut index, mut path) = (leaves, index as usize, Vec::new());
    while rest.len() > 1 {
        let (left, right) = rest.split_at(split(rest.len() as u64) as usize);
        if index < left.len() {
            path.push(root(right));
            rest = left;
        } else {
            path.push(root(left));
            index -= left.len();
            rest = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether a path leads from a leaf to a tree's root (RFC 9162, 2.1.3.2).
pub fn includes(size: u64, root: &Hash, index: u64, leaf: &Hash, path: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            // A right edge that has no sibling on some levels.
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// The hashes that show that the tree of the first `old` leaves grew into the whole (RFC 9162,
/// 2.1.4.1); `None` where there are fewer leaves than that.
pub fn consistency(leaves: &[Hash], old: u64) -> Option<Vec<Hash>> {
    if old > leaves.len() as u64 {
        return None;
    }
    if old == 0 || old == leaves.len() as u64 {
        return Some(Vec::new());
    }
    let (mut rest, mut old, mut whole, mut path) = (leaves, old as usize, true, Vec::new());
    while old != rest.len() {
        let (left, right) = rest.split_at(split(rest.len() as u64) as usize);
        if old <= left.len() {
            path.push(root(right));
            rest = left;
        } else {
            path.push(root(left));
            old -= left.len();
            rest = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(rest));
    }
    path.reverse();
    Some(path)
}

/// Whether the tree with one root grew into the one with another (RFC 9162, 2.1.4.2).
pub fn grew(old: (u64, &Hash), new: (u64, &Hash), path: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return path.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return path.is_empty() && *old_root == blake3::hash(&[]);
    }
    let start = old_size.is_power_of_two().then_some(*old_root);
    let mut path = start.into_iter().chain(path.iter().copied());
    let Some(first) = path.next() else {
        return false;
    };
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut before, mut after) = (first, first);
    for hash in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = node_hash(&hash, &before);
            after = node_hash(&hash, &after);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            after = node_hash(&after, &hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_le_bytes())).collect()
    }

    /// The definition (RFC 9162, 2.1.1), word for word.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => blake3::hash(&[]),
            [leaf] => *leaf,
            _ => {
                let k = (0..).map(|e| 1usize << e);
                let k = k.take_while(|k| *k < leaves.len()).last().expect("some");
                node_hash(&defined(&leaves[..k]), &defined(&leaves[k..]))
            }
        }
    }

    #[test]
    fn the_root_is_as_defined() {
        for n in 0..70 {
            assert_eq!(root(&leaves(n)), defined(&leaves(n)), "{n} leaves");
        }
    }

    #[test]
    fn leaves_and_nodes_are_told_apart() {
        let [a, b] = [leaf_hash(b"a"), leaf_hash(b"b")];
        let both = [a.as_bytes().as_slice(), b.as_bytes()].concat();
        assert_ne!(node_hash(&a, &b), leaf_hash(&both));
        assert_eq!(leaf_hash(b"a"), blake3::hash(b"\0a"));
    }

    #[test]
    fn every_leaf_has_its_proof_and_no_other() {
        for n in 1..34 {
            let leaves = leaves(n);
            let root = root(&leaves);
            for i in 0..n {
                let path = inclusion(&leaves, i).expect("a leaf");
                let leaf = &leaves[i as usize];
                assert!(includes(n, &root, i, leaf, &path), "{i} of {n}");
                for other in (0..n + 2).filter(|o| *o != i) {
                    assert!(!includes(n, &root, other, leaf, &path), "{i} as {other}");
                }
                assert!(!includes(n, &root, i, &leaf_hash(b"x"), &path));
            }
            assert_eq!(inclusion(&leaves, n), None);
        }
    }

    #[test]
    fn every_earlier_tree_is_proven() {
        let hashes = leaves(40);
        for n in 0..40u64 {
            let now = &hashes[..n as usize];
            for m in 0..=n {
                let was = root(&hashes[..m as usize]);
                let path = consistency(now, m).expect("not longer");
                assert!(grew((m, &was), (n, &root(now)), &path), "{m} to {n}");
                let other = leaf_hash(b"other");
                assert!(!grew((m, &other), (n, &root(now)), &path), "{m} to {n}");
                // Everything grew out of nothing.
                assert!(m == 0 || !grew((m, &was), (n, &other), &path), "{m} to {n}");
            }
            assert_eq!(consistency(now, n + 1), None);
        }
    }

    proptest! {
        /// A proof that was changed, shortened or lengthened proves nothing.
        #[test]
        fn proofs_cannot_be_bent(n in 2u64..200, pick: u64, bend in 0usize..3, at: usize) {
            let hashes = leaves(n);
            let (i, whole) = (pick % n, root(&hashes));
            let bent = |mut path: Vec<Hash>| {
                match bend {
                    0 if !path.is_empty() => {
                        let at = at % path.len();
                        path[at] = leaf_hash(b"bent");
                    }
                    1 if !path.is_empty() => { path.remove(at % path.len()); }
                    _ => path.push(leaf_hash(b"more")),
                }
                path
            };
            let path = bent(inclusion(&hashes, i).expect("a leaf"));
            prop_assert!(!includes(n, &whole, i, &hashes[i as usize], &path));
            let was = root(&hashes[..i as usize]);
            let path = bent(consistency(&hashes, i).expect("earlier"));
            prop_assert!(!grew((i, &was), (n, &whole), &path));
        }
    }
}
