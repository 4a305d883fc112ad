//! The way out of the outbox that is always there: a file.
//!
//! Delivery is at least once: a message leaves the outbox only on a receipt that names it, so a
//! crash in between sends it again, and the receiver tells by its key that it has it.

use crate::disk::Disk;
use base::message::{Channel, DeliveryError, Message, Receipt};
use base::trace::{LineError, read_lines};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One message a line in a file; its receipt is that the line is on the medium.
pub struct JsonLines {
    path: PathBuf,
    disk: Box<dyn Disk>,
    present: BTreeSet<String>,
}

/// What of a line tells whether a message is there.
#[derive(Deserialize)]
struct Key {
    key: String,
}

impl JsonLines {
    /// Opens a file, or begins one. A last line cut short by a crash is cut off.
    pub fn open(path: &Path, disk: Box<dyn Disk>) -> Result<Self, DeliveryError> {
        let present = match read_keys(path) {
            Ok(keys) => keys.map_err(|source| DeliveryError::Content {
                path: path.to_owned(),
                source,
            })?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => BTreeSet::new(),
            Err(source) => {
                return Err(DeliveryError::File {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        Ok(Self {
            path: path.to_owned(),
            disk,
            present,
        })
    }
}

/// The keys in the file, after cutting off what follows its last line end. A file that is something
/// else is left as it is.
fn read_keys(path: &Path) -> io::Result<Result<BTreeSet<String>, LineError>> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let keys = match read_lines::<Key>(&*bytes) {
        Ok(keys) => keys,
        Err(error) => return Ok(Err(error)),
    };
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    let torn = &bytes[whole..];
    if torn.first().is_some_and(|b| *b != b'{')
        && let Err(source) = serde_json::from_slice::<Key>(torn)
    {
        return Ok(Err(LineError::Parse {
            line: keys.len() + 1,
            source,
        }));
    }
    if !torn.is_empty() {
        file.set_len(whole as u64)?;
        file.sync_all()?;
    }
    Ok(Ok(keys.into_iter().map(|key| key.key).collect()))
}

impl Channel for JsonLines {
    fn name(&self) -> &'static str {
        "file"
    }

    fn deliver(&mut self, message: &Message) -> Result<Receipt, DeliveryError> {
        let receipt = |duplicate| Receipt {
            key: message.key.clone(),
            duplicate,
        };
        if self.present.contains(&message.key) {
            return Ok(receipt(true));
        }
        let mut line = serde_json::to_vec(message)
            .map_err(|e| e.to_string())
            .map_err(|why| DeliveryError::Encode {
                key: message.key.clone(),
                why,
            })?;
        line.push(b'\n');
        self.disk
            .append(&self.path, &line)
            .map_err(|source| DeliveryError::File {
                path: self.path.clone(),
                source,
            })?;
        self.present.insert(message.key.clone());
        Ok(receipt(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::RealDisk;
    use crate::testing::message;
    use proptest::prelude::*;
    use std::io::BufReader;

    #[test]
    fn a_line_is_written_once_whoever_opens_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("outbox.jsonl");
        for round in 0..2 {
            let mut channel = JsonLines::open(&path, Box::new(RealDisk)).expect("opens");
            for id in ["a", "b", "a"] {
                let receipt = channel.deliver(&message(id)).expect("taken");
                assert_eq!(receipt.key, id);
                assert!(receipt.duplicate || round == 0);
            }
        }
        let file = BufReader::new(std::fs::File::open(&path).expect("there"));
        let lines: Vec<Message> = read_lines(file).expect("messages");
        assert_eq!(lines, [message("a"), message("b")]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_file_is_an_outbox_or_an_error(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "(\\{\"key\":\"[a-z]{0,3}\"\\}\n){0,3}\\PC{0,9}".prop_map(String::into_bytes),
            ],
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("outbox.jsonl");
            std::fs::write(&path, &bytes).expect("written");
            if let Ok(mut channel) = JsonLines::open(&path, Box::new(RealDisk)) {
                channel.deliver(&message("new-one")).expect("taken");
                drop(channel);
                prop_assert!(JsonLines::open(&path, Box::new(RealDisk)).is_ok());
            }
        }
    }
}
