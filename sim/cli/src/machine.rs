//! What the machine can do and has used: peak memory, memory bandwidth.

use base::clock::timed;
use rayon::prelude::*;

/// Floats in each of the three arrays: 64 MiB each, beyond any cache that two cores have to
/// themselves.
const FLOATS: usize = 16 << 20;
/// Times the arrays are gone through; the best counts, as in STREAM.
const ROUNDS: usize = 5;

/// Most memory that the process has held, bytes; `None` where the system does not say.
pub(crate) fn peak_memory() -> Option<u64> {
    high_water(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// `VmHWM` of Linux's `/proc/PID/status`, bytes.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let (number, unit) = line.trim().split_once(char::is_whitespace)?;
    if unit.trim() != "kB" {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(1024)
}

/// Memory bandwidth of the calling thread pool, bytes per second: the triad a = b + s c of STREAM
/// (McCalpin 1995), which counts two reads and a write for each element.
pub(crate) fn bandwidth() -> f64 {
    let mut a = vec![0.0f32; FLOATS];
    let b = vec![1.5f32; FLOATS];
    let c = vec![0.25f32; FLOATS];
    let part = FLOATS.div_ceil(rayon::current_num_threads().max(1));
    let mut best = f64::INFINITY;
    for round in 0..ROUNDS {
        let s = round as f32 + 1.0;
        let ((), time) = timed(|| {
            a.par_chunks_mut(part)
                .zip(b.par_chunks(part).zip(c.par_chunks(part)))
                .for_each(|(a, (b, c))| {
                    for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                        *a = b + s * c;
                    }
                });
        });
        // Read back, so that the work has to be done.
        if a[FLOATS / 2] == 1.5 + s * 0.25 {
            best = best.min(time.secs());
        }
    }
    (3 * FLOATS * size_of::<f32>()) as f64 / best.max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_high_water_mark_is_read() {
        let status = "Name:\tx\nVmPeak:\t  900 kB\nVmHWM:\t  123 kB\nVmRSS:\t 100 kB\n";
        assert_eq!(high_water(status), Some(123 * 1024));
        assert_eq!(high_water("VmHWM: 1 MB"), None);
        assert_eq!(high_water("Name: x"), None);
    }

    proptest! {
        #[test]
        fn any_text_will_do(text in "(\\PC|\n){0,60}", number: u64) {
            let _ = high_water(&text);
            let _ = high_water(&format!("VmHWM: {number} kB"));
        }
    }
}
