//! From detections to tracks: two-stage association and a Kalman filter.
