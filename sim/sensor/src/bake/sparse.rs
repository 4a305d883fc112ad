//! A picture of things of which most pixels have none.

use rayon::prelude::*;

/// Pixels that share a word of bits.
const WORD: usize = 64;
/// Words that a task fills.
const WORDS: usize = 64;

/// Which of 64 pixels have one, and how many come before them.
type Word = (u64, u32);

/// Something in some of the pixels of a picture.
#[derive(Debug)]
pub(crate) struct Sparse<T> {
    words: Vec<Word>,
    kept: Vec<T>,
}

impl<T: Copy + Send + Sync> Sparse<T> {
    /// Of so many pixels; `at`: what a pixel has.
    pub(crate) fn new(n: usize, at: impl Fn(usize) -> Option<T> + Sync) -> Self {
        let word = |first: usize, kept: &mut Vec<T>| {
            let before = kept.len();
            let bits = (first..(first + WORD).min(n)).fold(0u64, |bits, i| {
                let here = at(i);
                kept.extend(here);
                bits | u64::from(here.is_some()) << (i - first)
            });
            (bits, (kept.len() - before) as u32)
        };
        let parts: Vec<(Vec<Word>, Vec<T>)> = (0..n.div_ceil(WORD * WORDS))
            .into_par_iter()
            .map(|task| {
                let mut kept = Vec::new();
                let end = ((task + 1) * WORD * WORDS).min(n);
                let firsts = (task * WORD * WORDS..end).step_by(WORD);
                (firsts.map(|first| word(first, &mut kept)).collect(), kept)
            })
            .collect();
        let mut all = Self {
            words: Vec::with_capacity(n.div_ceil(WORD)),
            kept: Vec::with_capacity(parts.iter().map(|(_, kept)| kept.len()).sum()),
        };
        let mut count = 0;
        for (words, kept) in parts {
            all.kept.extend(kept);
            for (bits, more) in words {
                all.words.push((bits, count));
                count += more;
            }
        }
        all
    }

    /// What a pixel has.
    pub(crate) fn get(&self, i: usize) -> Option<&T> {
        let (bits, before) = self.words[i / WORD];
        let bit = 1u64 << (i % WORD);
        if bits & bit == 0 {
            return None;
        }
        self.kept
            .get(before as usize + (bits & (bit - 1)).count_ones() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_back_what_was_put_in() {
        for n in [1, 63, 64, 65, 5_000, 9_999] {
            let at = |i: usize| (i % 7 == 3 || i / 100 % 3 == 1).then_some(i * 3);
            let sparse = Sparse::new(n, at);
            assert!((0..n).all(|i| sparse.get(i).copied() == at(i)), "{n}");
        }
    }
}
