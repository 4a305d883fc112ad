//! Written quantities: a number and its unit, such as `10min`, `4km` or `3m/s`.

/// A unit of a family: `value in the family's base = number * times / over`.
#[derive(Debug, PartialEq)]
pub struct Unit {
    /// As written after the number.
    pub suffix: &'static str,
    times: f64,
    over: f64,
}

/// Units that measure the same thing; the model's numbers are in the base (factor 1).
#[derive(Debug, PartialEq)]
pub struct Family {
    /// What they measure, for messages.
    pub measures: &'static str,
    /// From small to large.
    pub units: &'static [Unit],
}

const fn unit(suffix: &'static str, times: f64, over: f64) -> Unit {
    Unit {
        suffix,
        times,
        over,
    }
}

/// Seconds.
pub static TIME: Family = Family {
    measures: "time",
    units: &[
        unit("ms", 1.0, 1000.0),
        unit("s", 1.0, 1.0),
        unit("min", 60.0, 1.0),
        unit("h", 3600.0, 1.0),
    ],
};

/// Metres.
pub static LENGTH: Family = Family {
    measures: "length",
    units: &[
        unit("cm", 1.0, 100.0),
        unit("m", 1.0, 1.0),
        unit("km", 1000.0, 1.0),
    ],
};

/// Millimetres, for lenses.
pub static FOCAL: Family = Family {
    measures: "focal length",
    units: &[unit("mm", 1.0, 1.0)],
};

/// Micrometres, for pixels.
pub static PIXEL: Family = Family {
    measures: "pixel pitch",
    units: &[unit("um", 1.0, 1.0)],
};

/// Metres per second; a knot is 1852 m/h.
pub static SPEED: Family = Family {
    measures: "speed",
    units: &[
        unit("km/h", 1.0, 3.6),
        unit("kn", 1852.0, 3600.0),
        unit("m/s", 1.0, 1.0),
    ],
};

/// Degrees.
pub static ANGLE: Family = Family {
    measures: "angle",
    units: &[unit("deg", 1.0, 1.0)],
};

/// Pieces per hectare.
pub static DENSITY: Family = Family {
    measures: "density",
    units: &[unit("/ha", 1.0, 1.0)],
};

/// Millimetres of rain an hour.
pub static RAIN: Family = Family {
    measures: "rain rate",
    units: &[unit("mm/h", 1.0, 1.0)],
};

/// Degrees Celsius.
pub static TEMPERATURE: Family = Family {
    measures: "temperature",
    units: &[unit("degC", 1.0, 1.0)],
};

/// Watts.
pub static POWER: Family = Family {
    measures: "power",
    units: &[unit("W", 1.0, 1.0)],
};

/// Millikelvin, for thermal cameras.
pub static NETD: Family = Family {
    measures: "temperature difference",
    units: &[unit("mK", 1.0, 1.0)],
};

/// Kelvin above or below something.
pub static WARMER: Family = Family {
    measures: "temperature difference",
    units: &[unit("K", 1.0, 1.0)],
};

/// Milliradians, for sway.
pub static SMALL_ANGLE: Family = Family {
    measures: "small angle",
    units: &[unit("mrad", 1.0, 1.0)],
};

/// Degrees per second.
pub static TURN: Family = Family {
    measures: "turn rate",
    units: &[unit("deg/s", 1.0, 1.0)],
};

/// Lumens.
pub static FLUX: Family = Family {
    measures: "luminous flux",
    units: &[unit("lm", 1.0, 1.0)],
};

/// Kelvin, for the colour of lamps.
pub static COLOUR: Family = Family {
    measures: "colour temperature",
    units: &[unit("K", 1.0, 1.0)],
};

/// A plain number.
pub static PLAIN: Family = Family {
    measures: "plain number",
    units: &[unit("", 1.0, 1.0)],
};

/// Why a text is not a quantity of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAQuantity<'a> {
    /// It does not begin with a number.
    NoNumber,
    /// The number stands alone where a unit is needed.
    NoUnit,
    /// What follows the number is not a unit of the family.
    WrongUnit(&'a str),
}

impl Family {
    /// Whether its numbers are written without a unit.
    pub fn is_plain(&self) -> bool {
        self.units.len() == 1 && self.units[0].suffix.is_empty()
    }

    /// The suffixes, for messages.
    pub fn suffixes(&self) -> String {
        let quoted: Vec<_> = self
            .units
            .iter()
            .map(|u| format!("`{}`", u.suffix))
            .collect();
        quoted.join(", ")
    }

    /// The value in the base unit; spaces between number and unit are allowed.
    pub fn parse<'a>(&self, text: &'a str) -> Result<f64, NotAQuantity<'a>> {
        let text = text.trim();
        let (number, rest) = text.split_at(number_length(text));
        let number: f64 = number.parse().ok().ok_or(NotAQuantity::NoNumber)?;
        let suffix = rest.trim_start();
        match self.units.iter().find(|u| u.suffix == suffix) {
            Some(unit) => Ok(number * unit.times / unit.over),
            None if suffix.is_empty() => Err(NotAQuantity::NoUnit),
            None => Err(NotAQuantity::WrongUnit(suffix)),
        }
    }

    /// The value as a person would write it: in the largest unit that leaves a whole number, else
    /// in the base.
    pub fn show(&self, value: f64) -> String {
        let base = self.units.iter().find(|u| u.times == 1.0 && u.over == 1.0);
        let Some(base) = base else {
            return value.to_string();
        };
        let tidy = |unit: &&Unit| {
            let number = value * unit.over / unit.times;
            number != 0.0 && number.fract() == 0.0
        };
        let larger = self
            .units
            .iter()
            .rev()
            .filter(|u| u.times > 1.0 && u.over == 1.0)
            .find(tidy);
        let unit = larger.unwrap_or(base);
        format!("{}{}", value * unit.over / unit.times, unit.suffix)
    }
}

/// Bytes of the decimal number that a text begins with; 0 when it does not begin with one.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let whole = digits(start);
    if whole == 0 {
        return 0;
    }
    let mut end = start + whole;
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits((end + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// A quantity with the values that make sense for it, in its family's base.
#[derive(Debug, PartialEq)]
pub struct Quantity {
    /// Units it is written in.
    pub family: &'static Family,
    /// Smallest allowed value.
    pub low: f64,
    /// Largest allowed value.
    pub high: f64,
    /// Only whole numbers.
    pub whole: bool,
}

impl Quantity {
    /// Any number in a range.
    pub const fn new(family: &'static Family, low: f64, high: f64) -> Self {
        Self {
            family,
            low,
            high,
            whole: false,
        }
    }

    /// Whole plain numbers in a range.
    pub const fn count(low: f64, high: f64) -> Self {
        Self {
            family: &PLAIN,
            low,
            high,
            whole: true,
        }
    }

    /// `50m to 100km`.
    pub fn range(&self) -> String {
        format!(
            "{} to {}",
            self.family.show(self.low),
            self.family.show(self.high)
        )
    }

    /// An example of how it is written.
    pub fn example(&self) -> String {
        let example = if self.low > 0.0 {
            self.low
        } else if self.high > 1.0 {
            1.0
        } else {
            self.high * 0.9
        };
        self.family.show(example)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn families() -> Vec<&'static Family> {
        vec![
            &TIME,
            &LENGTH,
            &FOCAL,
            &PIXEL,
            &SPEED,
            &ANGLE,
            &DENSITY,
            &PLAIN,
            &RAIN,
            &TEMPERATURE,
            &POWER,
            &NETD,
            &SMALL_ANGLE,
            &TURN,
            &FLUX,
            &COLOUR,
        ]
    }

    #[test]
    fn units_convert() {
        assert_eq!(TIME.parse("1.5h"), Ok(5400.0));
        assert_eq!(TIME.parse("10 min"), Ok(600.0));
        assert_eq!(TIME.parse("250ms"), Ok(0.25));
        assert_eq!(LENGTH.parse("4km"), Ok(4000.0));
        assert_eq!(LENGTH.parse("-12.5cm"), Ok(-0.125));
        assert_eq!(LENGTH.parse("1e3m"), Ok(1000.0));
        assert_eq!(SPEED.parse("36km/h"), Ok(10.0));
        assert_eq!(SPEED.parse("10kn"), Ok(18520.0 / 3600.0));
        assert_eq!(LENGTH.parse("4"), Err(NotAQuantity::NoUnit));
        assert_eq!(LENGTH.parse("4 kg"), Err(NotAQuantity::WrongUnit("kg")));
        assert_eq!(LENGTH.parse("km"), Err(NotAQuantity::NoNumber));
        assert_eq!(LENGTH.parse("nan m"), Err(NotAQuantity::NoNumber));
        assert_eq!(LENGTH.parse(""), Err(NotAQuantity::NoNumber));
    }

    #[test]
    fn values_are_shown_as_a_person_would() {
        assert_eq!(TIME.show(120.0), "2min");
        assert_eq!(TIME.show(86_400.0), "24h");
        assert_eq!(TIME.show(5400.0), "90min");
        assert_eq!(TIME.show(3601.0), "3601s");
        assert_eq!(LENGTH.show(0.2), "0.2m");
        assert_eq!(LENGTH.show(100_000.0), "100km");
        assert_eq!(SPEED.show(0.0), "0m/s");
        assert_eq!(PLAIN.show(10_000.0), "10000");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(family in 0..16usize, value in -1e6..1e6f64) {
            let family = families()[family];
            let back = family.parse(&family.show(value)).expect("a quantity");
            prop_assert!((back - value).abs() <= value.abs() * 1e-12, "{value} {back}");
        }

        #[test]
        fn no_text_makes_it_panic(family in 0..16usize, text in "\\PC{0,24}|[-+0-9.eE]{0,9}[a-z/ ]{0,4}") {
            if let Ok(value) = families()[family].parse(&text) {
                prop_assert!(!value.is_nan());
            }
        }
    }
}
