CREATE TABLE alerts (
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity INTEGER NOT NULL,
    onset INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    decided_at TEXT NOT NULL,
    site TEXT NOT NULL,
    camera TEXT NOT NULL,
    pose TEXT NOT NULL,
    frame_index INTEGER NOT NULL,
    zone TEXT NOT NULL,
    position TEXT,
    lat_lon TEXT,
    position_sigma REAL NOT NULL,
    grid TEXT,
    person TEXT,
    track INTEGER NOT NULL,
    bbox TEXT NOT NULL,
    score REAL NOT NULL,
    model_sha256 TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    latency TEXT NOT NULL
) STRICT;
CREATE TABLE evidence (
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    serial INTEGER NOT NULL,
    path TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    blake3 TEXT NOT NULL,
    PRIMARY KEY (alert_id, serial)
) STRICT;
CREATE TABLE transitions (
    serial INTEGER PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL
) STRICT;
CREATE INDEX transitions_by_alert ON transitions (alert_id, serial);
CREATE TRIGGER transitions_stay BEFORE UPDATE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TRIGGER transitions_are_kept BEFORE DELETE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TABLE outbox (
    alert_id TEXT PRIMARY KEY REFERENCES alerts (id),
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    delivered_at INTEGER
) STRICT;
PRAGMA user_version = 1;
INSERT INTO alerts VALUES
    (1, 'a', 'u', 'illegal_angling', 1, 0, 30000000000, '2023-09-21T18:10:30+08:00', 'bend', 'hd-1',
     '{"position":{"east":0.0,"north":0.0,"up":30.0},"heading":0.0,"pitch":8.0,"roll":0.0}', -1, 'reach',
     '{"east":5.0,"north":200.0,"up":0.0}', '{"lat":25.8018,"lon":114.5}', 4.0, 'g-2', 'Liu',
     -9223372036854775808, '{"x0":1.0,"y0":2.0,"x1":3.0,"y1":4.0}', 0.800000011920929,
     '0000000000000000000000000000000000000000000000000000000000000000', 'rules-0',
     '{"exposed":30000000000,"received":null,"queued":null,"inferred":null,"tracked":null,"confirmed":null,"evidence_stored":null,"sent":null,"received_by_centre":null,"pushed":null,"acknowledged":null}'),
    (2, 'b', 'u', 'illegal_angling', 1, 0, 30000000000, '2023-09-21T18:10:30+08:00', 'bend', 'hd-1',
     '{"position":{"east":0.0,"north":0.0,"up":30.0},"heading":0.0,"pitch":8.0,"roll":0.0}', 150, 'reach',
     NULL, NULL, 4.0, NULL, NULL, 1, '{"x0":1.0,"y0":2.0,"x1":3.0,"y1":4.0}', 0.800000011920929,
     '0000000000000000000000000000000000000000000000000000000000000000', 'rules-0',
     '{"exposed":30000000000,"received":null,"queued":null,"inferred":null,"tracked":null,"confirmed":null,"evidence_stored":null,"sent":null,"received_by_centre":null,"pushed":null,"acknowledged":null}');
INSERT INTO evidence VALUES
    ('a', 1, 'evidence/a-snapshot_boxes.png', 'snapshot_boxes', 20,
     'abababababababababababababababababababababababababababababababab'),
    ('a', 0, 'evidence/a-snapshot.png', 'snapshot', 14,
     'abababababababababababababababababababababababababababababababab');
INSERT INTO transitions VALUES
    (1, 'a', 30000000000, 'system', 'rule illegal_angling', NULL, 'open'),
    (2, 'b', 30000000000, 'system', 'rule illegal_angling', NULL, 'open'),
    (3, 'a', 40000000000, 'Liu', 'seen', 'open', 'acknowledged');
INSERT INTO outbox
    SELECT id, json_object('id', id, 'kind', kind, 'severity', severity, 'onset', onset,
        'decided', decided, 'decided_at', decided_at, 'site', site, 'camera', camera,
        'pose', json(pose), 'frame_index', 150, 'zone', zone, 'position', json(position),
        'lat_lon', json(lat_lon), 'position_sigma', position_sigma, 'grid', grid, 'person', person,
        'track', 1, 'bbox', json(bbox), 'score', score, 'model_sha256', model_sha256,
        'rules_version', rules_version, 'evidence', json('[]'), 'latency', json(latency)),
        3, 'away', iif(id = 'a', 31000000000, NULL)
    FROM alerts;
