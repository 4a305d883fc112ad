//! Messages as JSON by HTTP POST.
//!
//! | parameter | default | why |
//! | --- | --- | --- |
//! | path | `/v1/messages` | the version is part of the address |
//! | largest body | 1 MiB | a message is some kB; evidence travels by itself |
//! | time to send a body | 20 s | a slow sender must not hold a place |
//! | stored at a time | 64 | a flood must not take all threads |
//! | age of a signature | 300 s | Standard Webhooks' tolerance |
//!
//! Headers are those of [Standard Webhooks](https://www.standardwebhooks.com): `webhook-id` (the
//! message's key), `webhook-timestamp` (seconds since 1970), `webhook-signature` (`v1,` and the
//! base64 of HMAC-SHA256 over `id.timestamp.body`). The answer is the receipt, or a [`Problem`].

mod answer;
mod open;
mod receiver;
mod sender;
mod signature;
#[cfg(test)]
mod tests;

pub use answer::Problem;
pub use open::open_router;
pub use receiver::{Gate, router};
pub use sender::{Webhook, WebhookError, WebhookOptions};
pub use signature::{SignatureFault, Signed, sign, verify};

/// Where messages are posted.
pub const PATH: &str = "/v1/messages";
/// Header with the message's key.
pub const ID: &str = "webhook-id";
/// Header with the time of signing, seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with the signature.
pub const SIGNATURE: &str = "webhook-signature";

/// A key as a header's value: all but visible ASCII, and `%`, becomes `%` and hexadecimal, as in
/// an address (RFC 3986, 2.1).
pub fn header_of(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
            }
        }
    }
    text
}
