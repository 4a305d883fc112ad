//! Certificates of two days, made by `openssl`.

use crate::support::run;
use std::fs;
use std::path::Path;

/// `name.pem` and `name.key`, of an authority.
pub(crate) fn authority(folder: &Path, name: &str) {
    let (key, pem) = (file(folder, name, "key"), file(folder, name, "pem"));
    let subject = format!("/CN={name}");
    let (ok, _) = run(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            &subject,
            "-keyout",
            &key,
            "-out",
            &pem,
        ],
        b"",
    );
    assert!(ok, "openssl makes an authority");
}

/// `server.pem` and `server.key` for 127.0.0.1, vouched for by `county`.
pub(crate) fn certificate(folder: &Path) {
    let (key, csr) = (file(folder, "server", "key"), file(folder, "server", "csr"));
    let (pem, extensions) = (file(folder, "server", "pem"), file(folder, "server", "ext"));
    let names = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    fs::write(&extensions, names).expect("written");
    let (ok, _) = run(
        "openssl",
        &[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=centre",
            "-keyout",
            &key,
            "-out",
            &csr,
        ],
        b"",
    );
    assert!(ok, "openssl makes a key");
    let (ca, ca_key) = (file(folder, "county", "pem"), file(folder, "county", "key"));
    let (ok, _) = run(
        "openssl",
        &[
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            &ca,
            "-CAkey",
            &ca_key,
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            &extensions,
            "-out",
            &pem,
        ],
        b"",
    );
    assert!(ok, "openssl signs the key");
}

pub(crate) fn file(folder: &Path, name: &str, extension: &str) -> String {
    folder
        .join(name)
        .with_extension(extension)
        .to_string_lossy()
        .into_owned()
}
