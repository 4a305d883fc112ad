//! From TOML to checked channels.

use super::error::{ConfigError, ConfigProblem};
use super::{ChannelConfig, ChannelKind, SecretSource};
use crate::gb28181::DeviceId;
use crate::mqtt::{Version, is_topic_level};
use base::spelling::did_you_mean;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const COMMON: [&str; 3] = ["name", "type", "timeout_s"];
const WEBHOOK: [&str; 4] = ["url", "ca", "secret_file", "secret_env"];
const MQTT: [&str; 10] = [
    "host",
    "port",
    "version",
    "sender",
    "client_id",
    "prefix",
    "user",
    "password_file",
    "password_env",
    "ca",
];
const GB28181: [&str; 6] = [
    "listen",
    "device",
    "platform",
    "address",
    "password_file",
    "password_env",
];
const TYPES: [&str; 3] = ["webhook", "mqtt", "gb28181"];
const DEFAULT_TIMEOUT: f64 = 10.0;
const MAX_TIMEOUT: f64 = 600.0;

/// The channels of a file's `[[channel]]` tables; its other tables are somebody else's. `file`
/// names it in errors.
pub fn channels(file: &str, text: &str) -> Result<Vec<ChannelConfig>, ConfigError> {
    let document = Document { file, text };
    let table = DeTable::parse(text).map_err(|e| {
        let span = e.span().unwrap_or(0..0);
        let problem = ConfigProblem::Syntax(e.message().to_owned());
        document.error(&span, problem, "see toml.io".to_owned())
    })?;
    let Some(value) = table.get_ref().get("channel") else {
        return Ok(Vec::new());
    };
    let not_tables = |span: Range<usize>| {
        let problem = ConfigProblem::WrongType("channel".to_owned(), "a list of tables");
        document.error(&span, problem, "write `[[channel]]`".to_owned())
    };
    let DeValue::Array(entries) = value.get_ref() else {
        return Err(not_tables(value.span()));
    };
    let (mut channels, mut names) = (Vec::new(), BTreeSet::new());
    for entry in entries {
        let DeValue::Table(table) = entry.get_ref() else {
            return Err(not_tables(entry.span()));
        };
        let section = Section {
            document: &document,
            table,
            span: entry.span(),
        };
        let channel = section.channel()?;
        if !names.insert(channel.name.clone()) {
            let problem = ConfigProblem::SameName(channel.name);
            return Err(section.error("name", problem, "give each its own name"));
        }
        channels.push(channel);
    }
    Ok(channels)
}

struct Document<'a> {
    file: &'a str,
    text: &'a str,
}

impl Document<'_> {
    fn error(&self, span: &Range<usize>, problem: ConfigProblem, help: String) -> ConfigError {
        let before = &self.text[..self.text.floor_char_boundary(span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        ConfigError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            problem,
            help,
        }
    }
}

struct Section<'a> {
    document: &'a Document<'a>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
}

impl<'a> Section<'a> {
    fn channel(&self) -> Result<ChannelConfig, ConfigError> {
        let kind = self.required("type", &TYPES.join(", "))?;
        let keys: &[&str] = match kind {
            "webhook" => &WEBHOOK,
            "mqtt" => &MQTT,
            "gb28181" => &GB28181,
            other => {
                let problem = ConfigProblem::Value("type", other.to_owned());
                return Err(self.error("type", problem, did_you_mean(other, &TYPES)));
            }
        };
        let known: Vec<&str> = COMMON.iter().chain(keys).copied().collect();
        for key in self.table.keys() {
            let word = key.get_ref().as_ref();
            if !known.contains(&word) {
                let problem = ConfigProblem::UnknownKey(word.to_owned());
                let help = did_you_mean(word, &known);
                return Err(self.document.error(&key.span(), problem, help));
            }
        }
        let name = self.required("name", "what this receiver is to be called")?;
        Ok(ChannelConfig {
            name: name.to_owned(),
            timeout: self.timeout()?,
            kind: match kind {
                "webhook" => self.webhook()?,
                "mqtt" => self.mqtt()?,
                _ => self.gb28181()?,
            },
        })
    }

    fn webhook(&self) -> Result<ChannelKind, ConfigError> {
        let form = "https://host/v1/messages";
        let url = self.required("url", form)?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(self.value("url", url, form));
        }
        Ok(ChannelKind::Webhook {
            url: url.to_owned(),
            ca: self.text("ca")?.map(PathBuf::from),
            secret: self.secret("secret_file", "secret_env")?,
        })
    }

    fn mqtt(&self) -> Result<ChannelKind, ConfigError> {
        let ca = self.text("ca")?.map(PathBuf::from);
        let version = match self.text("version")? {
            None | Some("3.1.1") => Version::V3,
            Some("5") => Version::V5,
            Some(other) => return Err(self.value("version", other, "`3.1.1` or `5`")),
        };
        let sender = self.required("sender", "our name in topics")?;
        let level = "a name without `/`, `+` and `#`";
        if !is_topic_level(sender) {
            return Err(self.value("sender", sender, level));
        }
        let prefix = self.text("prefix")?.unwrap_or("rivergauge");
        if !prefix.split('/').all(is_topic_level) {
            return Err(self.value("prefix", prefix, "levels without `+` and `#`"));
        }
        let password = self.secret("password_file", "password_env")?;
        let login = match (self.text("user")?, password) {
            (Some(user), Some(password)) => Some((user.to_owned(), password)),
            (None, None) => None,
            (Some(_), None) => {
                let problem = ConfigProblem::MissingKey("password_file");
                return Err(self.error("user", problem, "or `password_env`"));
            }
            (None, Some(_)) => {
                let problem = ConfigProblem::MissingKey("user");
                return Err(self.error("", problem, "whose password is it?"));
            }
        };
        let client_id = self.text("client_id")?;
        Ok(ChannelKind::Mqtt {
            host: self
                .required("host", "name or address of the broker")?
                .to_owned(),
            port: self.port(if ca.is_some() { 8883 } else { 1883 })?,
            version,
            sender: sender.to_owned(),
            client_id: client_id.map_or_else(|| format!("rivergauge-{sender}"), str::to_owned),
            prefix: prefix.to_owned(),
            login,
            ca,
        })
    }

    fn gb28181(&self) -> Result<ChannelKind, ConfigError> {
        let device = |key| {
            let digits = "20 digits, as in 33021100001320000001";
            let text = self.required(key, digits)?;
            DeviceId::new(text).ok_or_else(|| self.value(key, text, digits))
        };
        let address = |key, text: &str| {
            let help = "an address and a port, as in 10.0.0.5:5060";
            let address: Option<SocketAddr> = text.parse().ok();
            address.ok_or_else(|| self.value(key, text, help))
        };
        Ok(ChannelKind::Gb28181 {
            listen: address("listen", self.text("listen")?.unwrap_or("0.0.0.0:5060"))?,
            device: device("device")?,
            platform: device("platform")?,
            address: address(
                "address",
                self.required("address", "where the platform listens")?,
            )?,
            password: self.secret("password_file", "password_env")?,
        })
    }

    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn text(&self, key: &'static str) -> Result<Option<&'a str>, ConfigError> {
        match self.get(key).map(Spanned::get_ref) {
            None => Ok(None),
            Some(DeValue::String(text)) if !text.is_empty() => Ok(Some(text.as_ref())),
            Some(_) => {
                let problem = ConfigProblem::WrongType(key.to_owned(), "text that is not empty");
                Err(self.error(key, problem, "write it in quotes"))
            }
        }
    }

    fn required(&self, key: &'static str, help: &str) -> Result<&'a str, ConfigError> {
        self.text(key)?
            .ok_or_else(|| self.error("", ConfigProblem::MissingKey(key), help))
    }

    fn secret(
        &self,
        file: &'static str,
        variable: &'static str,
    ) -> Result<Option<SecretSource>, ConfigError> {
        match (self.text(file)?, self.text(variable)?) {
            (Some(_), Some(_)) => {
                let problem = ConfigProblem::Both(file, variable);
                Err(self.error(variable, problem, "leave one out"))
            }
            (Some(path), None) => Ok(Some(SecretSource::File(PathBuf::from(path)))),
            (None, Some(name)) => Ok(Some(SecretSource::Variable(name.to_owned()))),
            (None, None) => Ok(None),
        }
    }

    fn port(&self, default: u16) -> Result<u16, ConfigError> {
        let Some(value) = self.get("port") else {
            return Ok(default);
        };
        let port = match value.get_ref() {
            DeValue::Integer(n) => u16::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        port.filter(|port| *port > 0).ok_or_else(|| {
            let problem = ConfigProblem::WrongType("port".to_owned(), "a whole number");
            self.error("port", problem, "1 to 65535")
        })
    }

    fn timeout(&self) -> Result<Duration, ConfigError> {
        let seconds = match self.get("timeout_s").map(Spanned::get_ref) {
            None => Some(DEFAULT_TIMEOUT),
            Some(DeValue::Integer(n)) if n.radix() == 10 => n.as_str().parse().ok(),
            Some(DeValue::Float(n)) => n.as_str().parse().ok(),
            Some(_) => None,
        };
        let within = |s: &f64| *s > 0.0 && *s <= MAX_TIMEOUT;
        seconds
            .filter(within)
            .map(Duration::from_secs_f64)
            .ok_or_else(|| {
                let problem = ConfigProblem::WrongType("timeout_s".to_owned(), "seconds");
                self.error("timeout_s", problem, "more than 0, at most 600")
            })
    }

    fn value(&self, key: &'static str, value: &str, help: &str) -> ConfigError {
        self.error(key, ConfigProblem::Value(key, value.to_owned()), help)
    }

    /// An error at a key's value, or at the table's head where there is none.
    fn error(&self, key: &str, problem: ConfigProblem, help: impl Into<String>) -> ConfigError {
        let span = self
            .get(key)
            .map_or_else(|| self.span.clone(), Spanned::span);
        self.document.error(&span, problem, help.into())
    }
}
