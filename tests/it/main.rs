//! The whole program, as its users see it, and the rules of the house.

mod cli;

mod detectors;
mod determinism;
mod faults;
mod suite;
mod support;
mod tidy;
mod walls;
