//! Asks a box what time it is, again and again.

use crate::clock::Interval;
use crate::config::ClockPoll;
use crate::stamp::{Stamp, http_date};
use base::SimTime;
use base::clock::{Clock, WallClock};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long an answer may take: one that takes longer tells too little.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest answer read, bytes.
const MOST_BYTES: u64 = 64 << 10;

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Heard {
    /// Where each answer puts the offset, with the asking clock's zero at `wall_zero`.
    pub(crate) round_trips: Vec<Interval>,
    /// Questions without a time for an answer.
    pub(crate) unanswered: u64,
    /// Why, last.
    pub(crate) why: String,
}

/// A thread that asks until it is dropped.
pub(crate) struct Poll {
    heard: Arc<Mutex<Heard>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Poll {
    /// `clock` stood at zero when the machine's clock showed `wall_zero`, nanoseconds since 1970.
    pub(crate) fn start(poll: ClockPoll, clock: WallClock, wall_zero: i64) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let (theirs, stopped) = (Arc::clone(&heard), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let agent = ureq::Agent::new_with_config(
                ureq::Agent::config_builder()
                    .timeout_global(Some(PATIENCE))
                    .build(),
            );
            let mut n = 0;
            while !stopped.load(Ordering::Relaxed) {
                // Not always at the same part of a second: whole seconds tell most when they change.
                n += 1;
                let phase = SimTime(poll.every.0 / 7 * (n % 7));
                let asked = clock.now();
                let answer = ask(&agent, &poll);
                let came = clock.now();
                let mut heard = theirs.lock().unwrap_or_else(PoisonError::into_inner);
                match answer {
                    Ok(stamp) => heard.round_trips.push(Interval {
                        low: stamp.at - stamp.unit / 2 - wall_zero - came.0,
                        high: stamp.at - wall_zero + stamp.unit - asked.0,
                    }),
                    Err(why) => {
                        heard.unanswered += 1;
                        heard.why = why;
                    }
                }
                drop(heard);
                nap(&clock, poll.every + phase, &stopped);
            }
        });
        Self {
            heard,
            stop,
            thread: Some(thread),
        }
    }

    /// What was heard so far.
    pub(crate) fn heard(&self) -> Heard {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn nap(clock: &WallClock, gap: SimTime, stop: &AtomicBool) {
    let until = clock.now() + gap;
    while clock.now() < until && !stop.load(Ordering::Relaxed) {
        clock.wait_until(until.min(clock.now() + SimTime::from_millis(20)));
    }
}

fn ask(agent: &ureq::Agent, poll: &ClockPoll) -> Result<Stamp, String> {
    let mut answer = agent.get(&poll.url).call().map_err(|e| e.to_string())?;
    let Some(pointer) = &poll.time else {
        let date = answer.headers().get("date").and_then(|d| d.to_str().ok());
        return date
            .and_then(http_date)
            .ok_or_else(|| "no `Date` in the answer".to_owned());
    };
    let body = answer.body_mut().with_config().limit(MOST_BYTES);
    let text = body.read_to_string().map_err(|e| e.to_string())?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let time = value.pointer(pointer).and_then(|v| poll.format.read(v));
    time.ok_or_else(|| format!("no time at `{pointer}` of the answer"))
}
