//! Transcendental functions that give the same bits on every machine.
//!
//! `std` hands these to the platform's C library, whose last bits differ between systems;
//! the `libm` crate is plain Rust arithmetic. `sqrt` is exact everywhere and stays in `std`.

/// Functions of `f32`.
pub mod f32 {
    pub use libm::{
        acosf as acos, asinf as asin, atan2f as atan2, atanf as atan, cosf as cos, exp2f as exp2,
        expf as exp, hypotf as hypot, log2f as log2, log10f as log10, logf as ln, powf as pow,
        sincosf as sin_cos, sinf as sin, tanf as tan, tanhf as tanh,
    };

    /// Hermite step from 0 at `a` to 1 at `b`; zero slope at both ends.
    pub fn smoothstep(a: f32, b: f32, x: f32) -> f32 {
        let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// Linear blend: `a` at `t = 0`, `b` at `t = 1`.
    pub fn mix(a: f32, b: f32, t: f32) -> f32 {
        a + (b - a) * t
    }
}

/// Functions of `f64`.
pub mod f64 {
    pub use libm::{
        acos, asin, atan, atan2, cos, exp, exp2, hypot, log as ln, log2, log10, pow, sin,
        sincos as sin_cos, tan, tanh,
    };

    /// Hermite step from 0 at `a` to 1 at `b`; zero slope at both ends.
    pub fn smoothstep(a: f64, b: f64, x: f64) -> f64 {
        let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// Linear blend: `a` at `t = 0`, `b` at `t = 1`.
    pub fn mix(a: f64, b: f64, t: f64) -> f64 {
        a + (b - a) * t
    }
}
