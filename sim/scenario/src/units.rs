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
    Unit { suffix, times, over }
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
    units: &[unit("cm", 1.0, 100.0), unit("m", 1.0, 1.0), unit("km", 1000.0, 1.0)],
};

/// Millimetres, for lenses.
pub static FOCAL: Family = Family { measures: "focal length", units: &[unit("mm", 1.0, 1.0)] };

/// Micrometres, for pixels.
pub static PIXEL: Family = Family { measures: "pixel pitch", units: &[unit("um", 1.0, 1.0)] };

/// Metres per second; a knot is 1852 m/h.
pub static SPEED: Family = Family {
    measures: "speed",
    units: &[unit("km/h", 1.0, 3.6), unit("kn", 1852.0, 3600.0), unit("m/s", 1.0, 1.0)],
};

/// Degrees.
pub static ANGLE: Family = Family { measures: "angle", units: &[unit("deg", 1.0, 1.0)] };

/// Pieces per hectare.
pub static DENSITY: Family = Family { measures: "density", units: &[unit("/ha", 1.0, 1.0)] };

/// A plain number.
pub static PLAIN: Family = Family { measures: "plain number", units: &[unit("", 1.0, 1.0)] };

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
        let quoted: Vec<_> = self.units.iter().map(|u| format!("`{}`", u.suffix)).collect();
        quoted.join(", ")
    }

    /// The value in the base unit; spaces between number and unit are allowed.
    pub fn parse<'a>(&self, text: &'a str) -> Result<f64, NotAQuantity<'a>> {
        let text = text.trim();
        let (number, rest) = text.split_at(number_length(text));
        let number: f64 = number.parse().map_err(|_| NotAQuantity::NoNumber)?;
        let suffix = rest.trim_start();
        match self.units.iter().find(|u| u.suffix == suffix) {
            Some(unit) => Ok(number * unit.times / unit.over),
            None if suffix.is_empty() => Err(NotAQuantity::NoUnit),
            None => Err(NotAQuantity::WrongUnit(suffix)),
        }
    }

    /// The value as a person would write it: in the largest unit that leaves a number of at
    /// least 1, and only where that number is short.
    pub fn show(&self, value: f64) -> String {
        let base = self.units.iter().find(|u| u.times == 1.0 && u.over == 1.0);
        let Some(base) = base else { return value.to_string() };
        let tidy = |unit: &&Unit| {
            let number = value * unit.over / unit.times;
            number.abs() >= 1.0 && number.to_string().len() <= 5
        };
        let larger = self.units.iter().rev().filter(|u| u.times > 1.0 && u.over == 1.0).find(tidy);
        let unit = larger.unwrap_or(base);
        format!("{}{}", value * unit.over / unit.times, unit.suffix)
    }
}

/// Bytes of the decimal number that a text begins with; 0 when it does not begin with one.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
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
        Self { family, low, high, whole: false }
    }

    /// Whole plain numbers in a range.
    pub const fn count(low: f64, high: f64) -> Self {
        Self { family: &PLAIN, low, high, whole: true }
    }

    /// `50m to 100km`.
    pub fn range(&self) -> String {
        format!("{} to {}", self.family.show(self.low), self.family.show(self.high))
    }

    /// An example of how it is written.
    pub fn example(&self) -> String {
        let middle = if self.low > 0.0 || self.high < 1.0 { self.low } else { 1.0 };
        self.family.show(middle)
    }
}
