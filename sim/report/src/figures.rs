//! Numbers as text, alike in every format.

/// Written where there is no figure: nothing was counted, so no ratio exists.
pub(crate) const NONE: &str = "-";

/// `x` with a fixed number of decimals.
pub(crate) fn fixed(x: f64, places: usize) -> String {
    if x.is_finite() {
        format!("{x:.places$}")
    } else {
        NONE.to_owned()
    }
}

/// About three significant digits, as a rate or a price is read: 0.067, 1.25, 12.5, 125.
pub(crate) fn short(x: f64) -> String {
    let size = x.abs();
    let places = match size {
        _ if size >= 100.0 || size == 0.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ => 3,
    };
    fixed(x, places)
}

/// A span of seconds with the unit that suits it.
pub(crate) fn span(seconds: f64) -> String {
    let size = seconds.abs();
    match size {
        _ if !seconds.is_finite() => NONE.to_owned(),
        _ if size == 0.0 => "0 s".to_owned(),
        _ if size < 1e-3 => format!("{} µs", short(seconds * 1e6)),
        _ if size < 1.0 => format!("{} ms", short(seconds * 1e3)),
        _ if size < 120.0 => format!("{} s", short(seconds)),
        _ if size < 7200.0 => format!("{} min", short(seconds / 60.0)),
        _ => format!("{} h", short(seconds / 3600.0)),
    }
}

/// A whole number with a comma between thousands.
pub(crate) fn whole(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Minutes and seconds of a scene's clock: `3:07`.
pub(crate) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// Bytes in binary units.
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = n as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{n} B")
    } else {
        format!("{size:.1} {}", UNITS[unit])
    }
}

/// `1 event`, `2 events`.
pub(crate) fn count(n: u64, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {one}s", whole(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_about_three_digits() {
        let texts = [0.0, 0.0671, 1.254, 12.54, 125.4].map(short);
        assert_eq!(texts, ["0", "0.067", "1.25", "12.5", "125"]);
        assert_eq!(short(f64::NAN), "-");
    }

    #[test]
    fn spans_choose_their_unit() {
        let texts = [0.0, 42e-6, 0.0123, 4.2, 187.0, 9000.0].map(span);
        assert_eq!(
            texts,
            ["0 s", "42.0 µs", "12.3 ms", "4.20 s", "3.12 min", "2.50 h"]
        );
        assert_eq!(clock(187.2), "3:07");
    }

    #[test]
    fn bytes_and_counts() {
        assert_eq!(
            [7, 950, 31500, 1000000].map(whole),
            ["7", "950", "31,500", "1,000,000"]
        );
        assert_eq!(bytes(900), "900 B");
        assert_eq!(bytes(16 << 30), "16.0 GiB");
        assert_eq!(count(1, "event") + &count(2, "event"), "1 event2 events");
    }
}
