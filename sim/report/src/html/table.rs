//! Tables that become lists on narrow screens.

use super::escape::esc;

/// A column's heading and side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    label: &'static str,
    left: bool,
}

/// A column of figures.
pub(super) const fn figures(label: &'static str) -> Column {
    Column { label, left: false }
}

/// A column of words.
pub(super) const fn words(label: &'static str) -> Column {
    Column { label, left: true }
}

/// A row: cells as HTML; the first one heads the row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) cells: Vec<String>,
    pub(super) total: bool,
}

impl Row {
    /// A plain row.
    pub(super) fn new(cells: impl Into<Vec<String>>) -> Self {
        Self {
            cells: cells.into(),
            total: false,
        }
    }

    /// A row that sums up the others.
    pub(super) fn total(cells: impl Into<Vec<String>>) -> Self {
        Self {
            cells: cells.into(),
            total: true,
        }
    }
}

/// The table; `caption` is text, not HTML, and may be empty.
pub(super) fn table(caption: &str, columns: &[Column], rows: &[Row]) -> String {
    let side = |c: &Column| if c.left { " class=\"left\"" } else { "" };
    let head = columns
        .iter()
        .map(|c| format!("<th scope=\"col\"{}>{}</th>", side(c), esc(c.label)));
    let row = |row: &Row| {
        let cells = row
            .cells
            .iter()
            .zip(columns)
            .enumerate()
            .map(|(i, (cell, column))| {
                if i == 0 {
                    return format!("<th scope=\"row\">{cell}</th>");
                }
                let label = esc(column.label);
                format!(
                    "<td{} data-label=\"{label}\"><div>{cell}</div></td>",
                    side(column)
                )
            });
        let class = if row.total { " class=\"total\"" } else { "" };
        format!("<tr{class}>{}</tr>\n", super::concat(cells))
    };
    let caption = match caption {
        "" => String::new(),
        text => format!("<caption>{}</caption>", esc(text)),
    };
    format!(
        "<table class=\"stack\">{caption}<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table>\n",
        super::concat(head),
        super::concat(rows.iter().map(row)),
    )
}

/// A second line of a cell, smaller; HTML.
pub(super) fn small(html: &str) -> String {
    if html.is_empty() {
        String::new()
    } else {
        format!("<span class=\"small\">{html}</span>")
    }
}
