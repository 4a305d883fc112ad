//! HTTPS, ended by `openssl s_server` with certificates made here.

use crate::certificates::{authority, certificate, file};
use crate::peers::{free_port, need};
use crate::support::{Memory, Running, canary, local, run};
use base::message::{Channel as _, DeliveryError};
use delivery::Server;
use delivery::webhook::{Gate, Webhook, WebhookOptions, router};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// One connection of TLS, carried on to a server without it. The port, once it listens.
fn terminate(folder: &Path, to: &Server) -> (Running, u16) {
    let port = free_port();
    let mut child = Command::new("openssl")
        .args(["s_server", "-quiet", "-accept"])
        .arg(format!("127.0.0.1:{port}"))
        .args(["-cert", &file(folder, "server", "pem")])
        .args(["-key", &file(folder, "server", "key")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (mut input, mut output) = (input.expect("a pipe"), output.expect("a pipe"));
    let mut plain = TcpStream::connect(to.address()).expect("connects");
    let mut back = plain.try_clone().expect("a handle");
    thread::spawn(move || forward(&mut output, &mut plain));
    thread::spawn(move || forward(&mut back, &mut input));
    let running = Running(child);
    for _ in 0..200 {
        let (_, sockets) = run("cat", &["/proc/net/tcp"], b"");
        if String::from_utf8_lossy(&sockets)
            .contains(&format!("0100007F:{port:04X} 00000000:0000 0A"))
        {
            return (running, port);
        }
        thread::park_timeout(Duration::from_millis(50));
    }
    panic!("openssl does not listen");
}

fn forward(from: &mut impl Read, to: &mut impl Write) {
    let mut buffer = [0; 4096];
    let mut step = || -> io::Result<bool> {
        let n = from.read(&mut buffer)?;
        to.write_all(&buffer[..n])?;
        to.flush()?;
        Ok(n > 0)
    };
    while matches!(step(), Ok(true)) {}
}

#[test]
fn a_receiver_is_believed_only_with_a_certificate_of_the_right_authority() {
    need!("openssl", "cat");
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["county", "stranger"] {
        authority(folder.path(), name);
    }
    certificate(folder.path());
    let memory = Arc::new(Memory::default());
    let server = Server::start(local(0), router(memory.clone(), Gate::default()));
    let server = server.expect("serves");
    let deliver = |authority: Option<&str>, host: &str| {
        let (_running, port) = terminate(folder.path(), &server);
        let ca = authority.map(|name| {
            let path = folder.path().join(name).with_extension("pem");
            WebhookOptions::read_ca(&path).expect("certificates")
        });
        let mut hook = Webhook::new(WebhookOptions {
            name: "county".to_owned(),
            url: format!("https://{host}:{port}/v1/messages"),
            timeout: Duration::from_secs(20),
            ca,
            secret: None,
        });
        hook.deliver(&canary("a"))
    };
    for (authority, host) in [
        (Some("stranger"), "127.0.0.1"),
        (None, "127.0.0.1"),
        (Some("county"), "localhost"),
    ] {
        let error = deliver(authority, host).expect_err("not to be believed");
        assert!(matches!(error, DeliveryError::Refused { .. }), "{error}");
        let told = error.to_string().to_lowercase();
        assert!(told.contains("certificate"), "{authority:?} {host}: {told}");
        assert!(memory.keys().is_empty());
    }
    let receipt = deliver(Some("county"), "127.0.0.1").expect("the right one");
    assert_eq!(receipt.key, "a");
    assert_eq!(memory.keys(), ["a"]);
}
