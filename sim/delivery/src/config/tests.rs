use super::*;
use crate::testing::{canary, fault};
use base::message::FaultKind;
use proptest::prelude::*;

const GOOD: &str = r#"
level = "county"

[[channel]]
name = "city"
type = "webhook"
url = "https://city.example/v1/messages"
ca = "city.pem"
secret_env = "CITY_KEY"
timeout_s = 2.5

[[channel]]
name = "operator"
type = "mqtt"
host = "broker.example"
version = "5"
sender = "bend"
user = "bend"
password_file = "broker.key"

[[channel]]
name = "police"
type = "gb28181"
device = "33021100001320000001"
platform = "33021100002000000001"
address = "10.0.0.5:5060"
"#;

#[test]
fn channels_are_read_with_their_defaults() {
    let read = channels("county.toml", GOOD).expect("good");
    let names: Vec<_> = read.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["city", "operator", "police"]);
    assert_eq!(read[0].timeout, Duration::from_millis(2500));
    let ChannelKind::Webhook { secret, .. } = &read[0].kind else {
        panic!("{:?}", read[0]);
    };
    assert_eq!(*secret, Some(SecretSource::Variable("CITY_KEY".to_owned())));
    let ChannelKind::Mqtt {
        port,
        version,
        client_id,
        ..
    } = &read[1].kind
    else {
        panic!("{:?}", read[1]);
    };
    assert_eq!((*port, *version), (1883, Version::V5));
    assert_eq!(client_id, "rivergauge-bend");
    let over = fault(FaultKind::Offline, true);
    assert!(read[0].carries(&over) && !read[2].carries(&over));
    assert!(read[2].carries(&canary("c")));
    assert_eq!(channels("empty.toml", "a = 1"), Ok(Vec::new()));
}

#[test]
fn each_mistake_is_told_with_its_place_and_a_remedy() {
    let hook = "[[channel]]\nname = \"city\"\ntype = \"webhook\"\n";
    let mqtt = "[[channel]]\nname = \"b\"\ntype = \"mqtt\"\nhost = \"h\"\nsender = \"bend\"\n";
    let gb = "[[channel]]\nname = \"p\"\ntype = \"gb28181\"\n";
    let url = "url = \"https://a/v1/messages\"\n";
    let cases = [
        ("[[channel]\n".to_owned(), "1:", "not valid TOML"),
        ("channel = 1".to_owned(), "1:11", "[[channel]]"),
        ("channel = [1]".to_owned(), "1:12", "[[channel]]"),
        (
            "[[channel]]\nname = \"a\"".to_owned(),
            "1:1",
            "`type` is missing",
        ),
        (
            "[[channel]]\ntype = \"webhok\"".to_owned(),
            "2:8",
            "did you mean `webhook`",
        ),
        (hook.to_owned(), "1:1", "`url` is missing"),
        (format!("{hook}urll = \"x\""), "4:1", "did you mean `url`"),
        (format!("{hook}url = \"ftp://x\""), "4:7", "https://host"),
        (format!("{hook}url = 7"), "4:7", "in quotes"),
        (format!("{hook}{url}timeout_s = -1"), "5:13", "at most 600"),
        (format!("{hook}{url}timeout_s = nan"), "5:13", "at most 600"),
        (
            format!("{hook}{url}secret = \"hunter2\""),
            "5:1",
            "unknown key",
        ),
        (
            format!("{hook}{url}secret_file = \"a\"\nsecret_env = \"B\""),
            "6:14",
            "exclude",
        ),
        (format!("{hook}{url}{hook}{url}"), "6:8", "two channels"),
        (format!("{mqtt}port = 70000"), "6:8", "1 to 65535"),
        (format!("{mqtt}version = \"4\""), "6:11", "`3.1.1` or `5`"),
        (format!("{mqtt}user = \"u\""), "6:8", "password_env"),
        (format!("{mqtt}prefix = \"a/+\""), "6:10", "levels without"),
        (format!("{gb}device = \"1\""), "4:10", "20 digits"),
    ];
    for (text, place, told) in cases {
        let error = channels("county.toml", &text).expect_err(&text).to_string();
        assert!(
            error.starts_with(&format!("county.toml:{place}")),
            "{error}"
        );
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn a_channel_without_its_secret_is_named() {
    let text = GOOD.replace("ca = \"city.pem\"\n", "");
    let read = channels("county.toml", &text).expect("good");
    let folder = tempfile::tempdir().expect("a folder");
    let Err(error) = read[0].open(folder.path()) else {
        panic!("no such variable");
    };
    assert!(error.to_string().contains("city"));
    let Err(OpenError::Secret { source, .. }) = read[1].open(folder.path()) else {
        panic!("no such file");
    };
    assert!(source.to_string().contains("broker.key"));
    let no_ca = channels("county.toml", GOOD).expect("good")[0].open(folder.path());
    assert!(matches!(no_ca, Err(OpenError::Webhook { .. })));
}

proptest! {
    #[test]
    fn any_file_is_channels_or_an_error(
        text in "(\\[\\[channel\\]\\]\n)?((name|type|url|host|port|ca|[a-z]) = (\"(webhook|mqtt|gb28181|é|https://a)\"|[0-9]{1,9}|-1|1e9|0x1f|\\[\\]|\\{\\})\n){0,6}\\PC{0,5}",
    ) {
        if let Err(error) = channels("x.toml", &text) {
            prop_assert!(error.line >= 1 && error.column >= 1 && !error.help.is_empty());
        }
    }
}
