use super::*;
use miette::Diagnostic as _;
use proptest::prelude::*;

const EXAMPLE: &str = r#"
name = "acme"
program = ["./acme.sh"]
grace_s = 3

[video]
url = "rtsp://127.0.0.1:8554/{channel}"

[cameras]
hd-1 = "CH01"

[webhook]
listen = "127.0.0.1:0"

[alert]
heartbeat = "/alive"
id = "/event/uuid"
kind = "/event/type"
camera = "/ch"
time = "/ts"
time_format = "unix_ms"
frame = "/frame"
confidence = "/event/score"
lat = "/gps/lat"
lon = "/gps/lng"
bbox = "/rect"
bbox_form = "xywh"
bbox_unit = "fraction"

[kinds]
3 = "illegal_boat"
1 = "ignore"
"#;

/// A description that other tests use.
pub(crate) fn example() -> BoxConfig {
    parse(EXAMPLE).expect("valid")
}

fn parse(text: &str) -> Result<BoxConfig, Mistake> {
    BoxConfig::parse("box.toml", Path::new("."), text)
}

#[test]
fn the_example_is_read() {
    let config = example();
    assert_eq!(config.channel(&"hd-1".into()), "CH01");
    assert_eq!(config.channel(&"hd-2".into()), "hd-2");
    assert_eq!(config.grace, SimTime::from_secs(3));
    assert_eq!(config.kinds["3"], Some(AlertKind::IllegalBoat));
    assert_eq!(config.kinds["1"], None);
    assert!(config.is_live());
}

/// What the mistake is, what is underlined, what helps.
fn mistake(from: &str, to: &str) -> (String, String, String) {
    let text = EXAMPLE.replacen(from, to, 1);
    assert_ne!(text, EXAMPLE, "`{from}` is not in the example");
    let mistake = parse(&text).expect_err("a mistake");
    let place = text.get(mistake.span.clone()).unwrap_or_default();
    let help = mistake.help().map_or(String::new(), |h| h.to_string());
    (mistake.to_string(), place.to_owned(), help)
}

#[test]
fn each_mistake_has_its_place_and_its_remedy() {
    let check = |from, to, problem: &str, place: &str, help: &str| {
        let (said, at, remedy) = mistake(from, to);
        assert!(said.contains(problem), "{said}");
        assert_eq!(at, place, "{said}");
        assert!(remedy.contains(help), "{said}: {remedy}");
    };
    check(
        "grace_s",
        "grase_s",
        "unknown key",
        "grase_s",
        "did you mean `grace_s`",
    );
    check("= \"acme\"", "= 7", "must be text", "7", "");
    check(
        "\"illegal_boat\"",
        "\"ilegal_boat\"",
        "cannot be",
        "\"ilegal_boat\"",
        "did you mean",
    );
    check(
        "\"/event/type\"",
        "\"event/type\"",
        "cannot be",
        "\"event/type\"",
        "write `/event/type`",
    );
    check(
        "camera = \"/ch\"\n",
        "",
        "`camera` is missing in `[alert]`",
        "[alert]",
        "pointer",
    );
    check(
        "grace_s = 3",
        "grace_s = -1",
        "between 0 and 3600",
        "-1",
        "",
    );
    check(
        "{channel}",
        "{kanal}",
        "cannot be",
        "\"rtsp://127.0.0.1:8554/{kanal}\"",
        "{channel}",
    );
    check(
        "rtsp:",
        "gopher:",
        "cannot be",
        "\"gopher://127.0.0.1:8554/{channel}\"",
        "format",
    );
    check(
        "[webhook]\nlisten = \"127.0.0.1:0\"",
        "",
        "no way is given",
        "",
        "[webhook]",
    );
    check(
        "3 = \"illegal_boat\"\n",
        "",
        "no kind of alert is mapped",
        "[kinds]",
        "illegal_angling",
    );
    check(
        "time_format = \"unix_ms\"\n",
        "",
        "`time_format` is missing",
        "[alert]",
        "iso8601",
    );
    check(
        "lon = \"/gps/lng\"\n",
        "",
        "`lon` is missing",
        "[alert]",
        "both",
    );
    check(
        "listen = \"127.0.0.1:0\"",
        "listen = \"here\"",
        "cannot be",
        "\"here\"",
        "0.0.0.0",
    );
    check(
        "= \"CH01\"",
        "= \"CH01\"\nhd-2 = \"CH01\"",
        "given twice",
        "\"CH01\"",
        "own",
    );
    let files = "files = \"mp4\"";
    let url = "url = \"rtsp://127.0.0.1:8554/{channel}\"";
    check(
        url,
        "",
        "exactly one of `url` and `files`",
        "[video]",
        "rtsp",
    );
    check(
        url,
        &format!("{url}\n{files}"),
        "exactly one",
        "\"mp4\"",
        "files",
    );
    let (said, ..) = mistake(&format!("[video]\n{url}"), "");
    assert_eq!(said, "table `[video]` is missing");
}

/// A box that reads files has no other clock than the video's.
#[test]
fn a_box_that_reads_files_must_say_where_in_the_video() {
    let text = EXAMPLE
        .replace(
            "url = \"rtsp://127.0.0.1:8554/{channel}\"",
            "files = \"mp4\"",
        )
        .replace("frame = \"/frame\"\n", "");
    let said = parse(&text).expect_err("a mistake").remedy;
    assert!(said.contains("video_s"), "{said}");
    let text = text.replace("unix_ms", "video_s");
    assert!(!parse(&text).expect("valid").is_live());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,300}") {
        let _ = parse(&text);
    }

    /// Any value at any key.
    #[test]
    fn any_value_is_read_or_refused(
        line in 0..40_usize,
        value in prop::sample::select(vec!["-1", "1e999", "\"\"", "[]", "{}", "[1]", "true", "nan",
            "\"/\"", "\"x\"", "99999999999999999999", "1979-05-27", "\"{\"", "\"{}\""]),
    ) {
        let mut lines: Vec<String> = EXAMPLE.lines().map(str::to_owned).collect();
        let at = line % lines.len();
        if let Some((key, _)) = lines[at].clone().split_once('=') {
            lines[at] = format!("{key}= {value}");
        }
        if let Err(mistake) = parse(&lines.join("\n")) {
            prop_assert!(!mistake.to_string().is_empty());
        }
    }
}
