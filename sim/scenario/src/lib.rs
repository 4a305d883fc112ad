//! From a scenario file to one sampled world with its ground truth.
