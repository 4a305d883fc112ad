//! `curl` posts, `openssl` signs.

use crate::peers::need;
use crate::support::{Memory, canary, local, run};
use base::clock::unix_seconds;
use base::message::Receipt;
use delivery::webhook::{Gate, Problem, router};
use delivery::{Secret, Server};
use std::sync::Arc;

const KEY: &str = "river-county-key";

fn serve(memory: &Arc<Memory>) -> Server {
    let gate = Gate {
        secrets: vec![Secret::from_text(KEY).expect("a secret")],
        max_bytes: 4096,
        ..Gate::default()
    };
    Server::start(local(0), router(memory.clone(), gate)).expect("serves")
}

/// `v1,` and base64 of the HMAC, by another hand than ours.
fn sign(id: &str, timestamp: i64, body: &str) -> String {
    let content = format!("{id}.{timestamp}.{body}");
    let (ok, tag) = run(
        "openssl",
        &["dgst", "-sha256", "-hmac", KEY, "-binary"],
        content.as_bytes(),
    );
    assert!(ok, "openssl signs");
    let (ok, coded) = run("openssl", &["base64", "-A"], &tag);
    assert!(ok, "openssl encodes");
    format!("v1,{}", String::from_utf8_lossy(&coded).trim())
}

/// Status and body of an answer.
fn post(server: &Server, headers: &[String], body: &str) -> (u16, Vec<u8>) {
    let url = format!("http://{}/v1/messages", server.address());
    let mut arguments = vec!["-s", "-w", "\n%{http_code}", "--data-binary", "@-"];
    for header in headers {
        arguments.extend(["-H", header.as_str()]);
    }
    arguments.push(&url);
    let (ok, output) = run("curl", &arguments, body.as_bytes());
    assert!(ok, "curl gets an answer");
    let at = output.iter().rposition(|b| *b == b'\n').expect("a status");
    let status = String::from_utf8_lossy(&output[at + 1..]).parse();
    (status.expect("a number"), output[..at].to_vec())
}

fn headers(id: &str, timestamp: i64, body: &str) -> Vec<String> {
    vec![
        "content-type: application/json".to_owned(),
        format!("webhook-id: {id}"),
        format!("webhook-timestamp: {timestamp}"),
        format!("webhook-signature: {}", sign(id, timestamp, body)),
    ]
}

#[test]
fn a_message_signed_elsewhere_is_taken_once() {
    need!("curl", "openssl");
    let memory = Arc::new(Memory::default());
    let server = serve(&memory);
    let body = serde_json::to_string(&canary("bend-7")).expect("JSON");
    let headers = headers("bend-7", unix_seconds(), &body);
    for duplicate in [false, true] {
        let (status, answer) = post(&server, &headers, &body);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        let receipt: Receipt = serde_json::from_slice(&answer).expect("a receipt");
        assert_eq!(
            (receipt.key.as_str(), receipt.duplicate),
            ("bend-7", duplicate)
        );
    }
    assert_eq!(memory.keys(), ["bend-7"]);
}

#[test]
fn what_may_not_in_is_told_why() {
    need!("curl", "openssl");
    let memory = Arc::new(Memory::default());
    let server = serve(&memory);
    let body = serde_json::to_string(&canary("bend-7")).expect("JSON");
    let now = unix_seconds();
    let good = headers("bend-7", now, &body);
    let other = serde_json::to_string(&canary("bend-8")).expect("JSON");
    let large = " ".repeat(5000);
    let mut plain = good.clone();
    plain[0] = "content-type: text/plain".to_owned();
    let cases = [
        (good[..1].to_vec(), body.as_str(), 401, false),
        (
            headers("bend-7", now - 3600, &body),
            body.as_str(),
            401,
            false,
        ),
        (good.clone(), other.as_str(), 401, false),
        (headers("bend-7", now, &other), other.as_str(), 400, true),
        (headers("bend-7", now, "{"), "{", 400, true),
        (headers("bend-7", now, &large), large.as_str(), 413, true),
        (plain, body.as_str(), 415, true),
    ];
    for (headers, body, expected, is_final) in cases {
        let (status, answer) = post(&server, &headers, body);
        assert_eq!(status, expected, "{headers:?}");
        let problem: Problem = serde_json::from_slice(&answer).expect("a problem");
        assert_eq!(problem.is_final, is_final, "{}", problem.error);
    }
    assert!(memory.keys().is_empty());
}
