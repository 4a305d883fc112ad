//! Facts about the machine that timings depend on, as far as the system tells them.

use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The machine of a run. `None` where the system does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's own name for itself.
    pub cpu: Option<String>,
    /// Logical cores that the process may use.
    pub logical_cores: usize,
    /// Main memory, bytes.
    pub memory_bytes: Option<u64>,
    /// Operating system with its version.
    pub os: String,
    /// Processor architecture, such as `x86_64`.
    pub arch: String,
    /// Threads that the run used.
    pub threads: usize,
    /// Frequency governor of the first core, such as `performance`.
    pub governor: Option<String>,
}

impl Machine {
    /// Reads the facts of this machine; `threads` is what the run will use.
    pub fn read(threads: usize) -> Self {
        Self::read_under(Path::new("/"), threads)
    }

    /// As [`Machine::read`], with the system's files looked up under `root`.
    fn read_under(root: &Path, threads: usize) -> Self {
        let text = |path: &str| fs::read_to_string(root.join(path)).ok();
        let release = text("etc/os-release").and_then(|t| value_of(&t, "PRETTY_NAME", '='));
        let kernel = text("proc/sys/kernel/osrelease").and_then(|t| one_line(&t));
        let os = [release, kernel.map(|k| format!("kernel {k}"))];
        let os = os.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Self {
            cpu: text("proc/cpuinfo").and_then(|t| value_of(&t, "model name", ':')),
            logical_cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: text("proc/meminfo")
                .and_then(|t| value_of(&t, "MemTotal", ':'))
                .and_then(|v| v.strip_suffix("kB")?.trim().parse::<u64>().ok())
                .and_then(|kib| kib.checked_mul(1024)),
            os: if os.is_empty() {
                std::env::consts::OS.to_owned()
            } else {
                os
            },
            arch: std::env::consts::ARCH.to_owned(),
            threads,
            governor: text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
                .and_then(|t| one_line(&t)),
        }
    }
}

/// The value of the first line `key <separator> value`, without quotes; `None` when empty.
fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .filter(|value| !value.is_empty())
}

fn one_line(text: &str) -> Option<String> {
    text.lines()
        .next()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("creates");
        fs::write(path, text).expect("writes");
    }

    #[test]
    fn facts_come_from_the_system_files() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        write(
            root,
            "proc/cpuinfo",
            "processor\t: 0\nmodel name\t: Example CPU @ 2.0GHz\n",
        );
        write(
            root,
            "proc/meminfo",
            "MemTotal:       16384 kB\nMemFree: 1 kB\n",
        );
        write(root, "proc/sys/kernel/osrelease", "6.1.0\n");
        write(
            root,
            "etc/os-release",
            "NAME=\"X\"\nPRETTY_NAME=\"Example Linux 12\"\n",
        );
        write(
            root,
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
            "performance\n",
        );
        let machine = Machine::read_under(root, 2);
        assert_eq!(machine.cpu.as_deref(), Some("Example CPU @ 2.0GHz"));
        assert_eq!(machine.memory_bytes, Some(16384 * 1024));
        assert_eq!(machine.os, "Example Linux 12, kernel 6.1.0");
        assert_eq!(machine.governor.as_deref(), Some("performance"));
        assert_eq!(machine.threads, 2);
    }

    #[test]
    fn what_the_system_does_not_say_is_none() {
        let root = tempfile::tempdir().expect("a folder");
        let machine = Machine::read_under(root.path(), 1);
        assert_eq!(machine.cpu, None);
        assert_eq!(machine.memory_bytes, None);
        assert_eq!(machine.os, std::env::consts::OS);
        assert!(machine.logical_cores >= 1);
    }

    proptest! {
        #[test]
        fn any_text_can_be_asked_for_a_value(text in "\\PC{0,80}", key in "\\PC{0,8}") {
            prop_assert_ne!(value_of(&text, &key, ':'), Some(String::new()));
        }
    }
}
