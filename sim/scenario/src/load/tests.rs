//! The committed files: sites, scenarios, and the mistakes with their diagnostics.

mod library;

use super::*;
use crate::channel::Channel;
use crate::model::{CameraSpec, Place, PlaceKind, Role};
use crate::scene::Scene;
use crate::terrain::Terrain;
use base::camera::Pose;
use base::{Camera, CameraId, Seed, WorldPoint};
use miette::{GraphicalReportHandler, GraphicalTheme};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The workspace's folder, relative to where tests of this crate run.
const ROOT: &str = "../..";

fn render(error: &LoadError) -> String {
    let mut out = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .without_syntax_highlighting()
        .render_report(&mut out, error)
        .expect("renders");
    let lines: Vec<_> = out.lines().map(str::trim_end).collect();
    lines.join("\n").replace("../../fixtures", "fixtures")
}

fn loaded<T>(result: Result<T, LoadError>) -> T {
    result.unwrap_or_else(|error| panic!("{}", render(&error)))
}

fn toml_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(ROOT).join(folder);
    stems(&folder)
        .iter()
        .map(|s| folder.join(format!("{s}.toml")))
        .collect()
}

/// The cameras of a site as they stand.
fn cameras(site: &SiteSpec) -> Vec<(CameraId, Camera)> {
    let mut position = Terrain::new(site).stand(site.mast.into());
    position.up += site.mast_height;
    let pinhole = |c: &CameraSpec| {
        let pose = Pose {
            position,
            heading: c.heading.bounds().0,
            pitch: c.pitch.bounds().0,
            roll: 0.0,
        };
        Camera::new(
            pose,
            c.focal_mm.bounds().0 / c.pitch_um * 1000.0,
            c.width,
            c.height,
        )
    };
    site.cameras
        .iter()
        .map(|c| (c.id.clone(), pinhole(c)))
        .collect()
}

/// The part of a place that a camera has in its picture.
fn part_in_view(place: &Place, site: &SiteSpec, channel: &Channel, camera: &Camera) -> f64 {
    let [from, to] = place.along;
    let inside = (0..100).filter(|i| {
        let along = from + (to - from) * f64::from(*i) / 99.0;
        let half = channel.half_width(along);
        let across = match place.kind {
            PlaceKind::Water => half * (f64::from(i * 37 % 100) / 60.0 - 0.8),
            PlaceKind::LeftBank => half + 1.0,
            PlaceKind::RightBank => -half - 1.0,
        };
        let p = channel.at(along, across);
        let p = WorldPoint::new(p.x, p.y, site.reach.water_level);
        camera.project(p).is_some_and(|q| camera.contains(q))
    });
    inside.count() as f64 / 100.0
}

#[test]
fn each_place_is_mostly_in_a_cameras_picture() {
    let paths = toml_files("fixtures/sites");
    assert!(paths.len() >= 2);
    for path in paths {
        let site = loaded(load_site(&path));
        let channel = Channel::new(&site.reach);
        let cameras = cameras(&site);
        for place in &site.places {
            let parts = cameras
                .iter()
                .map(|(id, camera)| (part_in_view(place, &site, &channel, camera), id));
            let (part, id) = parts.max_by(|a, b| a.0.total_cmp(&b.0)).expect("a camera");
            assert!(part >= 0.6, "{} {}: {part} in {id}", site.name, place.name);
        }
        let horizon = cameras
            .iter()
            .any(|(_, c)| c.ground(c.pixel(640.0, 0.0), 0.0).is_none());
        assert!(horizon, "{}: no camera sees the horizon", site.name);
    }
}

#[test]
fn the_smoke_suite_is_what_its_readme_says() {
    let mut frames = 0.0;
    let mut sites = BTreeSet::new();
    let scenarios: Vec<_> = toml_files("scenarios/smoke")
        .iter()
        .map(|path| loaded(load(path)))
        .collect();
    for s in &scenarios {
        sites.insert(s.site.name.clone());
        assert!(!s.summary.is_empty() && !s.expect.is_empty(), "{}", s.name);
        let fps: f64 = s.cameras.iter().map(|c| c.fps).sum();
        frames += s.duration.secs() * fps * f64::from(s.samples);
    }
    let names: Vec<_> = scenarios.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["day-confusers", "day-offenders", "dusk", "haze"]);
    assert_eq!(sites.len(), 2);
    // Enough to say something, few enough for three minutes on two cores.
    assert!((800.0..=1000.0).contains(&frames), "{frames}");
    let offences = |name: &str| {
        let scenario = scenarios.iter().find(|s| s.name == name).expect("is there");
        scenario
            .actors
            .iter()
            .filter(|a| a.role != Role::Confuser)
            .count()
    };
    assert_eq!(offences("day-confusers"), 0);
    assert!(
        ["day-offenders", "dusk", "haze"]
            .iter()
            .all(|name| offences(name) > 0)
    );
}

/// What the files ask for happens, mostly where the camera looks.
#[test]
fn offences_of_the_smoke_suite_become_events_in_view() {
    for path in toml_files("scenarios/smoke") {
        let scenario = loaded(load(&path));
        for sample in 0..scenario.samples {
            let scene = Scene::sample(&scenario, Seed(0x5eed), sample);
            let offenders = scene
                .actors
                .iter()
                .filter(|a| a.role != Role::Confuser)
                .count();
            let condition = match scenario.name.as_str() {
                "haze" => "haze",
                "dusk" => "dusk",
                _ => "day",
            };
            assert!(
                scene.conditions().iter().any(|c| c == condition),
                "{}",
                scenario.name
            );
            let events = scene.truth().events;
            assert_eq!(events.len(), offenders, "{}", scenario.name);
            let camera = scene.cameras[0].camera();
            let in_view = |p: WorldPoint| camera.project(p).is_some_and(|q| camera.contains(q));
            for event in events {
                let lasts = (event.end - event.onset).secs();
                assert!(
                    lasts >= 60.0,
                    "{}: {lasts} s of {}",
                    scenario.name,
                    event.kind
                );
                let seen = event.path.iter().filter(|(_, p)| in_view(*p)).count();
                let part = seen as f64 / event.path.len() as f64;
                assert!(
                    part >= 0.5,
                    "{}: {} is {part} in view",
                    scenario.name,
                    event.kind
                );
            }
        }
    }
}

/// Each file in `fixtures/invalid` has its diagnostic beside it, and each diagnostic its file.
#[test]
fn each_mistake_is_told_as_recorded() {
    let mut kept: BTreeSet<String> = BTreeSet::new();
    for path in toml_files("fixtures/invalid") {
        let stem = path
            .file_stem()
            .expect("a stem")
            .to_string_lossy()
            .into_owned();
        let is_site = read(&path).expect("text").contains("[site]\n");
        let error = if is_site {
            load_site(&path).err()
        } else {
            load(&path).err()
        };
        let error = error.unwrap_or_else(|| panic!("{stem} is not invalid"));
        insta::with_settings!({
            snapshot_path => "../../../../fixtures/invalid/snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(stem.clone(), render(&error));
        });
        kept.insert(format!("{stem}.snap"));
    }
    assert!(kept.len() >= 30);
    let folder = Path::new(ROOT).join("fixtures/invalid/snapshots");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let name = entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(
            kept.contains(&name),
            "fixtures/invalid/snapshots/{name} belongs to no file"
        );
    }
}

/// A second way of writing the same scenes has the same hash; other scenes have another.
#[test]
fn the_hash_is_of_what_is_meant() {
    let hash = |name: &str, text: &str| {
        let path = Path::new(ROOT).join("scenarios").join(name);
        loaded(load_text(&path, text)).hash
    };
    let first = hash(
        "a.toml",
        r#"
        [scenario]
        site = "shangyou-bend"
        duration = "2min"
        [weather]
        visibility = "4km"
        [[offence]]
        kind = "illegal_angling"
        until = "90s"
    "#,
    );
    let same = hash(
        "b.toml",
        r#"
        # The same.
        [[offence]]
        until = "1.5min"
        count = 1
        kind = "illegal_angling"
        [weather]
        visibility = "4000m"
        [scenario]
        name = "another"
        duration = "120s"
        summary = "in other words"
        site = "../fixtures/sites/shangyou-bend.toml"
    "#,
    );
    let other = hash(
        "a.toml",
        r#"
        [scenario]
        site = "shangyou-bend"
        duration = "2min"
        [weather]
        visibility = "4.001km"
        [[offence]]
        kind = "illegal_angling"
        until = "90s"
    "#,
    );
    assert_eq!(first, same);
    assert_ne!(first, other);
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let missing = load(Path::new("no/such.toml")).expect_err("is not there");
    assert!(matches!(missing, LoadError::Read { .. }));
    let image = load(Path::new("../../fixtures/invalid/snapshots")).expect_err("is a folder");
    assert!(matches!(image, LoadError::Read { .. }));
}

/// What is true of every refusal: there is a reason, each with its place inside its file and,
/// but for syntax, a remedy.
fn is_told_well(error: &LoadError) -> Result<(), TestCaseError> {
    let LoadError::Invalid(invalid) = error else {
        return Err(TestCaseError::fail(format!("{error}")));
    };
    prop_assert!(!invalid.problems.is_empty());
    for problem in &invalid.problems {
        let text = problem.text.inner();
        prop_assert!(!problem.labels.is_empty());
        for label in &problem.labels {
            let end = label.offset() + label.len();
            prop_assert!(text.is_char_boundary(label.offset()), "{problem}");
            prop_assert!(text.is_char_boundary(end) && end <= text.len(), "{problem}");
        }
        let is_syntax = matches!(problem.fault, Fault::Syntax(_));
        prop_assert!(is_syntax || problem.help.is_some(), "no remedy: {problem}");
        let (line, column) = problem.line_column();
        prop_assert!(line >= 1 && column >= 1);
    }
    prop_assert!(!render(error).contains("Failed to read contents"));
    Ok(())
}

fn told_well<T>(result: Result<T, LoadError>) -> Result<(), TestCaseError> {
    result.err().as_ref().map_or(Ok(()), is_told_well)
}

/// A committed file with a few of its lines broken.
fn broken(text: &'static str) -> impl Strategy<Value = String> {
    let lines: Vec<&'static str> = text.lines().collect();
    let n = lines.len();
    let junk = prop_oneof![
        Just("duration = \"-1s\"".to_owned()),
        Just("[scenario]".to_owned()),
        Just("[[camera]]".to_owned()),
        Just("count = { normal = [\"a\", 1] }".to_owned()),
        Just("where = 3".to_owned()),
        Just("from = { uniform = [\"1s\"] }".to_owned()),
        "[a-z_]{1,8} = [-0-9a-z\"\\[\\]{}., ]{0,12}",
        "\\PC{0,20}",
    ];
    prop::collection::vec((0..n, 0..n, 0..4u8, junk), 1..4).prop_map(move |edits| {
        let mut lines: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
        for (i, j, how, junk) in edits {
            match how {
                0 => lines[i] = junk,
                1 => lines[i] = String::new(),
                2 => lines.swap(i, j),
                _ => lines[i] = lines[j].clone(),
            }
        }
        lines.join("\n")
    })
}

const SCENARIO: &str = include_str!("../../../../scenarios/smoke/haze.toml");
const SITE: &str = include_str!("../../../../fixtures/invalid/valid/two-banks.toml");
const WORKS: &str = include_str!("../../../../fixtures/invalid/valid/works.toml");
/// Everything that can be drawn.
const DRAWN: &str = r#"
[scenario]
site = ["./valid/works.toml", "./valid/works.toml"]
start = { uniform = ["2023-09-21T18:00:00+08:00", "2023-09-22T06:00:00+08:00"] }
[weather]
rain = { choice = ["0mm/h", "12mm/h"] }
fog_bank = { uniform = [0, 0.8] }
air = { normal = ["12degC", "4degC"] }
[randomise]
terrain = true
plants = { uniform = [0.5, 2] }
turn = { normal = ["0deg", "3deg"] }
[[camera]]
id = "ptz-1"
mode = "nir"
laser = "20W"
patrol = ["lower", "upper"]
[[offence]]
kind = "net_fishing"
class = { choice = ["sampan", "motor_boat"] }
[[offence]]
kind = "outfall_discharge"
[[offence]]
kind = "garbage_dumping"
class = "truck"
[[confuser]]
kind = { choice = ["egret", "dog"] }
[[confuser]]
kind = "sand_dredger"
licensed = true
"#;

/// The file that the mutated ones are broken from is itself sound, and so are its scenes.
#[test]
fn what_can_be_drawn_is_drawn() {
    let path = Path::new(ROOT).join("fixtures/invalid/any.toml");
    let scenario = loaded(load_text(&path, DRAWN));
    assert_eq!((scenario.elsewhere.len(), scenario.actors.len()), (1, 5));
    let scene = Scene::sample(&scenario, Seed(3), 0);
    let installation = scene.installation();
    let patrol = installation.cameras[0].patrol.as_ref().expect("one");
    assert_eq!(patrol.presets[0].name, "lower");
    let kinds: BTreeSet<_> = scene.truth().events.iter().map(|e| e.kind.id()).collect();
    let expected = ["garbage_dumping", "net_fishing", "outfall_discharge"];
    assert_eq!(kinds, BTreeSet::from(expected));
    assert!((-4.0..=28.0).contains(&scene.weather.air_temperature));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn any_text_is_a_scenario_or_told_why_not(text in "\\PC{0,200}|[a-z\\[\\]{}=\"\n0-9. ]{0,200}") {
        told_well(load_text(&Path::new(ROOT).join("scenarios/any.toml"), &text))?;
        told_well(load_site_text(Path::new("any.toml"), &text))?;
    }

    #[test]
    fn a_broken_scenario_is_told_why(text in broken(SCENARIO)) {
        told_well(load_text(&Path::new(ROOT).join("scenarios/smoke/any.toml"), &text))?;
    }

    #[test]
    fn broken_draws_are_told_why(text in broken(DRAWN)) {
        told_well(load_text(&Path::new(ROOT).join("fixtures/invalid/any.toml"), &text))?;
    }

    #[test]
    fn broken_works_are_told_why(text in broken(WORKS)) {
        told_well(load_site_text(Path::new("any.toml"), &text))?;
    }

    #[test]
    fn a_broken_site_is_told_why(text in broken(SITE)) {
        told_well(load_site_text(Path::new("any.toml"), &text))?;
    }
}
