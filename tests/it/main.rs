//! The whole program, as its users see it, and the rules of the house.

mod cli;
mod determinism;
mod detectors;
mod suite;
mod support;
mod tidy;
mod walls;
