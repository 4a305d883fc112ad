//! A scenario at a glance: cameras as rows, times as columns, truth drawn over, events below.

mod cell;
mod timeline;

use base::canvas::{Canvas, Rgb};
use base::{BBox, CameraId, Seed, SimTime};
use cell::Cell;
use scenario::model::Scenario;
use scenario::scene::Scene;
use scenario::truth::SceneTruth;
use sensor::Renderer;
use std::fmt::Write as _;

const GROUND: Rgb = [22, 25, 30];
const LINE: Rgb = [70, 76, 86];
const TEXT: Rgb = [226, 230, 236];
const DIM: Rgb = [150, 158, 170];
/// Pixels about the sheet.
const MARGIN: u32 = 28;
/// Pixels between cells.
const GAP: u32 = 10;
/// Width of a sheet's pictures together: a sheet fits a wide screen.
const PICTURES: u32 = 2300;
/// Widest and narrowest cell.
const CELL: (u32, u32) = (320, 960);
/// Height of the caption above a row and of that below a picture.
const ROW_CAPTION: u32 = 34;
const CELL_CAPTION: u32 = 24;

/// What a sheet shows.
pub(crate) struct Sheet<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) seed: Seed,
    pub(crate) sample: u32,
    /// Columns, at least 1.
    pub(crate) n_times: u32,
    /// Only these cameras; empty: all.
    pub(crate) cameras: &'a [CameraId],
}

impl Sheet<'_> {
    /// Renders and draws it.
    pub(crate) fn draw(&self) -> Canvas {
        let scene = Scene::sample(self.scenario, self.seed, self.sample);
        let truth = scene.truth();
        let times = self.times(&scene);
        let cell_width = (PICTURES / self.n_times.max(1)).clamp(CELL.0, CELL.1) - GAP;
        let rows = self.rows(&scene, &truth, &times, cell_width);

        let width = 2 * MARGIN + times.len() as u32 * (cell_width + GAP) - GAP;
        let header = Canvas::new(width, 118, GROUND);
        let timeline = timeline::draw(&scene, &truth, &times, width, cell_width);
        let height = header.height()
            + rows.iter().map(Row::height).sum::<u32>()
            + timeline.height()
            + MARGIN;
        let mut sheet = Canvas::new(width, height, GROUND);
        self.header(&mut sheet, &scene);
        let mut y = header.height();
        for row in &rows {
            row.draw(&mut sheet, y, cell_width);
            y += row.height();
        }
        sheet.paste(0, y as i32, &timeline);
        sheet
    }

    /// The middles of equal parts of the scene.
    fn times(&self, scene: &Scene) -> Vec<SimTime> {
        let n = i64::from(self.n_times.max(1));
        (0..n)
            .map(|i| SimTime(scene.duration.0 / (2 * n) * (2 * i + 1)))
            .collect()
    }

    fn rows(
        &self,
        scene: &Scene,
        truth: &SceneTruth,
        times: &[SimTime],
        cell_width: u32,
    ) -> Vec<Row> {
        let wanted = |id: &CameraId| self.cameras.is_empty() || self.cameras.contains(id);
        let cameras = scene.cameras.iter().filter(|c| wanted(&c.id));
        cameras
            .map(|setup| {
                let mut renderer = Renderer::new(scene, setup);
                let cells = times.iter().map(|at| {
                    let frame_index = (at.secs() * setup.fps).floor() as u64;
                    let due = SimTime::of_frame(frame_index, setup.fps);
                    let rendered = renderer.render(scene, frame_index, due);
                    Cell::draw(scene, truth, setup, &rendered, cell_width)
                });
                Row {
                    title: row_title(setup),
                    cells: cells.collect(),
                }
            })
            .collect()
    }

    fn header(&self, sheet: &mut Canvas, scene: &Scene) {
        let (left, scenario) = (MARGIN as i32, self.scenario);
        sheet.text(left, 24, 4, &scenario.name, TEXT);
        sheet.text(left, 66, 2, &scenario.summary, TEXT);
        let weather = &scene.weather;
        let mut line = format!(
            "site {}   {}   sample {} of {}   seed {}   visibility {}   wind {:.1} m/s from {:.0} deg   \
             cloud {:.0} %",
            scene.site.name,
            scene.conditions().join(", "),
            self.sample,
            scenario.samples,
            self.seed,
            distance(weather.visibility),
            weather.wind,
            weather.wind_from,
            weather.cloud * 100.0
        );
        let _ = write!(line, "   {:.0} s", scene.duration.secs());
        sheet.text(left, 92, 2, &line, DIM);
        let legend = "outlined: no fishing, other zones   ! offends   (not detectable)";
        let (width, _) = Canvas::text_size(legend, 1);
        let right = sheet.width() as i32 - MARGIN as i32 - width as i32;
        sheet.text(right, 97, 1, legend, DIM);
    }
}

/// One camera's pictures.
struct Row {
    title: String,
    cells: Vec<Cell>,
}

impl Row {
    fn height(&self) -> u32 {
        let tallest = self.cells.iter().map(|c| c.picture.height()).max();
        ROW_CAPTION + tallest.unwrap_or(0) + CELL_CAPTION + GAP
    }

    fn draw(&self, sheet: &mut Canvas, top: u32, cell_width: u32) {
        let width = sheet.width();
        let line = BBox::new(
            MARGIN as f32,
            top as f32 + 4.0,
            (width - MARGIN) as f32,
            top as f32 + 5.0,
        );
        sheet.fill(line, LINE, 1.0);
        sheet.text(MARGIN as i32, top as i32 + 12, 2, &self.title, TEXT);
        for (i, cell) in self.cells.iter().enumerate() {
            let x = (MARGIN + i as u32 * (cell_width + GAP)) as i32;
            let y = (top + ROW_CAPTION) as i32;
            sheet.paste(x, y, &cell.picture);
            let below = y + cell.picture.height() as i32 + 6;
            sheet.text(x, below, 2, &cell.time, TEXT);
            let (width, _) = Canvas::text_size(&cell.time, 2);
            sheet.text(x + width as i32 + 18, below, 2, &cell.note, DIM);
        }
    }
}

fn row_title(setup: &base::site::CameraSetup) -> String {
    let half = f64::from(setup.width) / 2.0 / setup.focal_px;
    let view = 2.0 * base::math::f64::atan2(half, 1.0).to_degrees();
    format!(
        "{}   {}   {} x {}   {} Hz   {view:.1} deg wide   {:.0} px/m at 100 m",
        setup.id,
        setup.mode.id(),
        setup.width,
        setup.height,
        setup.fps,
        setup.focal_px / 100.0
    )
}

/// A distance in metres for people.
fn distance(metres: f64) -> String {
    if metres < 1000.0 {
        format!("{metres:.0} m")
    } else {
        format!("{:.1} km", metres / 1000.0)
    }
}
