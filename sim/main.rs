//! The `rivergauge` program.

fn main() {}
