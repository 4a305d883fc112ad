//! A model server over real HTTP, honest and not.

use base::{Frame, SimTime};
use detect::{DetectError, Detector};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Manner {
    Binary,
    Json,
    Status500,
    NoJson,
    WrongCount,
    Mute,
    /// Good once, then gone.
    HangUp,
}

/// One request: its JSON and its tensor.
fn read_request(stream: &TcpStream) -> Option<(serde_json::Value, Vec<f32>)> {
    let mut input = BufReader::new(stream);
    let (mut length, mut header_length) = (0, 0);
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        let value = |name: &str| line.strip_prefix(name)?.trim().parse::<usize>().ok();
        length = value("content-length:").unwrap_or(length);
        header_length = value("inference-header-content-length:").unwrap_or(header_length);
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    let json = serde_json::from_slice(&body[..header_length]).ok()?;
    let (numbers, _) = body[header_length..].as_chunks::<4>();
    Some((
        json,
        numbers.iter().map(|b| f32::from_le_bytes(*b)).collect(),
    ))
}

fn respond(mut stream: &TcpStream, status: &str, header_length: Option<usize>, body: &[u8]) {
    let extra = header_length.map_or_else(String::new, |n| {
        format!("Inference-Header-Content-Length: {n}\r\n")
    });
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n",
        body.len()
    );
    drop(
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body)),
    );
}

/// Serves `n` requests on a port of its own, in the manner told after the first (the trial).
fn serve(manner: Manner, n: usize) -> (String, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://{}/v2/models/spots",
        listener.local_addr().expect("an address")
    );
    let server = thread::spawn(move || {
        let mut held = Vec::new();
        let mut n_served = 0;
        for (i, stream) in listener.incoming().take(n).enumerate() {
            let stream = stream.expect("a connection");
            let Some((json, tensor)) = read_request(&stream) else {
                continue;
            };
            n_served += 1;
            assert_eq!(json["inputs"][0]["name"], "images");
            assert_eq!(
                json["inputs"][0]["shape"],
                serde_json::json!([1, 3, 32, 32])
            );
            assert_eq!(tensor.len(), 3 * 32 * 32);
            let brightest = tensor[..1024].iter().copied().fold(0.0, f32::max);
            // One box of the yolov8 head: x, y, w, h, score of the class.
            let row = [16.0, 8.0, 10.0, 6.0, brightest / 255.0];
            let manner = if i == 0 { Manner::Binary } else { manner };
            match manner {
                Manner::Binary | Manner::WrongCount => {
                    let shape = if manner == Manner::Binary {
                        [1, 1, 5]
                    } else {
                        [1, 2, 5]
                    };
                    let header = serde_json::json!({"model_name": "spots", "outputs": [{
                        "name": "out", "datatype": "FP32", "shape": shape,
                        "parameters": {"binary_data_size": 20}}]})
                    .to_string();
                    let mut body = header.as_bytes().to_vec();
                    body.extend(row.iter().flat_map(|v: &f32| v.to_le_bytes()));
                    respond(&stream, "200 OK", Some(header.len()), &body);
                }
                Manner::Json => {
                    let body = serde_json::json!({"outputs": [{"name": "out", "datatype": "FP32",
                        "shape": [1, 1, 5], "data": row}]})
                    .to_string();
                    respond(&stream, "200 OK", None, body.as_bytes());
                }
                Manner::Status500 => respond(&stream, "500 Oh no", None, b"out of memory"),
                Manner::NoJson => respond(&stream, "200 OK", None, b"<html>hello</html>"),
                Manner::Mute => held.push(stream),
                Manner::HangUp => drop(stream),
            }
        }
        // Silence lasts until the other side has had enough.
        for mut stream in held {
            drop(stream.read_to_end(&mut Vec::new()));
        }
        n_served
    });
    (url, server)
}

fn load(folder: &Path, url: &str) -> Result<Box<dyn Detector>, adapter::AdapterError> {
    let text = format!(
        "[detector]\nname = \"spots\"\nservice = \"{url}\"\n[input]\nwidth = 32\nheight = 32\n\
         [head]\nkind = \"yolov8\"\n[classes]\nnames = [\"spot\"]\nmap = {{ spot = \"boat\" }}\n\
         [limits]\ntimeout_s = 0.4\n"
    );
    std::fs::write(folder.join("detector.toml"), text).expect("written");
    adapter::load(folder)
}

fn white() -> Frame {
    Frame {
        camera: "hd-1".into(),
        frame_index: 4,
        due: SimTime::ZERO,
        width: 64,
        height: 64,
        rgb: vec![255; 64 * 64 * 3].into(),
    }
}

#[test]
fn tensors_go_there_and_boxes_come_back() {
    for manner in [Manner::Binary, Manner::Json] {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, server) = serve(manner, 3);
        let mut detector = load(folder.path(), &url).expect("stands its trial");
        let mut copy = detector.try_clone().expect("a copy");
        for detector in [&mut detector, &mut copy] {
            let found = detector.detect(&white()).expect("an answer");
            assert_eq!(found.len(), 1, "{manner:?}");
            let b = found[0].bbox;
            // Twice the network's pixels.
            assert_eq!([b.x0, b.y0, b.x1, b.y1], [22.0, 10.0, 42.0, 22.0]);
        }
        assert_eq!(server.join().expect("ends"), 3);
    }
}

#[test]
fn whatever_it_does_the_fault_has_a_name() {
    let cases = [
        (
            Manner::Status500,
            "the service answers 500 Internal Server Error: out of memory",
        ),
        (Manner::NoJson, "its answer is not one"),
        (
            Manner::WrongCount,
            "is of shape [1, 2, 5] but has 5 numbers",
        ),
        (Manner::Mute, "no answer within 0.400 s"),
        (Manner::HangUp, "the network failed to run"),
    ];
    for (manner, what) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, server) = serve(manner, 2);
        let mut detector = load(folder.path(), &url).expect("stands its trial");
        let error = detector.detect(&white()).expect_err("no answer");
        let DetectError::Backend { source, .. } = &error else {
            panic!("{error}");
        };
        assert!(source.to_string().contains(what), "{manner:?}: {source}");
        drop(server);
    }
}

#[test]
fn a_service_that_is_not_there_is_named_with_its_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address");
    let url = format!("http://{free}/v2/models/spots");
    let error = load(folder.path(), &url).err().expect("refused");
    assert!(error.to_string().contains(&url), "{error}");
}
