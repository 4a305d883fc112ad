//! Terminal, JSON and HTML views of a score.
