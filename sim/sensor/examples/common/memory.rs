//! How much memory a process has used at most.

/// Peak of the resident memory so far, for the end of a line; empty where the system does not say.
pub(crate) fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kib = line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map_or_else(String::new, |kib| {
        format!(", peak {} MB", kib * 1024 / 1_000_000)
    })
}
