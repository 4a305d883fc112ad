use super::*;
use proptest::prelude::*;

const WHOLE: &str = r#"
[centre]
id = "shangyou"
title = "Shangyou county"
level = "county"
listen = "127.0.0.1:8801"
store = "shangyou.db"
utc_offset = "+08:00"
officer = "wang"

[superior]
url = "http://127.0.0.1:8802/v1/messages"
forward = ["alerts", "steps"]

[handling]
cooldown = "5min"

[canary]
to = "chen"

[[watch]]
origin = "bend"
every = "15min"

[[person]]
id = "chen"
name = "Chen Wei"
channel = "file"
path = "chen.jsonl"

[[person]]
id = "wang"
channel = "webhook"
url = "https://example.org/hook"

[[grid]]
id = "g-1"
county = "Shangyou"
holder = "chen"
deputy = "wang"

[[duty]]
role = "officer"
days = ["sat", "holiday"]
from = "08:00"
until = "20:00"
person = "chen"

[calendar]
holidays = ["2023-10-01"]
"#;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("folder/county.toml"), text)
}

/// The one problem of a text: where, what and how to mend it.
fn problem(text: &str) -> Problem {
    match parse(text).expect_err("a mistake") {
        ConfigError::Invalid { mut problems } => {
            assert_eq!(problems.len(), 1, "{problems:?}");
            problems.remove(0)
        }
        ConfigError::Read { .. } => panic!("nothing was read"),
    }
}

#[test]
fn a_whole_file_is_read() {
    let config = parse(WHOLE).expect("sound");
    assert_eq!(config.id, "shangyou");
    assert_eq!(config.store, Path::new("folder/shangyou.db"));
    assert_eq!(config.handling.cooldown, SimTime::from_secs(300));
    assert_eq!(config.handling.inhibit_at_most, SimTime::from_secs(1800));
    let superior = config.superior.as_ref().expect("there");
    assert!(superior.forward.alerts && !superior.forward.canaries);
    let after: Vec<_> = config.ladder.iter().map(|r| r.after.secs()).collect();
    assert_eq!(after, [0.0, 300.0, 900.0]);
    let canary = config.canary.as_ref().expect("there");
    assert_eq!(canary.every, SimTime::from_secs(300));
    assert_eq!(config.roster.holidays.len(), 1);
    assert_eq!(config.person("wang").map(|p| p.name.as_str()), Some("wang"));
}

#[test]
fn mistakes_have_a_place_and_a_remedy() {
    let cases = [
        (
            ("cooldown =", "cooldwn ="),
            "16:1",
            "did you mean `cooldown`?",
        ),
        (
            ("level = \"county\"", "level = \"conty\""),
            "5:9",
            "did you mean `county`?",
        ),
        (("cooldown = \"5min\"", "cooldown = 5"), "16:12", "\"5min\""),
        (
            ("officer = \"wang\"", "officer = \"wnag\""),
            "9:11",
            "did you mean `wang`?",
        ),
        (
            ("forward = [\"alerts\"", "forward = [\"alert\""),
            "13:12",
            "did you mean `alerts`?",
        ),
        (("\"sat\"", "\"saturday\""), "44:9", "mon"),
        (("+08:00", "8"), "8:14", "+08:00"),
        (("127.0.0.1:8801", "0.0.0.0:8801"), "2:1", "tokens"),
        (("2023-10-01", "1 October"), "50:13", "2023-10-01"),
        (("http://127", "ftp://127"), "12:7", "http://"),
        (("id = \"g-1\"", "id = \"g 1\""), "37:6", "letters"),
    ];
    for ((good, bad), place, help) in cases {
        let text = WHOLE.replacen(good, bad, 1);
        assert_ne!(text, WHOLE, "{good}");
        let problem = problem(&text);
        let found = format!("{}:{}", problem.line, problem.column);
        assert_eq!(found, place, "{problem}");
        assert!(problem.help.contains(help), "{problem}");
        assert!(problem.to_string().starts_with("folder/county.toml:"));
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = WHOLE
        .replace("cooldown", "cooldwn")
        .replace("\"bend\"", "\"\"");
    let error = parse(&text).expect_err("mistakes").to_string();
    assert_eq!(error.matches("help:").count(), 2, "{error}");
}

#[test]
fn the_examples_are_sound() {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/centre"
    ));
    for (file, level) in [
        ("county.toml", Level::County),
        ("city.toml", Level::City),
        ("province.toml", Level::Province),
    ] {
        let config = Config::load(&folder.join(file)).expect("sound");
        assert_eq!(config.level, level);
        assert!(config.canary.is_some(), "{file}");
        if let Some(tokens) = &config.tokens {
            crate::server::Accounts::load(tokens).expect("sound");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_a_file_or_says_why_not(
        cut in 0usize..WHOLE.len(),
        put in "(\\PC{0,12}|\\[\\[?[a-z]{0,8}\\]?\\]|[a-z_]{1,9} = (\"\\PC{0,9}\"|[0-9.e-]{1,9}|\\[[\",a-z]{0,9}\\]))",
        upto in 0usize..WHOLE.len(),
    ) {
        let text = format!("{}{put}{}", &WHOLE[..cut], &WHOLE[upto.max(cut)..]);
        match parse(&text) {
            Ok(config) => prop_assert!(!config.id.is_empty()),
            Err(error) => prop_assert!(error.to_string().contains("help:"), "{error}"),
        }
    }
}
