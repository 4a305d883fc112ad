//! Ways out of the outbox.
//!
//! Delivery is at least once: an alert leaves the outbox only on a receipt that names it, so a
//! crash in between sends it again, and the receiver tells by the alert's id that it has it.

use crate::disk::Disk;
use base::Alert;
use base::trace::{LineError, read_lines};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A receiver's word that it has an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The alert.
    pub id: String,
    /// It had it before.
    pub duplicate: bool,
}

/// Why an alert was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The file cannot be written or read.
    #[error("outbox file {}: free space or choose another folder", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file holds something that is no alert.
    #[error("outbox file {} is not one: move it away", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line.
        #[source]
        source: LineError,
    },
    /// The alert cannot be written as JSON.
    #[error("alert `{id}` cannot be written as JSON")]
    Encode {
        /// The alert.
        id: String,
        /// What the encoder said.
        #[source]
        source: serde_json::Error,
    },
    /// The receiver is away or says no.
    #[error("channel `{channel}` did not take alert `{id}`: {why}")]
    Refused {
        /// The channel.
        channel: String,
        /// The alert.
        id: String,
        /// What it said.
        why: String,
    },
    /// The receipt names another alert.
    #[error("sent alert `{sent}`, the receipt names `{got}`")]
    WrongReceipt {
        /// What was sent.
        sent: String,
        /// What came back.
        got: String,
    },
}

/// A way to a receiver.
pub trait Channel: Send {
    /// Sends an alert and waits for the receipt. The alert's id is the idempotency key.
    fn deliver(&mut self, alert: &Alert) -> Result<Receipt, DeliveryError>;
}

/// One alert a line in a file; its receipt is that the line is on the medium.
pub struct JsonLines {
    path: PathBuf,
    disk: Box<dyn Disk>,
    present: BTreeSet<String>,
}

/// What of a line tells whether an alert is there.
#[derive(Deserialize)]
struct Key {
    id: String,
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

/// The ids in the file, after cutting off what follows its last line end.
fn read_keys(path: &Path) -> io::Result<Result<BTreeSet<String>, LineError>> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    if whole < bytes.len() {
        file.set_len(whole as u64)?;
        file.sync_all()?;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(
        read_lines::<Key>(BufReader::new(file))
            .map(|keys| keys.into_iter().map(|k| k.id).collect()),
    )
}

impl Channel for JsonLines {
    fn deliver(&mut self, alert: &Alert) -> Result<Receipt, DeliveryError> {
        if self.present.contains(&alert.id) {
            return Ok(Receipt {
                id: alert.id.clone(),
                duplicate: true,
            });
        }
        let mut line = serde_json::to_vec(alert).map_err(|source| DeliveryError::Encode {
            id: alert.id.clone(),
            source,
        })?;
        line.push(b'\n');
        self.disk
            .append(&self.path, &line)
            .map_err(|source| DeliveryError::File {
                path: self.path.clone(),
                source,
            })?;
        self.present.insert(alert.id.clone());
        Ok(Receipt {
            id: alert.id.clone(),
            duplicate: false,
        })
    }
}
