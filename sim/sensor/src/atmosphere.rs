//! Light between the camera and what it sees: extinction and airlight.

use crate::quick::exp_minus;
use base::math;
use glam::Vec3;

/// Contrast left at the meteorological visibility is 5 % (WMO), so b V = -ln 0.02 = 3.912 by
/// Koschmieder's convention of a 2 % threshold.
pub const KOSCHMIEDER: f64 = 3.912;

/// Centres of the red, green and blue channels, nanometres.
pub const CHANNEL_NM: [f64; 3] = [610.0, 550.0, 465.0];

/// Kim's exponent q of the wavelength dependence b ~ lambda^-q (Kim, McArthur and Korevaar 2001).
/// `visibility` in metres.
pub fn kim_q(visibility: f64) -> f64 {
    let km = visibility / 1000.0;
    if km < 0.5 {
        0.0
    } else if km < 1.0 {
        km - 0.5
    } else if km < 6.0 {
        0.16 * km + 0.34
    } else if km < 50.0 {
        1.3
    } else {
        1.6
    }
}

/// Middle of the near-infrared band, nanometres: the laser's line.
pub const NIR_NM: f64 = 850.0;

/// Extinction coefficient at a wavelength, 1/m: Koschmieder's at 550 nm, Kim's exponent.
/// `visibility` in metres, `nm` in nanometres.
pub fn extinction(visibility: f64, nm: f64) -> f64 {
    KOSCHMIEDER / visibility * math::f64::pow(nm / 550.0, -kim_q(visibility))
}

/// Part of the light taken from a beam that is sent straight back, per steradian: the phase function
/// at 180 degrees, 1 / lidar ratio. 18.8 sr for the droplets of fog (O'Connor, Illingworth and Hogan
/// 2004), 50 sr for haze over land (Mueller et al. 2007), from the one to the other between 0.5
/// and 2 km of visibility. `visibility` in metres.
pub fn backscatter_phase(visibility: f64) -> f64 {
    let fog = math::f64::smoothstep(
        math::f64::ln(2000.0),
        math::f64::ln(500.0),
        math::f64::ln(visibility),
    );
    1.0 / (50.0 + (18.8 - 50.0) * fog)
}

/// Extinction of a homogeneous haze.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Haze {
    /// Extinction coefficient per channel, 1/m.
    pub extinction: [f64; 3],
}

impl Haze {
    /// From meteorological visibility in metres.
    pub fn new(visibility: f64) -> Self {
        Self {
            extinction: CHANNEL_NM.map(|nm| extinction(visibility, nm)),
        }
    }

    /// With rain in it, mm/h: drops take all colours alike.
    #[must_use]
    pub fn with_rain(self, rate: f64) -> Self {
        let rain = crate::rain::extinction(rate);
        Self {
            extinction: self.extinction.map(|b| b + rain),
        }
    }

    /// Part of the light left after `range` metres, per channel.
    pub fn transmittance(&self, range: f32) -> Vec3 {
        let [r, g, b] = self.extinction.map(|b| exp_minus(b as f32 * range));
        Vec3::new(r, g, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A black target at V keeps exp(-3.912) = 2 % of its contrast; 5 % remain at 0.766 V.
    #[test]
    fn contrast_falls_as_koschmieder_says() {
        for visibility in [300.0, 2000.0, 10_000.0] {
            let haze = Haze::new(visibility);
            let at_v = haze.transmittance(visibility as f32).y;
            assert!((at_v - 0.02).abs() < 1e-4, "{at_v}");
            let five = haze
                .transmittance((visibility * 2.9957 / KOSCHMIEDER) as f32)
                .y;
            assert!((five - 0.05).abs() < 1e-3, "{five}");
        }
    }

    #[test]
    fn fog_is_white_and_haze_is_blue() {
        let fog = Haze::new(300.0).extinction;
        assert_eq!(fog[0], fog[2]);
        let haze = Haze::new(10_000.0).extinction;
        assert!(haze[2] > 1.3 * haze[0]);
    }

    /// The near infrared sees further in haze and no further in fog.
    #[test]
    fn extinction_falls_with_wavelength_as_kim_says() {
        let ratio = |v: f64| extinction(v, NIR_NM) / extinction(v, 550.0);
        assert_eq!(ratio(300.0), 1.0);
        // q = 0.16 x 5 + 0.34: (850 / 550)^-1.14.
        assert!((ratio(5_000.0) - 0.6088).abs() < 1e-3, "{}", ratio(5_000.0));
        assert!((ratio(20_000.0) - 0.5678).abs() < 1e-3);
        assert!((1.0 / backscatter_phase(300.0) - 18.8).abs() < 1e-9);
        assert!((1.0 / backscatter_phase(10_000.0) - 50.0).abs() < 1e-9);
    }
}
