//! What a centre knows, in one SQLite file.
//!
//! Write-ahead log, `synchronous = FULL`: what a batch has committed survives a power cut. A batch is
//! one transaction of several inputs, each of which leaves all of its rows or none ([`Book::each`]):
//! one fsync for as many messages as came while the last one was being written.
//!
//! Steps and assignments are append-only by triggers. Spans and deadlines are instants of the desk's
//! time line ([`crate::clock`]), wall-clock instants are for people.

mod cases;
mod error;
mod notes;
mod outbox;
mod schema;
#[cfg(test)]
mod tests;

pub use cases::{Assignment, Case, Filter, Found, Hold};
pub use error::StoreError;
pub use notes::{ActiveFault, Silence};
pub use outbox::{Depth, Destination, Outgoing};

use crate::clock::Mark;
use base::SimTime;
use base::clock::Reading;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The store.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens a file, making it and its folder if need be.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
                path: folder.to_owned(),
                source,
            })?;
        }
        let connection = Connection::open(path).map_err(|e| StoreError::sql(path, e))?;
        Self::prepared(connection, path)
    }

    /// A store that ends with the process, for rehearsals.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = Path::new(":memory:");
        let connection = Connection::open_in_memory().map_err(|e| StoreError::sql(path, e))?;
        Self::prepared(connection, path)
    }

    fn prepared(mut connection: Connection, path: &Path) -> Result<Self, StoreError> {
        let sql = |e| StoreError::sql(path, e);
        connection
            .busy_timeout(Duration::from_secs(5))
            .map_err(sql)?;
        connection.set_prepared_statement_cache_capacity(128);
        schema::prepare(&mut connection, path)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// A second way into the same file that cannot write.
    pub fn reader(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|e| StoreError::sql(path, e))?;
        connection
            .busy_timeout(Duration::from_secs(5))
            .map_err(|e| StoreError::sql(path, e))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// Reads the whole file and checks that its pages fit together: seconds for each gigabyte, so
    /// it is done beside the work, not before it.
    pub fn check(&self) -> Result<(), StoreError> {
        let found: String = self.sql(self.connection.query_row(
            "PRAGMA quick_check(1)",
            [],
            |row| row.get(0),
        ))?;
        if found == "ok" {
            return Ok(());
        }
        Err(StoreError::Damaged {
            path: self.path.clone(),
            found,
        })
    }

    /// Lets the file grow by no more than so many pages, as a disk that fills up would.
    pub fn limit_growth(&self, pages: u32) -> Result<(), StoreError> {
        let present: i64 = self.sql(
            self.connection
                .query_row("PRAGMA page_count", [], |r| r.get(0)),
        )?;
        self.sql(
            self.connection
                .pragma_update(None, "max_page_count", present + i64::from(pages)),
        )
    }

    fn sql<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|e| StoreError::sql(&self.path, e))
    }

    /// Its rows as they are, to read.
    pub fn book(&self) -> Book<'_> {
        Book {
            connection: &self.connection,
            path: &self.path,
        }
    }

    /// One transaction: what `work` wrote and the mark are on the medium when this returns, or
    /// nothing of it is.
    pub fn batch<T>(
        &mut self,
        mark: &Mark,
        work: impl FnOnce(&Book<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        self.sql(begun)?;
        let book = self.book();
        let done = work(&book).and_then(|value| {
            book.still_open()?;
            book.set_mark(mark)?;
            book.sql(self.connection.execute_batch("COMMIT"))?;
            Ok(value)
        });
        if done.is_err() && !self.connection.is_autocommit() {
            let undone = self.connection.execute_batch("ROLLBACK");
            self.sql(undone)?;
        }
        done
    }
}

/// The rows of a store, within a transaction or outside any.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    connection: &'a Connection,
    path: &'a Path,
}

impl Book<'_> {
    fn sql<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|e| StoreError::sql(self.path, e))
    }

    fn run(&self, statement: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        let done = self
            .connection
            .prepare_cached(statement)
            .and_then(|mut s| s.execute(values));
        self.sql(done)
    }

    fn one<T>(
        &self,
        statement: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let row = self
            .connection
            .prepare_cached(statement)
            .and_then(|mut s| s.query_row(values, read).optional());
        self.sql(row)
    }

    fn all<T>(
        &self,
        statement: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self
            .connection
            .prepare_cached(statement)
            .and_then(|mut s| s.query_map(values, read)?.collect());
        self.sql(rows)
    }

    fn unreadable(&self, what: &str) -> StoreError {
        StoreError::Row {
            path: self.path.to_owned(),
            what: what.to_owned(),
        }
    }

    /// On a full or failing disk SQLite may end the whole transaction: what came before in the
    /// batch is undone, and nothing may be written outside it.
    fn still_open(&self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            let path = self.path.to_owned();
            return Err(StoreError::Undone { path });
        }
        Ok(())
    }

    /// Does all that `work` writes or, when it fails, nothing of it; the batch goes on.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn each<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.still_open()?;
        self.sql(self.connection.execute_batch("SAVEPOINT input"))?;
        let done = work();
        // A full disk may already have ended the whole transaction.
        if self.connection.is_autocommit() {
            return done;
        }
        let end = if done.is_ok() {
            "RELEASE input"
        } else {
            "ROLLBACK TO input; RELEASE input"
        };
        self.sql(self.connection.execute_batch(end))?;
        done
    }

    /// Whether a message with this key has been taken.
    pub fn knows(&self, key: &str) -> Result<bool, StoreError> {
        let row = self.one("SELECT 1 FROM keys WHERE key = ?1", [key], |_| Ok(()))?;
        Ok(row.is_some())
    }

    /// Notes a key as taken; false when it was already.
    pub fn take_key(&self, key: &str, at: SimTime) -> Result<bool, StoreError> {
        let changed = self.run(
            "INSERT INTO keys VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![key, at.0],
        )?;
        Ok(changed == 1)
    }

    /// Where the time line was when something was last written.
    pub fn mark(&self) -> Result<Option<Mark>, StoreError> {
        self.one("SELECT at, up, boot, wall FROM mark", [], |r| {
            Ok(Mark {
                at: SimTime(r.get(0)?),
                reading: Reading {
                    up: SimTime(r.get(1)?),
                    boot: r.get(2)?,
                    wall: r.get(3)?,
                },
            })
        })
    }

    fn set_mark(&self, mark: &Mark) -> Result<(), StoreError> {
        let reading = &mark.reading;
        self.run(
            "INSERT OR REPLACE INTO mark VALUES (0, ?1, ?2, ?3, ?4)",
            params![mark.at.0, reading.up.0, reading.boot, reading.wall],
        )
        .map(drop)
    }
}
