//! Programs, ports, and a receiver that keeps what it takes.

use base::message::{Body, Message, Receipt};
use delivery::{Intake, Refusal};
use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a program to its end on some input: success, and what it printed.
pub(crate) fn run(program: &str, arguments: &[&str], input: &[u8]) -> (bool, Vec<u8>) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input).expect("takes input");
    drop(stdin);
    let output = child.wait_with_output().expect("ends");
    (output.status.success(), output.stdout)
}

pub(crate) fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A UDP port that is free now.
pub(crate) fn free_udp_port() -> u16 {
    let socket = UdpSocket::bind(local(0)).expect("a port");
    socket.local_addr().expect("an address").port()
}

/// A message.
pub(crate) fn canary(key: &str) -> Message {
    Message {
        key: key.to_owned(),
        origin: "bend".to_owned(),
        at: "2023-09-21T18:10:30+08:00".to_owned(),
        body: Body::Canary { serial: 7 },
        head: None,
    }
}

/// Keeps what it takes, each key once.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Vec<Message>>);

impl Memory {
    pub(crate) fn keys(&self) -> Vec<String> {
        let taken = self.0.lock().expect("no panic");
        taken.iter().map(|m| m.key.clone()).collect()
    }
}

impl Intake for Memory {
    fn take(&self, message: Message) -> Result<Receipt, Refusal> {
        let mut taken = self.0.lock().expect("no panic");
        let key = message.key.clone();
        let duplicate = taken.iter().any(|m| m.key == key);
        if !duplicate {
            taken.push(message);
        }
        Ok(Receipt { key, duplicate })
    }
}
