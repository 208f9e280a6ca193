-- The first store: archive, artefacts, journal, projections. Archive, artefacts and journal only grow; projections may be dropped.

CREATE TABLE archive (
    position INTEGER PRIMARY KEY CHECK (position >= 0),
    time_ms  INTEGER NOT NULL CHECK (time_ms >= 0),
    salt     BLOB NOT NULL CHECK (length(salt) = 32),
    event    BLOB NOT NULL,
    identity BLOB NOT NULL CHECK (length(identity) = 32)
) STRICT;
CREATE INDEX archive_by_identity ON archive (identity, position);

CREATE TABLE artefact (
    number INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    data   BLOB NOT NULL
) STRICT;

CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    kind     TEXT NOT NULL,
    name     BLOB NOT NULL,
    body     BLOB NOT NULL,
    mac      BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;
CREATE INDEX journal_by_name ON journal (kind, name, sequence);

CREATE TABLE projected (
    projection TEXT PRIMARY KEY,
    size       INTEGER NOT NULL CHECK (size >= 0)
) STRICT;
CREATE TABLE projection (
    projection TEXT NOT NULL REFERENCES projected (projection) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    value      BLOB NOT NULL,
    PRIMARY KEY (projection, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER archive_is_not_changed BEFORE UPDATE ON archive BEGIN SELECT RAISE(ABORT, 'archive only grows'); END;
CREATE TRIGGER archive_is_not_cut BEFORE DELETE ON archive BEGIN SELECT RAISE(ABORT, 'archive only grows'); END;
CREATE TRIGGER artefact_is_not_changed BEFORE UPDATE ON artefact BEGIN SELECT RAISE(ABORT, 'artefacts only grow'); END;
CREATE TRIGGER artefact_is_not_cut BEFORE DELETE ON artefact BEGIN SELECT RAISE(ABORT, 'artefacts only grow'); END;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal only grows'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal only grows'); END;
