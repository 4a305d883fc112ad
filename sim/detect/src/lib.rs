//! The detector trait, decode heads, tiling and non-maximum suppression.
