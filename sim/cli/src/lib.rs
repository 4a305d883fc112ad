//! Parses arguments, builds the parts, runs the job, prints.
