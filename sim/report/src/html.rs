//! One self-contained page: no network, no scripts, pictures inside.

mod accuracy;
mod escape;
mod gallery;
mod head;
mod latency;
mod notes;
mod summary;
mod svg;
mod table;
mod timeline;

use crate::manifest::Manifest;
use crate::page_data::PageData;
use escape::esc;
use score::result::RunScore;

/// Colours, spacing, screen sizes and print.
const STYLE: &str = include_str!("html/style.css");

/// The sections in order: (anchor, heading).
const SECTIONS: [(&str, &str); 7] = [
    ("results", "Results"),
    ("timeline", "Truth against alerts"),
    ("errors", "Misses and false alarms"),
    ("accuracy", "The detector, frame by frame"),
    ("time", "Time and throughput"),
    ("run", "What was run"),
    ("meaning", "What the figures mean"),
];

/// The whole page. Everything that comes from a scenario, a model or a machine is escaped.
///
/// Pictures beyond 4 MB in all are left out, and the page says how many, so that a page stays
/// below 6 MB.
pub fn page(run: &RunScore, manifest: &Manifest, data: &PageData) -> String {
    let mut pictures = gallery::Budget::default();
    let strip = pictures.strip(&data.frames);
    let bodies = [
        summary::section(run),
        timeline::section(run, data),
        gallery::errors(run, data, &mut pictures),
        accuracy::section(&run.total.frames),
        latency::section(&run.total.speed, &data.delays),
        notes::manifest(manifest, run),
        notes::meaning(),
    ];
    let links = SECTIONS.map(|(id, name)| format!("<li><a href=\"#{id}\">{name}</a></li>"));
    let sections = SECTIONS.iter().zip(bodies).map(|((id, name), body)| {
        format!("<section id=\"{id}\">\n<h2>{name}</h2>\n{body}</section>\n")
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         img-src data:; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n{}\
         <nav aria-label=\"Sections\"><ul>{}</ul></nav>\n{strip}</header>\n\
         <main>\n{}</main>\n<footer>\n{}</footer>\n</body>\n</html>\n",
        esc(&format!(
            "rivergauge: {} on {}",
            manifest.detector,
            head::scenarios(manifest)
        )),
        head::header(run, manifest),
        links.concat(),
        concat(sections),
        notes::footer(manifest),
    )
}

/// Texts one after another.
fn concat(texts: impl IntoIterator<Item = String>) -> String {
    let mut out = String::new();
    texts.into_iter().for_each(|text| out.push_str(&text));
    out
}

#[cfg(test)]
mod tests;
