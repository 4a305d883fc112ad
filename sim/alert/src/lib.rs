//! From tracks to events to alerts: rules, evidence, store, routing, delivery.
