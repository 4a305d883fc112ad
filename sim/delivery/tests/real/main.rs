//! Delivery against programs that are not ours: mosquitto, SIPp, curl, openssl.
//!
//! A test whose program is missing says so and passes, unless `RIVERGAUGE_PEERS=required` is set.

mod certificates;
mod curl;
mod mosquitto;
mod peers;
mod sipp;
mod support;
mod tls;
