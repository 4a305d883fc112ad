use super::*;
use crate::heads::{Head, OutputRef};
use base::ObjectClass::{Bird, Boat, Person};
use base::SimTime;
use proptest::prelude::*;

const GOOD: &str = r#"
[detector]
name = "test"
model = "net.onnx"

[input]
width = 640
height = 384
mean = [1, 2.5, 3]
colour = "bgr"

[head]
kind = "ltrb"
strides = [8, 16]
output = "boxes"

[classes]
names = ["person", "boat", "duck"]
map = { person = "person", boat = "boat", 2 = "bird" }

[thresholds]
score = 0.4
[thresholds.per_class]
bird = 0.6

[tiling]
tile = [640, 384]
overlap = 0.2
whole_frame = true
"#;

fn network(text: &str) -> DetectorSpec {
    match Description::parse("detector.toml", text).expect("is valid") {
        Description::Network(spec) => spec,
        Description::Program(program) => panic!("no network: {program:?}"),
    }
}

const PROGRAM: &str = r#"
[detector]
name = "theirs"
program = ["./theirs", "--fast"]

[classes]
names = ["skiff", "man"]
map = { skiff = "boat", man = "person" }

[limits]
timeout_s = 0.5
copies = false
"#;

#[test]
fn a_program_has_a_command_and_limits() {
    let Description::Program(spec) = Description::parse("d.toml", PROGRAM).expect("is valid")
    else {
        panic!("a program");
    };
    assert_eq!(spec.command, ["./theirs", "--fast"]);
    assert_eq!(spec.names, ["skiff", "man"]);
    assert_eq!(spec.classes.of_model, [Some(Boat), Some(Person)]);
    let limits = Limits {
        timeout: SimTime::from_millis(500),
        copies: false,
        ..Limits::default()
    };
    assert_eq!(spec.limits, limits);
}

#[test]
fn a_service_has_an_address() {
    let text = GOOD.replace(
        "model = \"net.onnx\"",
        "service = \"http://127.0.0.1:8000/v2/models/boats/\"",
    );
    let url = "http://127.0.0.1:8000/v2/models/boats".to_owned();
    let limits = Limits::default();
    assert_eq!(network(&text).source, Source::Service { url, limits });
}

#[test]
fn what_a_source_must_not_have_is_named() {
    let mistakes = [
        (
            GOOD.replace("model =", "service = \"http://a/v2/models/b\"\nmodel ="),
            "give exactly one of `model` and `service`",
        ),
        (
            GOOD.replace("model = \"net.onnx\"", "service = \"boats\""),
            "`boats` is not a known address of a service",
        ),
        (
            format!("{GOOD}[limits]\ntimeout_s = 1\n"),
            "`limits`: unknown key",
        ),
        (
            format!("{PROGRAM}[input]\nwidth = 3\n"),
            "`input`: unknown key",
        ),
        (
            PROGRAM.replace("program =", "model = \"a\"\nprogram ="),
            "give exactly one of `program` and `model`",
        ),
        (
            PROGRAM.replace("[\"./theirs\", \"--fast\"]", "[]"),
            "`detector.program` must have one or more entries, not 0",
        ),
        (
            PROGRAM.replace("names = [\"skiff\", \"man\"]", "count = 2"),
            "`count`: unknown key",
        ),
        (
            PROGRAM.replace("timeout_s = 0.5", "timeout_s = -1"),
            "`limits.timeout_s` must lie between 0.001 and 3600",
        ),
    ];
    for (text, message) in mistakes {
        let error = Description::parse("d.toml", &text).expect_err("is wrong");
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn a_full_file() {
    let spec = network(GOOD);
    assert_eq!(spec.source, Source::File("net.onnx".into()));
    assert_eq!(spec.input.shape(), [1, 3, 384, 640]);
    assert_eq!(spec.input.mean, [1.0, 2.5, 3.0]);
    let Head::Ltrb(head) = &spec.head else {
        panic!("ltrb: {:?}", spec.head)
    };
    assert_eq!(head.strides, [8, 16]);
    assert_eq!(head.output, OutputRef::Name("boxes".to_owned()));
    assert_eq!(
        spec.classes.of_model,
        [Some(Person), Some(Boat), Some(Bird)]
    );
    assert_eq!(
        (spec.thresholds.of(Boat), spec.thresholds.of(Bird)),
        (0.4, 0.6)
    );
    assert_eq!(spec.tiling.map(|t| t.overlap), Some(0.2));
}

/// What is wrong, where, which text, and the remedy.
fn diagnose(from: &str, to: &str) -> (String, (usize, usize), String, String) {
    assert!(GOOD.contains(from), "`{from}` is in the file");
    let text = GOOD.replacen(from, to, 1);
    let error = Description::parse("detector.toml", &text).expect_err("is wrong");
    let help = error.remedy().unwrap_or_default().to_owned();
    (
        error.to_string(),
        error.line_column(),
        error.offending().to_owned(),
        help,
    )
}

/// From, to; message, place, offending text, remedy.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    (usize, usize),
    &'static str,
    &'static str,
);

#[test]
fn mistakes_are_named_with_place_and_remedy() {
    let cases: &[Case] = &[
        (
            "width = 640",
            "widht = 640",
            "`widht`: unknown key",
            (7, 1),
            "widht",
            "did you mean `width`?",
        ),
        (
            "[tiling]",
            "[tilling]",
            "`tilling`: unknown key",
            (26, 2),
            "tilling",
            "did you mean `tiling`?",
        ),
        (
            "height = 384\n",
            "",
            "key `height` is missing in `[input]`",
            (6, 1),
            "[input]",
            "keys of `[input]`: name, width, height, layout, colour, scale, mean, std, resize, pad, \
          filter",
        ),
        (
            "\"bgr\"",
            "\"gbr\"",
            "`gbr` is not a known input.colour",
            (10, 10),
            "\"gbr\"",
            "did you mean `bgr`?",
        ),
        (
            "width = 640",
            "width = \"640\"",
            "`input.width` must be a whole number, not string",
            (7, 9),
            "\"640\"",
            "",
        ),
        (
            "width = 640",
            "width = 0",
            "`input.width` must lie between 1 and 8192",
            (7, 9),
            "0",
            "",
        ),
        (
            "[1, 2.5, 3]",
            "[1, 2.5]",
            "`input.mean` must have 3 entries, not 2",
            (9, 8),
            "[1, 2.5]",
            "",
        ),
        (
            "[1, 2.5, 3]",
            "[1, nan, 3]",
            "`input.mean` must lie between -1000000 and 1000000",
            (9, 12),
            "nan",
            "",
        ),
        (
            "\"ltrb\"",
            "\"yolov8n\"",
            "`yolov8n` is not a known head.kind",
            (13, 8),
            "\"yolov8n\"",
            "did you mean `yolov8`?",
        ),
        (
            "output = \"boxes\"",
            "reg_max = 7",
            "`reg_max`: unknown key",
            (15, 1),
            "reg_max",
            "one of kind, strides, output, activation",
        ),
        (
            "boat = \"boat\"",
            "boot = \"boat\"",
            "`boot` is not a known class of the network",
            (19, 28),
            "boot",
            "did you mean `boat`?",
        ),
        (
            "boat = \"boat\"",
            "boat = \"ship\"",
            "`ship` is not a known object class",
            (19, 35),
            "\"ship\"",
            "one of person, angler, boat, vessel, bird, animal, debris, net, cage, machine, vehicle, plume, steam, dip_netter, cast_netter, electrofisher, bather, dumper, net_boat, cage_boat, electro_boat, dredger, digger, tipper, bags, runoff",
        ),
        (
            "tile = [640, 384]",
            "overlap2 = 1",
            "`overlap2`: unknown key",
            (27, 1),
            "overlap2",
            "did you mean `overlap`?",
        ),
        (
            "tile = [640, 384]\n",
            "",
            "give exactly one of `tile` and `grid`",
            (26, 1),
            "[tiling]",
            "tile = [width, height] in frame pixels, or grid = [columns, rows]",
        ),
        (
            "score = 0.4",
            "score = 40",
            "`thresholds.score` must lie between 0 and 1",
            (22, 9),
            "40",
            "",
        ),
        (
            "bird = 0.6",
            "brid = 0.6",
            "`brid`: unknown key",
            (24, 1),
            "brid",
            "did you mean `bird`?",
        ),
    ];
    let mut wrong = Vec::new();
    for (from, to, message, place, offending, help) in cases {
        let expected = (
            (*message).to_owned(),
            *place,
            (*offending).to_owned(),
            (*help).to_owned(),
        );
        let got = diagnose(from, to);
        if got != expected {
            wrong.push((got, expected));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_syntax_error_has_a_place() {
    let (message, place, ..) = diagnose("width = 640", "width = ");
    assert!(message.starts_with("not valid TOML: "), "{message}");
    assert_eq!(place.0, 7);
}

#[test]
fn miette_gets_text_place_and_help() {
    use miette::Diagnostic as _;
    let error = Description::parse("d.toml", "[detector]\nnome = 1\n").expect_err("is wrong");
    assert_eq!(error.place(), "d.toml:2:1");
    assert!(error.source_code().is_some());
    assert_eq!(
        error
            .labels()
            .into_iter()
            .flatten()
            .map(|l| l.offset())
            .collect::<Vec<_>>(),
        [11]
    );
    assert_eq!(
        error.help().map(|h| h.to_string()).as_deref(),
        Some("did you mean `name`?")
    );
}

proptest! {
    #[test]
    fn any_damage_is_an_error_with_a_place_not_a_panic(
        program in any::<bool>(), at in 0usize..400, cut in 0usize..30,
        put in "[\\[\\]a-z\"=.0-9\n é-]{0,6}",
    ) {
        let good = if program { PROGRAM } else { GOOD };
        let start = good.floor_char_boundary(at.min(good.len()));
        let end = good.floor_char_boundary((start + cut).min(good.len()));
        let text = format!("{}{put}{}", &good[..start], &good[end..]);
        if let Err(error) = Description::parse("d.toml", &text) {
            let (line, column) = error.line_column();
            prop_assert!(line >= 1 && column >= 1 && error.span().end <= text.len());
        }
    }
}
