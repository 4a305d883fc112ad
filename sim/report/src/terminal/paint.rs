//! Colours and columns.

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Dim,
    Good,
    Warn,
    Bad,
}

impl Style {
    /// The ANSI (ECMA-48, SGR) sequence that turns it on; `Plain` turns the others off.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Plain => "\u{1b}[0m",
            Self::Bold => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Good => "\u{1b}[32m",
            Self::Warn => "\u{1b}[33m",
            Self::Bad => "\u{1b}[1;31m",
        }
    }
}

/// Whether styles are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    pub(super) fn new(on: bool) -> Self {
        Self { on }
    }

    pub(super) fn apply(self, style: Style, text: &str) -> String {
        if !self.on || style == Style::Plain || text.trim().is_empty() {
            return text.to_owned();
        }
        format!("{}{text}{}", style.code(), Style::Plain.code())
    }
}

/// On which side a column is even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows with columns two spaces apart, each as wide as its widest cell.
pub(super) fn columns<const N: usize>(
    rows: &[[(String, Style); N]],
    align: &[Align; N],
    paint: Paint,
) -> String {
    let wide = |i: usize| {
        rows.iter()
            .map(|r| r[i].0.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(wide);
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (i, (text, style)) in row.iter().enumerate() {
            let space = " ".repeat(widths[i] - text.chars().count());
            let shown = paint.apply(*style, text);
            let gap = if i == 0 { "" } else { "  " };
            line += gap;
            line += &match align[i] {
                Align::Left => shown + &space,
                Align::Right => space + &shown,
            };
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// Whether no line of a text without colours has more than `width` characters.
pub(super) fn fits(text: &str, width: usize) -> bool {
    text.lines().all(|line| line.chars().count() <= width)
}

/// Items after one another, two spaces in, broken between items before `width`; `none` for none.
pub(super) fn wrapped(items: &[String], width: usize) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && line.chars().count() + item.chars().count() + 4 > width {
            out += &line;
            out.push('\n');
            line.clear();
        }
        line += if line.is_empty() { "  " } else { ", " };
        line += item;
    }
    if line.is_empty() {
        line += "  none";
    }
    out + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_even() {
        let cell = |text: &str| (text.to_owned(), Style::Plain);
        let rows = [[cell("a"), cell("10")], [cell("bcd"), cell("2")]];
        let text = columns(&rows, &[Align::Left, Align::Right], Paint::new(false));
        assert_eq!(text, "a    10\nbcd   2\n");
    }

    #[test]
    fn items_break_before_the_edge() {
        let items = ["one 1", "two 2", "three 3"].map(str::to_owned);
        assert_eq!(wrapped(&items, 16), "  one 1, two 2\n  three 3\n");
        assert_eq!(wrapped(&[], 16), "  none\n");
    }
}
