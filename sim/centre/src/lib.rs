//! The command centre: intake, handling, duty, escalation, and the cascade to the upper level.
