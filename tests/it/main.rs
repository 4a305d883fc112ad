//! The whole program, as its users see it, and the rules of the house.

mod boxes;
mod cli;

mod detectors;
mod determinism;
mod exports;
mod faults;
mod sheets;
mod suite;
mod support;
mod tidy;
mod verify;
mod walls;
