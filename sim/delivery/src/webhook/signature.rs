//! Signatures against forgery and replay.

use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// Most signatures looked at in one header.
const MAX_SIGNATURES: usize = 8;

/// What is signed: key of the message, time of signing, body.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// Value of `webhook-id`.
    pub id: &'a str,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// The bytes of the body.
    pub body: &'a [u8],
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// A header is missing.
    #[error("`webhook-id`, `webhook-timestamp` and `webhook-signature` are needed")]
    Missing,
    /// The timestamp is no number.
    #[error("`webhook-timestamp` is not seconds since 1970")]
    Timestamp,
    /// The timestamp is too old or ahead: a replay, or a clock that is off.
    #[error("`webhook-timestamp` is {0} s off: set the clock of sender or receiver")]
    Stale(i64),
    /// No signature is by a key known here.
    #[error("the signature is by none of the keys known here")]
    Wrong,
}

fn content(signed: Signed<'_>) -> Vec<u8> {
    let mut content = format!("{}.{}.", signed.id, signed.timestamp).into_bytes();
    content.extend_from_slice(signed.body);
    content
}

/// Value of `webhook-signature`.
pub fn sign(secret: &Secret, signed: Signed<'_>) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
    let tag = hmac::sign(&key, &content(signed));
    format!("v1,{}", STANDARD.encode(tag))
}

/// Whether any of the signatures in `header` (separated by spaces) is by any of the secrets, and
/// made within `tolerance` seconds of `now`. Takes the same time for a near and a far miss.
pub fn verify(
    secrets: &[Secret],
    signed: Signed<'_>,
    header: &str,
    now: i64,
    tolerance: i64,
) -> Result<(), SignatureFault> {
    let off = now.saturating_sub(signed.timestamp);
    if off.saturating_abs() > tolerance {
        return Err(SignatureFault::Stale(off));
    }
    let content = content(signed);
    let tags: Vec<Vec<u8>> = header
        .split_ascii_whitespace()
        .take(MAX_SIGNATURES)
        .filter_map(|word| STANDARD.decode(word.strip_prefix("v1,")?).ok())
        .collect();
    let known = secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
        tags.iter()
            .any(|tag| hmac::verify(&key, &content, tag).is_ok())
    });
    if known {
        Ok(())
    } else {
        Err(SignatureFault::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret(text: &str) -> Secret {
        Secret::from_text(text).expect("a secret")
    }

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn the_published_example_comes_out() {
        let secret = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = Signed {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: br#"{"test": 2432232314}"#,
        };
        let signature = sign(&secret, signed);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let header = format!("v1,AAAA v2,{signature} {signature}");
        assert_eq!(
            verify(&[secret], signed, &header, 1_614_265_330 + 299, 300),
            Ok(())
        );
    }

    proptest! {
        #[test]
        fn any_change_is_found(
            body in prop::collection::vec(any::<u8>(), 1..40),
            at in any::<prop::sample::Index>(),
            bit in 0u8..8,
            later in -400i64..400,
        ) {
            let secret = secret("a secret of a county");
            let signed = Signed { id: "k", timestamp: 1000, body: &body };
            let header = sign(&secret, signed);
            let secrets = [self::secret("an older secret"), secret];
            let fresh = verify(&secrets, signed, &header, 1000 + later, 300);
            prop_assert_eq!(fresh.is_ok(), later.abs() <= 300);
            let mut other = body.clone();
            other[at.index(body.len())] ^= 1 << bit;
            let forged = Signed { body: &other, ..signed };
            prop_assert_eq!(verify(&secrets, forged, &header, 1000, 300), Err(SignatureFault::Wrong));
            let again = Signed { timestamp: 1001, ..signed };
            prop_assert_eq!(verify(&secrets, again, &header, 1001, 300), Err(SignatureFault::Wrong));
            prop_assert!(verify(&secrets[..1], signed, &header, 1000, 300).is_err());
        }

        #[test]
        fn any_header_is_no_panic(header in "\\PC{0,60}", now in any::<i64>(), timestamp in any::<i64>()) {
            let signed = Signed { id: "k", timestamp, body: b"" };
            prop_assert!(verify(&[secret("another secret")], signed, &header, now, 300).is_err());
        }
    }
}
