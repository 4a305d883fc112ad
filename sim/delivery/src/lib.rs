//! Ways out of an outbox and into a centre: webhook, MQTT, GB/T 28181, files. No rule, no store.
