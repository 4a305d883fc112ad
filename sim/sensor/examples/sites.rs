//! Every site in every light and weather, as three sensors see it, on one sheet:
//! `cargo run --release -p sensor --example sites -- OUT.jpg [SITE]...`
//!
//! Rows: sites, each by a visible, a near-infrared and a thermal camera with one view. Columns:
//! day, dusk, night, fog, rain.

use base::{Seed, SimTime};
use image::{GenericImage, ImageBuffer, Rgb, RgbImage};
use scenario::scene::Scene;
use sensor::{Renderer, SiteBake};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// Size of a picture on the sheet, pixels; drawn twice as large.
const CELL: [u32; 2] = [256, 144];
const CAMERAS: [&str; 3] = ["wide-1", "nir-1", "ir-1"];
/// Name of the column, local hour, weather.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("day", "10:00", "visibility = \"15km\"\ncloud = 0.3"),
    ("dusk", "18:20", "visibility = \"15km\"\ncloud = 0.3"),
    ("night", "21:30", "visibility = \"12km\"\ncloud = 0.2"),
    (
        "fog",
        "06:40",
        "visibility = \"1200m\"\nfog_bank = 0.7\ncloud = 0.5",
    ),
    (
        "rain",
        "14:00",
        "visibility = \"4km\"\nrain = \"6mm/h\"\ncloud = 1",
    ),
];

#[expect(clippy::print_stdout, reason = "an example tells what it did")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("where to?")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sites: Vec<String> = args.collect();
    if sites.is_empty() {
        for entry in std::fs::read_dir(root.join("fixtures/sites"))? {
            let path = entry?.path();
            sites.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
        }
        sites.sort();
    }
    let [width, height] = CELL;
    let rows = (sites.len() * CAMERAS.len()) as u32;
    let mut sheet: RgbImage = ImageBuffer::new(width * COLUMNS.len() as u32, height * rows);
    for (i, site) in sites.iter().enumerate() {
        for (j, camera) in CAMERAS.iter().enumerate() {
            let mut bake: Option<Arc<SiteBake>> = None;
            for (k, (column, hour, weather)) in COLUMNS.iter().enumerate() {
                let seed = Seed(0x5eed + i as u64);
                let scene = scene(&root, site, camera, hour, weather, seed)?;
                let setup = scene.cameras.first().ok_or("no camera")?;
                let bake = bake.get_or_insert_with(|| Arc::new(SiteBake::new(&scene.site, setup)));
                let mut renderer = Renderer::with_bake(&scene, Arc::clone(bake));
                let due = SimTime::from_secs(30);
                let frame = renderer.render(&scene, 30, due).frame;
                let picture = RgbImage::from_raw(frame.width, frame.height, frame.rgb.to_vec());
                let picture = half(&picture.ok_or("a frame of another size")?);
                let row = (i * CAMERAS.len() + j) as u32;
                sheet.copy_from(&picture, k as u32 * width, row * height)?;
                println!("{site} {camera} {column}");
            }
        }
    }
    sheet.save(out)?;
    Ok(())
}

/// A minute of a site with somebody in it.
fn scene(
    root: &Path,
    site: &str,
    camera: &str,
    hour: &str,
    weather: &str,
    seed: Seed,
) -> Result<Scene, Box<dyn Error>> {
    // A sensor of half the pixels has half the focal length in pixels: the same view.
    let size = format!("width = {}\nheight = {}", 2 * CELL[0], 2 * CELL[1]);
    let text = format!(
        r#"
        [scenario]
        site = "{site}"
        start = "2023-09-27T{hour}:00+08:00"
        duration = "1min"
        [weather]
        wind = "2m/s"
        {weather}
        [[camera]]
        id = "{camera}"
        {size}
        {focal}
        [[offence]]
        kind = "illegal_boat"
        where = "channel"
        [[confuser]]
        kind = "motor_boat"
        where = "channel"
        path = "downstream"
        "#,
        focal = focal(root, site, camera)?,
    );
    let scenario = scenario::load_text(&root.join("scenarios/sheet.toml"), &text)?;
    Ok(Scene::sample(&scenario, seed, 0))
}

/// The focal length that keeps a camera's width of view in the sheet's cells.
fn focal(root: &Path, site: &str, camera: &str) -> Result<String, Box<dyn Error>> {
    let path = root
        .join("fixtures/sites")
        .join(site)
        .with_extension("toml");
    let site = scenario::load_site(&path)?;
    let spec = site.cameras.iter().find(|c| c.id.as_str() == camera);
    let spec = spec.ok_or_else(|| format!("no `{camera}` at {}", site.name))?;
    let (low, high) = spec.focal_mm.bounds();
    let focal = 0.5 * (low + high) * f64::from(2 * CELL[0]) / f64::from(spec.width);
    Ok(format!("focal = \"{focal:.3}mm\""))
}

/// Half the size, by the mean of four pixels.
fn half(picture: &RgbImage) -> RgbImage {
    ImageBuffer::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let sum = |c: usize| {
            let at = |i: u32| u16::from(picture.get_pixel(2 * x + i % 2, 2 * y + i / 2)[c]);
            ((0..4).map(at).sum::<u16>() + 2) / 4
        };
        Rgb([sum(0) as u8, sum(1) as u8, sum(2) as u8])
    })
}
