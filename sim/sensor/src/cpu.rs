//! Runs a kernel compiled for the widest vectors the processor has.
//!
//! The same source is compiled up to three times. Additions and products are never fused and
//! vector lanes do what scalars do, so the bits do not depend on the choice; a test compares them.
//! This is the only place with `unsafe`: calls into code for a processor that was asked first, and
//! hints about what will be read.

/// What a kernel is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpu(Width);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Work that gains from wide vectors. `run` and what it calls in its loops must be
/// `#[inline(always)]`, or they are compiled for the baseline.
pub(crate) trait Kernel {
    /// Does it.
    fn run(self);
}

impl Cpu {
    /// What every processor of the architecture has.
    pub const BASELINE: Self = Self(Width::Baseline);

    /// All that this processor can run, widest first.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if avx512 {
                all.push(Self(Width::Avx512));
            }
            if is_x86_feature_detected!("avx2") {
                all.push(Self(Width::Avx2));
            }
        }
        all.push(Self::BASELINE);
        all
    }

    /// The widest that this processor has.
    pub fn widest() -> Self {
        Self::all()[0]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Width::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Width::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Width::Avx512 => "avx512",
        }
    }

    /// Runs a kernel.
    #[cfg_attr(
        target_arch = "x86_64",
        expect(
            unsafe_code,
            reason = "a `Cpu` is only made of features that were found"
        )
    )]
    pub(crate) fn run(self, kernel: impl Kernel) {
        match self.0 {
            Width::Baseline => kernel.run(),
            // SAFETY: `all`, the only maker of this value, found the features.
            #[cfg(target_arch = "x86_64")]
            Width::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: the same.
            #[cfg(target_arch = "x86_64")]
            Width::Avx512 => unsafe { avx512(kernel) },
        }
    }
}

/// Tells the processor what will soon be read, where it can be told: look-ups that scatter over more
/// than is near would wait for each other.
#[inline(always)]
#[cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "a prefetch changes nothing but time")
)]
pub(crate) fn prefetch<T>(soon: &T) {
    // SAFETY: nothing is read or written, and the address is that of a reference.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(soon).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = soon;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(kernel: impl Kernel) {
    kernel.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512(kernel: impl Kernel) {
    kernel.run();
}
