use super::*;
use crate::sample;
use proptest::prelude::*;

fn sample_page() -> String {
    let run = sample::run();
    page(&run, &sample::manifest(), &sample::page_data(&run))
}

/// Tags of void elements have no end; every other start tag must be closed in order.
fn unbalanced(html: &str) -> Option<String> {
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let name: String = tag
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "/!".contains(*c))
            .collect();
        let inside = tag.split('>').next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
        } else if !inside.ends_with('/') && !["!DOCTYPE", "meta", "img"].contains(&name.as_str()) {
            open.push(name);
        }
    }
    open.pop()
}

#[test]
fn the_page_is_self_contained_and_well_formed() {
    let html = sample_page();
    assert_eq!(unbalanced(&html), None);
    for absent in [
        "<script", "<link", "http://", "https://", "url(", "@import", "NaN",
    ] {
        assert!(!html.contains(absent), "{absent} is in the page");
    }
    assert!(html.len() < 6_000_000);
    // For a look at it: RIVERGAUGE_SAMPLE_PAGE=page.html cargo test -p report
    let folder = tempfile::tempdir().expect("a folder");
    let path = std::env::var_os("RIVERGAUGE_SAMPLE_PAGE")
        .map_or_else(|| folder.path().join("page.html"), std::path::PathBuf::from);
    std::fs::write(&path, &html).expect("writes");
}

#[test]
fn the_page_shows_every_part() {
    let html = sample_page();
    for (id, name) in SECTIONS {
        assert!(
            html.contains(&format!("<section id=\"{id}\">\n<h2>{name}</h2>")),
            "{name}"
        );
    }
    let run = sample::run();
    let data = sample::page_data(&run);
    let n_pictures =
        data.frames.len() + data.evidence.len() + data.misses.len() + data.false_alarms.len();
    assert_eq!(html.matches("<img alt=\"").count(), n_pictures);
    assert!(html.contains("data:image/jpeg;base64,/9j/"));
    for reason in [
        "rarely_detected",
        "licensed_boat (sampan)",
        "egret",
        "never_detected",
    ] {
        assert!(html.contains(reason), "{reason}");
    }
    assert!(html.contains(&sample::manifest().command));
    assert_eq!(html.matches("class=\"lanes\"").count(), data.units.len());
}

#[test]
fn a_run_without_pictures_or_units_is_a_page_too() {
    let mut run = sample::run();
    run.scenarios.clear();
    run.events.clear();
    run.alerts.clear();
    let html = page(&run, &sample::manifest(), &PageData::default());
    assert_eq!(unbalanced(&html), None);
    assert!(html.contains("No unit was scored."));
    assert!(html.contains("No verdict"));
}

#[test]
fn pictures_beyond_the_budget_are_counted_not_shown() {
    let run = sample::run();
    let mut data = sample::page_data(&run);
    data.misses[0].bytes = vec![0; 5 << 20];
    let html = page(&run, &sample::manifest(), &data);
    assert!(html.contains("1 picture left out"));
    assert!(html.len() < 6_000_000);
}

#[test]
fn thousands_of_alerts_do_not_swell_the_page() {
    let mut run = sample::run();
    let alert = run.alerts[0].clone();
    run.alerts.extend((0..20_000).map(|_| alert.clone()));
    let html = page(&run, &sample::manifest(), &PageData::default());
    assert_eq!(unbalanced(&html), None);
    assert!(html.len() < 1_000_000, "{}", html.len());
    assert!(html.contains("alerts more, not drawn"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn names_from_outside_cannot_become_markup(name in "[<>\"'&a-z/]{1,20}") {
        let mut run = sample::run();
        let mut manifest = sample::manifest();
        manifest.detector.clone_from(&name);
        manifest.command.clone_from(&name);
        manifest.scenarios[0].name.clone_from(&name);
        run.scenarios[0].scenario.clone_from(&name);
        run.events[0].scenario.clone_from(&name);
        run.events[0].zone.clone_from(&name);
        run.alerts[0].id.clone_from(&name);
        run.total.speed.stages[0].stage.clone_from(&name);
        let html = page(&run, &manifest, &PageData::default());
        prop_assert_eq!(unbalanced(&html), None);
    }
}
