//! Data sets and videos, read back by other means than those that wrote them.

use crate::support::{parts, rivergauge, root};
use base::{BBox, Mask, Seed, SimTime};
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use scenario::scene::Scene;
use sensor::{Rendered, Renderer};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const BRIEF: &str = "tests/it/brief.toml";
/// Frames of the brief scene's one camera at `--every 5s`.
const FRAMES: usize = 15;
const PICTURE: [u32; 2] = [640, 360];

/// Exports the brief scene, a frame every five seconds.
fn export(format: &str, extra: &[&str]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("set");
    let path = out.to_string_lossy().into_owned();
    let mut args = vec![
        "export", BRIEF, "--format", format, "--every", "5s", "--out", &path,
    ];
    args.extend_from_slice(extra);
    let (code, stdout, stderr) = parts(&rivergauge(&args));
    assert_eq!(code, 0, "{stdout}\n{stderr}");
    (dir, out)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The same frames, rendered here.
fn rendered() -> Vec<Rendered> {
    let scenario = scenario::load(&root().join(BRIEF)).expect("loads");
    let scene = Scene::sample(&scenario, Seed(0x5eed), 0);
    let mut renderer = Renderer::new(&scene, &scene.cameras[0]);
    (0..FRAMES as u64)
        .map(|i| renderer.render(&scene, 5 * i, SimTime::from_secs(5 * i as i64)))
        .collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|v| v.as_f64().expect("a number")).collect()
}

#[test]
fn coco_masks_are_the_pixels_that_each_object_owns() {
    let (_dir, out) = export("coco", &[]);
    let coco = json(&out.join("annotations.json"));
    let images = coco["images"].as_array().expect("images");
    let annotations = coco["annotations"].as_array().expect("annotations");
    assert_eq!(images.len(), FRAMES);
    let mut checked = 0;
    for (image, rendered) in images.iter().zip(rendered()) {
        let file = out
            .join("images")
            .join(image["file_name"].as_str().expect("a name"));
        let picture = image::open(&file).expect("a picture").into_rgb8();
        assert_eq!([picture.width(), picture.height()], PICTURE);
        assert_eq!(picture.as_raw().as_slice(), &*rendered.frame.rgb);
        assert_eq!(image["sensor"], "visible");
        assert_eq!(image["conditions"], serde_json::json!(["day"]));

        let own: Vec<&Value> = annotations
            .iter()
            .filter(|a| a["image_id"] == image["id"])
            .collect();
        let mut seen: Vec<u32> = rendered
            .ids
            .ids
            .iter()
            .copied()
            .filter(|id| *id > 0)
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let tracks: Vec<u64> = own.iter().filter_map(|a| a["track_id"].as_u64()).collect();
        assert_eq!(
            tracks,
            seen.iter().map(|id| u64::from(*id)).collect::<Vec<_>>()
        );
        for annotation in own {
            let counts = annotation["segmentation"]["counts"].as_str().expect("text");
            assert_eq!(
                annotation["segmentation"]["size"],
                serde_json::json!([360, 640])
            );
            let mask = Mask::from_text(PICTURE[0], PICTURE[1], counts).expect("a mask");
            // Recounted pixel by pixel.
            let id = annotation["track_id"].as_u64().expect("a track") as u32;
            let (mut area, mut bounds) = (0u64, [u32::MAX, u32::MAX, 0, 0]);
            for (i, owner) in rendered.ids.ids.iter().enumerate() {
                let (x, y) = (i as u32 % PICTURE[0], i as u32 / PICTURE[0]);
                assert_eq!(mask.contains(x, y), *owner == id, "({x}, {y})");
                if *owner == id {
                    area += 1;
                    bounds = [
                        bounds[0].min(x),
                        bounds[1].min(y),
                        bounds[2].max(x + 1),
                        bounds[3].max(y + 1),
                    ];
                }
            }
            let [x0, y0, x1, y1] = bounds.map(f64::from);
            assert_eq!(annotation["area"].as_u64(), Some(area));
            assert_eq!(numbers(&annotation["bbox"]), [x0, y0, x1 - x0, y1 - y0]);
            checked += 1;
        }
    }
    assert_eq!(checked, annotations.len());
    assert!(
        checked >= 2 * FRAMES,
        "{checked} objects in {FRAMES} frames"
    );
}

#[test]
fn coco_tells_where_things_are_and_what_can_be_made_of_them() {
    let (_dir, out) = export("coco", &[]);
    let coco = json(&out.join("annotations.json"));
    let categories = coco["categories"].as_array().expect("categories");
    for annotation in coco["annotations"].as_array().expect("annotations") {
        let category = annotation["category_id"].as_u64().expect("a number");
        let category = categories
            .iter()
            .find(|c| c["id"].as_u64() == Some(category));
        let class = category.expect("a category")["name"]
            .as_str()
            .expect("a name");
        let actor = annotation["actor"].as_str().expect("a name");
        assert!(matches!(
            (class, actor),
            ("angler", "angler") | ("boat", "sampan") | ("person", "walker")
        ));
        // A degree of latitude is 110.8 km here, one of longitude 100.2 km; the site's origin is at
        // 25.8013 N, 114.5472 E.
        let number = |key: &str| annotation[key].as_f64().expect("a number");
        let ground = numbers(&annotation["ground"]);
        assert!(((number("lat") - 25.8013) * 110_780.0 - ground[1]).abs() < 1.0);
        assert!(((number("lon") - 114.5472) * 100_320.0 - ground[0]).abs() < 1.0);
        // 10 mm on 5.6 um pixels or what the site has: the resolution is f / R.
        let metres = number("range_m") * number("pixels_per_metre");
        assert!((metres - 1786.0).abs() < 30.0, "{metres}");
        let amodal = numbers(&annotation["amodal_bbox"]);
        assert_eq!(number("cycles"), amodal[2].min(amodal[3]) / 2.0);
        let level = match number("cycles") {
            c if c >= 6.4 => "identification",
            c if c >= 4.0 => "recognition",
            c if c >= 1.0 => "detection",
            _ => "none",
        };
        assert_eq!(annotation["dri"], level);
        assert_eq!(annotation["dori"], "none");
        // By day, a contrast of a few per cent is many deviations of the noise.
        assert!(
            number("contrast").abs() < 0.05 || number("snr") > 1.0,
            "{annotation:#}"
        );
    }
}

#[test]
fn yolo_boxes_are_those_of_coco_that_count() {
    let (_dir, out) = export("coco", &[]);
    let coco = json(&out.join("annotations.json"));
    let (_dir, out) = export("yolo", &[]);
    let names = text(&out.join("data.yaml"));
    assert!(names.contains("  0: person\n  1: angler\n"), "{names}");
    let mut n = 0;
    for image in coco["images"].as_array().expect("images") {
        let name = image["file_name"].as_str().expect("a name");
        assert!(out.join("images").join(name).is_file());
        let labels = text(&out.join("labels").join(name.replace(".png", ".txt")));
        let all = coco["annotations"].as_array().expect("annotations");
        let wanted: Vec<&Value> = all
            .iter()
            .filter(|a| a["image_id"] == image["id"] && a["ignore"] == 0)
            .collect();
        assert_eq!(labels.lines().count(), wanted.len());
        for (line, annotation) in labels.lines().zip(wanted) {
            let words: Vec<f64> = line
                .split(' ')
                .map(|w| w.parse().expect("a number"))
                .collect();
            let b = numbers(&annotation["bbox"]);
            assert_eq!(
                words[0] + 1.0,
                annotation["category_id"].as_f64().expect("a number")
            );
            let expected = [
                (b[0] + b[2] / 2.0) / 640.0,
                (b[1] + b[3] / 2.0) / 360.0,
                b[2] / 640.0,
                b[3] / 360.0,
            ];
            for (got, expected) in words[1..].iter().zip(expected) {
                assert!((got - expected).abs() < 1e-6, "{line} {expected}");
            }
            n += 1;
        }
    }
    assert!(n > FRAMES);
}

#[test]
fn mot_has_a_line_for_each_object_in_each_frame() {
    let (_dir, out) = export("mot", &[]);
    let sequence = out.join("brief-0-hd-1");
    let info = text(&sequence.join("seqinfo.ini"));
    for line in [
        "seqLength=15",
        "imWidth=640",
        "imHeight=360",
        "frameRate=0.2",
        "imExt=.png",
    ] {
        assert!(info.lines().any(|l| l == line), "{line} in\n{info}");
    }
    let truth = text(&sequence.join("gt/gt.txt"));
    let mut lines = truth.lines();
    for (i, rendered) in rendered().iter().enumerate() {
        assert!(sequence.join(format!("img1/{:06}.png", i + 1)).is_file());
        for object in &rendered.truth.objects {
            let line = lines.next().expect("a line");
            let words: Vec<f64> = line
                .split(',')
                .map(|w| w.parse().expect("a number"))
                .collect();
            let b = object.amodal;
            let counts = f64::from(u8::from(object.is_detectable()));
            let place = [b.x0 + 1.0, b.y0 + 1.0, b.width(), b.height()].map(f64::from);
            assert_eq!(words[..2], [(i + 1) as f64, f64::from(object.actor.0)]);
            assert_eq!(words[2..6], place);
            assert_eq!(words[6], counts);
            assert!((words[8] - f64::from(object.visible_fraction)).abs() < 1e-3);
        }
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn png_has_the_pictures_with_and_without_truth() {
    let (_dir, out) = export("png", &[]);
    let truth = fs::File::open(out.join("truth/brief-0.jsonl")).expect("truth");
    let truth = scenario::truth::read_truth(std::io::BufReader::new(truth)).expect("reads");
    assert_eq!(truth.len(), 1 + FRAMES);
    let open = |folder: &str| {
        let path = out.join(folder).join("brief-0-hd-1-000030.png");
        image::open(path).expect("a picture").into_rgb8()
    };
    let (plain, drawn) = (open("images"), open("drawn"));
    let changed = plain
        .pixels()
        .zip(drawn.pixels())
        .filter(|(a, b)| a != b)
        .count();
    assert!(
        (500..40_000).contains(&changed),
        "{changed} pixels of boxes and labels"
    );
}

#[test]
fn events_tell_in_which_frames_they_can_be_seen() {
    for format in ["coco", "mp4"] {
        let (_dir, out) = export(format, &[]);
        let lines = text(&out.join("events.jsonl"));
        let events: Vec<Value> = lines
            .lines()
            .map(|l| serde_json::from_str(l).expect("JSON"))
            .collect();
        let [event] = events.as_slice() else {
            panic!("{lines}")
        };
        assert_eq!(event["kind"], "illegal_angling");
        assert_eq!(event["actors"][0]["actor"], "angler");
        let camera = &event["cameras"][0];
        let count = |key: &str| camera[key].as_u64().expect("a count");
        assert_eq!(count("frames"), FRAMES as u64);
        let runs: u64 = camera["detectable_runs"]
            .as_array()
            .expect("runs")
            .iter()
            .map(|run| {
                let run = numbers(run);
                (run[1] - run[0]) as u64 / 5 + 1
            })
            .sum();
        assert_eq!(runs, count("detectable"));
        assert!(runs > 0);
        assert!(!out.join("parts").exists());
    }
}

/// Planes of each frame of a YUV4MPEG2 file.
fn y4m_frames(bytes: &[u8]) -> Vec<&[u8]> {
    let header = b"YUV4MPEG2 W640 H360 F1:5 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n";
    let mut rest = bytes.strip_prefix(header.as_slice()).expect("the header");
    let mut frames = Vec::new();
    while let Some(after) = rest.strip_prefix(b"FRAME\n".as_slice()) {
        let (planes, next) = after.split_at(640 * 360 * 3 / 2);
        frames.push(planes);
        rest = next;
    }
    assert!(rest.is_empty());
    frames
}

#[test]
fn y4m_is_the_same_in_a_file_and_a_pipe() {
    let (_dir, out) = export("y4m", &[]);
    let file = fs::read(out.join("brief-0-hd-1.y4m")).expect("a video");
    let frames = y4m_frames(&file);
    assert_eq!(frames.len(), FRAMES);
    for (planes, rendered) in frames.iter().zip(rendered()) {
        let worst = planes
            .iter()
            .zip(rendered.frame.rgb.chunks(3))
            .map(|(y, p)| {
                let [r, g, b] = [p[0], p[1], p[2]].map(f64::from);
                let luma = 16.0 + (0.2126 * r + 0.7152 * g + 0.0722 * b) * 219.0 / 255.0;
                (f64::from(*y) - luma).abs()
            });
        assert!(worst.fold(0.0, f64::max) <= 0.51);
    }
    let piped = rivergauge(&[
        "export", BRIEF, "--format", "y4m", "--every", "5s", "--out", "-",
    ]);
    let (code, _, stderr) = parts(&piped);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        piped.stdout == file,
        "{} bytes, {}",
        piped.stdout.len(),
        file.len()
    );
    assert!(stderr.contains("15 frames"), "{stderr}");
}

/// The boxes in an MP4 box's body (ISO/IEC 14496-12, 4.2).
fn boxes(mut body: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut found = Vec::new();
    while body.len() >= 8 {
        let size = u32_at(body, 0) as usize;
        assert!(
            (8..=body.len()).contains(&size),
            "a box of {size} in {} bytes",
            body.len()
        );
        found.push(([body[4], body[5], body[6], body[7]], &body[8..size]));
        body = &body[size..];
    }
    found
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn inside<'a>(body: &'a [u8], path: &[&[u8; 4]]) -> &'a [u8] {
    path.iter().fold(body, |body, name| {
        let found = boxes(body).into_iter().find(|(n, _)| n == *name);
        found
            .unwrap_or_else(|| panic!("no {}", String::from_utf8_lossy(*name)))
            .1
    })
}

/// Table of 32-bit words after version, flags and count.
fn table(body: &[u8]) -> Vec<u32> {
    (8..body.len())
        .step_by(4)
        .map(|at| u32_at(body, at))
        .collect()
}

/// The samples of an MP4 file's one track, as H.264 with start codes, and their ticks.
fn mp4_samples(file: &[u8]) -> (Vec<Vec<u8>>, Vec<u32>) {
    let media = inside(file, &[b"moov", b"trak", b"mdia"]);
    assert_eq!(u32_at(inside(media, &[b"mdhd"]), 12), 90_000);
    let stbl = inside(media, &[b"minf", b"stbl"]);
    // Sample description: 8 bytes, then the entry `avc1` with 78 bytes before its boxes.
    let entry = boxes(&inside(stbl, &[b"stsd"])[8..])[0];
    assert_eq!(&entry.0, b"avc1");
    let avcc = inside(&entry.1[78..], &[b"avcC"]);
    let length = |at: usize| usize::from(avcc[at]) << 8 | usize::from(avcc[at + 1]);
    let sps = &avcc[8..8 + length(6)];
    let pps_at = 8 + sps.len() + 1;
    let pps = &avcc[pps_at + 2..pps_at + 2 + length(pps_at)];
    let start = [0, 0, 0, 1];

    let sizes = &table(inside(stbl, &[b"stsz"]))[1..];
    let chunks = table(inside(stbl, &[b"stco"]));
    let runs = table(inside(stbl, &[b"stsc"]));
    let mut samples = Vec::new();
    for (i, offset) in chunks.iter().enumerate() {
        let run = runs
            .chunks(3)
            .rfind(|r| r[0] as usize <= i + 1)
            .expect("a run");
        let mut at = *offset as usize;
        for _ in 0..run[1] {
            let mut bytes = Vec::new();
            if samples.is_empty() {
                bytes.extend([&start, sps, &start, pps].concat());
            }
            let end = at + sizes[samples.len()] as usize;
            while at < end {
                let size = u32_at(file, at) as usize;
                bytes.extend(start);
                bytes.extend(&file[at + 4..at + 4 + size]);
                at += 4 + size;
            }
            samples.push(bytes);
        }
    }
    assert_eq!(samples.len(), sizes.len());
    let times = table(inside(stbl, &[b"stts"]));
    let ticks = times
        .chunks(2)
        .flat_map(|t| vec![t[1]; t[0] as usize])
        .collect();
    (samples, ticks)
}

#[test]
fn mp4_decodes_to_what_was_rendered() {
    let (_dir, out) = export("y4m", &[]);
    let plain = fs::read(out.join("brief-0-hd-1.y4m")).expect("a video");
    let (_dir, out) = export("mp4", &["--qp", "20"]);
    let file = fs::read(out.join("brief-0-hd-1.mp4")).expect("a video");
    let (samples, ticks) = mp4_samples(&file);
    // A frame every five seconds.
    assert_eq!(ticks, [450_000; FRAMES]);
    let mut decoder = Decoder::new().expect("a decoder");
    let mut n = 0;
    for (sample, plain) in samples.iter().zip(y4m_frames(&plain)) {
        let picture = decoder.decode(sample).expect("decodes").expect("a picture");
        assert_eq!(picture.dimensions(), (640, 360));
        let (stride, _, _) = picture.strides();
        let squares: f64 = (0..640 * 360)
            .map(|i| {
                let decoded = picture.y()[i / 640 * stride + i % 640];
                let off = f64::from(decoded) - f64::from(plain[i]);
                off * off
            })
            .sum();
        let ratio = 255.0 * 255.0 * 640.0 * 360.0 / squares;
        let psnr = 10.0 * base::math::f64::ln(ratio) / std::f64::consts::LN_10;
        assert!(psnr > 38.0, "frame {n}: {psnr:.1} dB");
        n += 1;
    }
    assert_eq!(n, FRAMES);
    assert!(
        file.len() < plain.len() / 5,
        "{} of {} bytes",
        file.len(),
        plain.len()
    );
}

#[test]
fn a_set_is_the_same_on_any_number_of_threads() {
    let set = |threads: &str| {
        let (_dir, out) = export("coco", &["--samples", "2", "--threads", threads]);
        (
            text(&out.join("annotations.json")),
            text(&out.join("events.jsonl")),
        )
    };
    let one = set("1");
    assert!(one == set("3"));
    let coco: Value = serde_json::from_str(&one.0).expect("JSON");
    let numbered = |list: &str| {
        let list = coco[list].as_array().expect("a list");
        list.iter()
            .enumerate()
            .all(|(i, entry)| entry["id"].as_u64() == Some(i as u64 + 1))
    };
    assert!(numbered("images") && numbered("annotations"));
    assert_eq!(coco["images"].as_array().map(Vec::len), Some(2 * FRAMES));
}

#[test]
fn what_cannot_be_exported_is_said() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("mine.txt"), "keep").expect("written");
    let out = dir.path().to_string_lossy().into_owned();
    let says = |args: &[&str], words: &str| {
        let (code, _, stderr) = parts(&rivergauge(args));
        let line = stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, 2, "{stderr}");
        assert!(
            line.contains(words),
            "{args:?} should say `{words}`:\n{stderr}"
        );
    };
    says(&["export", BRIEF, "--out", &out], "is not empty");
    assert!(dir.path().join("mine.txt").is_file());
    let new = dir.path().join("new").to_string_lossy().into_owned();
    says(
        &["export", BRIEF, "--out", &new, "--cameras", "hd-9"],
        "no scenario here uses a camera `hd-9`",
    );
    says(
        &["export", BRIEF, "--out", "-"],
        "standard output takes one Y4M video",
    );
    let two = [
        "export",
        BRIEF,
        "--samples",
        "2",
        "--format",
        "y4m",
        "--out",
        "-",
    ];
    says(&two, "2 videos cannot share standard output");
    says(
        &["export", BRIEF, "--format", "avi", "--out", &new],
        "invalid value 'avi'",
    );
}

/// What is drawn over is drawn where truth says.
#[test]
fn boxes_in_a_drawn_video_stand_where_truth_says() {
    let (_dir, out) = export("y4m", &[]);
    let plain = fs::read(out.join("brief-0-hd-1.y4m")).expect("a video");
    let (_dir, out) = export("y4m", &["--draw"]);
    let drawn = fs::read(out.join("brief-0-hd-1.y4m")).expect("a video");
    let frames = y4m_frames(&plain).into_iter().zip(y4m_frames(&drawn));
    for ((plain, drawn), rendered) in frames.zip(rendered()) {
        let visible = rendered.truth.objects.iter().filter(|o| o.pixels > 0);
        // A label is at most 110 pixels wide and 20 high.
        let near: Vec<BBox> = visible
            .map(|o| {
                let b = o.visible;
                BBox::new(b.x0 - 112.0, b.y0 - 22.0, b.x1 + 112.0, b.y1 + 22.0)
            })
            .collect();
        let mut changed = 0;
        for i in (0..640 * 360).filter(|i| plain[*i] != drawn[*i]) {
            let (x, y) = ((i % 640) as f32, (i / 640) as f32);
            let holds = |b: &BBox| x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1;
            assert!(near.iter().any(holds), "({x}, {y})");
            changed += 1;
        }
        assert!(changed > 200);
    }
}
