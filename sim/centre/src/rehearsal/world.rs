//! The run: events in order of (time, serial), and what each brings about.

use super::node::{Fate, From, Job, Node, Reply};
use super::people::{SITES, Site, alert, answers, centres, fault};
use super::{Counts, Mutation, Outcome, check};
use crate::desk::{Act, Sent};
use crate::store::{Destination, Outgoing};
use base::message::{Body, Message, Receipt};
use base::{Dice, Seed, SimTime, Stream};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Trouble ends here.
pub(super) const HEALED: SimTime = SimTime::from_secs(7200);
/// Nobody does anything any more; what is under way still arrives.
const QUIET: SimTime = SimTime::from_secs(7200 + 6000);
/// How long a sender waits for a receipt.
const PATIENCE: SimTime = SimTime::from_secs(10);
/// How long a batch takes: collecting, writing, fsync.
const BATCH: SimTime = SimTime::from_millis(5);
/// Between a site's tries.
const SITE_RETRY: SimTime = SimTime::from_secs(15);
/// More events than this and something goes round in circles.
const MAX_EVENTS: u64 = 200_000;

#[derive(Debug)]
enum What {
    Raise(usize, usize),
    Fault(usize, usize, bool),
    SiteSends(usize),
    Arrives(usize, Box<Message>, From),
    ReachesPerson(String, Box<Message>, From),
    Receipted(From, Receipt),
    TimesOut(usize, u32, i64),
    Works(usize, u32),
    Wakes(usize, u32),
    Acts(usize, Act),
    Dies(usize, bool),
    Starts(usize),
    ClockSteps(usize, SimTime),
}

/// A link between two of centres, sites and people, by name.
type Link = (String, String);

pub(super) struct World {
    now: SimTime,
    serial: u64,
    queue: BinaryHeap<Reverse<(SimTime, u64)>>,
    events: BTreeMap<u64, What>,
    dice: Dice,
    hasher: blake3::Hasher,
    pub(super) nodes: Vec<Node>,
    pub(super) sites: Vec<Site>,
    parted: BTreeMap<Link, Vec<(SimTime, SimTime)>>,
    /// What each person was told, by `centre/person`.
    heard: BTreeSet<(String, String)>,
    answered: BTreeSet<String>,
    /// Steps of people that the centre said were done.
    pub(super) done: Vec<(usize, Act)>,
    pub(super) counts: Counts,
    mutation: Mutation,
    stuck: bool,
}

/// Runs one seed; `trace` is told every event.
///
/// # Errors
/// When the rehearsal itself cannot be set up: a defect of ours.
pub fn rehearse(
    seed: Seed,
    mutation: Mutation,
    trace: &mut dyn FnMut(&str),
) -> Result<Outcome, String> {
    let mut nodes = Vec::new();
    for (text, superior) in centres() {
        nodes.push(Node::new(&text, superior, mutation)?);
    }
    let mut world = World {
        now: SimTime::ZERO,
        serial: 0,
        queue: BinaryHeap::new(),
        events: BTreeMap::new(),
        dice: seed.stream(Stream::Cascade, 0, 0),
        hasher: blake3::Hasher::new(),
        nodes,
        sites: SITES.iter().map(|_| Site::default()).collect(),
        parted: BTreeMap::new(),
        heard: BTreeSet::new(),
        answered: BTreeSet::new(),
        done: Vec::new(),
        counts: Counts::default(),
        mutation,
        stuck: false,
    };
    world.plan();
    world.run(trace);
    let mut problems = check::problems(&world)?;
    if world.stuck {
        problems.push(format!("no end after {MAX_EVENTS} events"));
    }
    Ok(Outcome {
        seed,
        hash: world.hasher.finalize().to_hex().to_string(),
        problems,
        counts: world.counts,
    })
}

impl World {
    fn at(&mut self, at: SimTime, what: What) {
        self.serial += 1;
        self.events.insert(self.serial, what);
        self.queue.push(Reverse((at, self.serial)));
    }

    fn after(&mut self, span: SimTime, what: What) {
        self.at(self.now + span, what);
    }

    fn seconds(&mut self, from: f64, to: f64) -> SimTime {
        SimTime::from_secs_f64(self.dice.range(from, to))
    }

    /// Draws what goes wrong and when.
    fn plan(&mut self) {
        let n_centres = self.nodes.len();
        for node in 0..n_centres {
            self.at(SimTime::ZERO, What::Starts(node));
        }
        let n_alerts = 6 + self.dice.below(7) as usize;
        for n in 0..n_alerts {
            let site = self.dice.below(SITES.len() as u64) as usize;
            let at = self.seconds(5.0, 6600.0);
            self.at(at, What::Raise(site, n));
        }
        if self.dice.chance(0.3) {
            let site = self.dice.below(SITES.len() as u64) as usize;
            let at = self.seconds(5.0, 5000.0);
            let over = at + self.seconds(60.0, 3000.0);
            self.at(at, What::Fault(site, 0, false));
            self.at(over, What::Fault(site, 0, true));
        }
        let mut links: Vec<Link> = Vec::new();
        for (site, centre) in SITES {
            links.push((site.to_owned(), self.nodes[centre].id().to_owned()));
        }
        for node in &self.nodes {
            let id = node.id().to_owned();
            if let Some(superior) = node.superior {
                links.push((id.clone(), self.nodes[superior].id().to_owned()));
            }
            for person in &node.desk.config().people {
                links.push((id.clone(), format!("{id}/{}", person.id)));
            }
        }
        for link in links {
            if !self.dice.chance(0.45) {
                continue;
            }
            let n = 1 + self.dice.below(2);
            let mut periods = Vec::new();
            for _ in 0..n {
                let from = self.seconds(0.0, 6000.0);
                let until = from + self.seconds(10.0, 2400.0);
                periods.push((from, until.min(HEALED)));
            }
            self.parted.insert(link, periods);
        }
        for _ in 0..self.dice.below(5) {
            let node = self.dice.below(n_centres as u64) as usize;
            let power = self.dice.chance(0.5);
            let at = self.seconds(60.0, 7000.0);
            self.at(at, What::Dies(node, power));
        }
        for _ in 0..self.dice.below(5) {
            let node = self.dice.below(n_centres as u64) as usize;
            let at = self.seconds(60.0, 7000.0);
            let step = self.clock_step();
            self.at(at, What::ClockSteps(node, step));
        }
    }

    /// An hour back or forth, or something less.
    fn clock_step(&mut self) -> SimTime {
        let hour = if self.dice.chance(0.5) {
            3600.0
        } else {
            -3600.0
        };
        let part = if self.dice.chance(0.5) {
            1.0
        } else {
            self.dice.unit()
        };
        SimTime::from_secs_f64(hour * part)
    }

    fn run(&mut self, trace: &mut dyn FnMut(&str)) {
        while let Some(Reverse((at, serial))) = self.queue.pop() {
            let Some(what) = self.events.remove(&serial) else {
                continue;
            };
            self.now = at;
            self.counts.events += 1;
            if self.counts.events > MAX_EVENTS {
                self.stuck = true;
                return;
            }
            let line = format!("{} {what:?}", at.0);
            self.hasher.update(line.as_bytes());
            trace(&line);
            self.happen(what);
        }
    }

    fn happen(&mut self, what: What) {
        match what {
            What::Raise(site, n) => {
                let message = alert(site, n, &mut self.dice);
                self.counts.alerts += 1;
                self.sites[site].raised.insert(message.key.clone());
                self.offer(site, message);
            }
            What::Fault(site, n, cleared) => self.offer(site, fault(site, n, cleared)),
            What::SiteSends(site) => self.site_sends(site),
            What::Arrives(node, message, from) => {
                if self.nodes[node].is_up() {
                    self.give(node, Job::Receive(message, from));
                }
            }
            What::ReachesPerson(person, message, from) => {
                self.person_hears(&person, &message, from);
            }
            What::Receipted(from, receipt) => self.receipted(from, receipt),
            What::TimesOut(node, life, serial) => {
                if self.nodes[node].life == life && self.nodes[node].in_flight.contains(&serial) {
                    let sent = Sent::Failed("no receipt in time".to_owned());
                    self.give(node, Job::Sent(serial, sent));
                }
            }
            What::Works(node, life) => {
                if self.nodes[node].life == life && self.nodes[node].is_up() {
                    self.works(node);
                }
            }
            What::Wakes(node, life) => {
                if self.nodes[node].life == life && self.nodes[node].is_up() {
                    self.wakes(node);
                }
            }
            What::Acts(node, act) => {
                if self.nodes[node].is_up() {
                    self.give(node, Job::Act(act));
                } else {
                    // Somebody at a screen tries again.
                    self.after(SimTime::from_secs(20), What::Acts(node, act));
                }
            }
            What::Dies(node, power) => self.dies(node, power),
            What::Starts(node) => {
                let now = self.now;
                self.nodes[node].start(now);
                self.works(node);
            }
            What::ClockSteps(node, step) => {
                self.counts.clock_steps += 1;
                self.nodes[node].wall_error += step;
            }
        }
    }

    fn offer(&mut self, site: usize, message: Message) {
        let outbox = &mut self.sites[site].outbox;
        let is_idle = outbox.is_empty();
        outbox.insert(message.key.clone(), message);
        if is_idle {
            self.after(SimTime::ZERO, What::SiteSends(site));
        }
    }

    fn site_sends(&mut self, site: usize) {
        let waiting: Vec<_> = self.sites[site].outbox.values().cloned().collect();
        if waiting.is_empty() {
            return;
        }
        let (name, centre) = SITES[site];
        for message in waiting {
            let to = self.nodes[centre].id().to_owned();
            let copies = self.ways(name, &to);
            for delay in copies {
                let what = What::Arrives(centre, Box::new(message.clone()), From::Site(site));
                self.after(delay, what);
            }
        }
        self.after(SITE_RETRY, What::SiteSends(site));
    }

    /// When the copies of a message arrive: none when it is lost.
    fn ways(&mut self, from: &str, to: &str) -> Vec<SimTime> {
        let is_parted = |link: &Link| {
            let periods = self.parted.get(link);
            periods.is_some_and(|p| p.iter().any(|(a, b)| *a <= self.now && self.now < *b))
        };
        let ends = (from.to_owned(), to.to_owned());
        let back = (ends.1.clone(), ends.0.clone());
        if is_parted(&ends) || is_parted(&back) {
            self.counts.parted += 1;
            return Vec::new();
        }
        let trouble = self.now < HEALED;
        if trouble && self.dice.chance(0.06) {
            self.counts.lost += 1;
            return Vec::new();
        }
        let n = if trouble && self.dice.chance(0.04) {
            self.counts.doubled += 1;
            2
        } else {
            1
        };
        let mut ways = Vec::new();
        for _ in 0..n {
            let late = trouble && self.dice.chance(0.02);
            ways.push(if late {
                self.seconds(1.0, 30.0)
            } else {
                self.seconds(0.002, 0.4)
            });
        }
        ways
    }

    /// Puts a job before a centre; its next batch takes it.
    fn give(&mut self, node: usize, job: Job) {
        let centre = &mut self.nodes[node];
        centre.inbox.push(job);
        if !centre.works {
            centre.works = true;
            let life = centre.life;
            self.after(BATCH, What::Works(node, life));
        }
    }

    fn works(&mut self, node: usize) {
        let trouble = self.now < HEALED && self.now > SimTime::ZERO;
        let fate = match self.dice.unit() {
            u if trouble && u < 0.004 => Fate::DiesBeforeCommit,
            u if trouble && u < 0.008 => Fate::DiesAfterCommit,
            _ => Fate::Fine,
        };
        let now = self.now;
        let centre = &mut self.nodes[node];
        centre.works = false;
        let (kept, replies) = centre.batch(now, fate);
        let speaks = fate == Fate::Fine && kept
            || self.mutation == Mutation::ReceiptBeforeCommit && fate == Fate::DiesBeforeCommit;
        if speaks {
            for reply in replies {
                self.say(node, reply);
            }
        }
        if fate == Fate::Fine {
            self.send(node);
            self.sleep(node);
        } else {
            self.dies(node, false);
        }
    }

    fn say(&mut self, node: usize, reply: Reply) {
        match reply {
            Reply::Receipt(from, receipt) => {
                self.counts.duplicates += u64::from(receipt.duplicate);
                let id = self.nodes[node].id().to_owned();
                let to = match from {
                    From::Site(site) => SITES[site].0.to_owned(),
                    From::Centre(centre, ..) => self.nodes[centre].id().to_owned(),
                };
                for delay in self.ways(&id, &to) {
                    self.after(delay, What::Receipted(from, receipt.clone()));
                }
            }
            Reply::Acted(act) => {
                self.counts.steps += 1;
                self.done.push((node, act));
            }
            Reply::Nothing => {}
        }
    }

    fn receipted(&mut self, from: From, receipt: Receipt) {
        match from {
            From::Site(site) => {
                self.sites[site].outbox.remove(&receipt.key);
                self.sites[site].receipted.insert(receipt.key);
            }
            From::Centre(node, life, serial) => {
                let centre = &self.nodes[node];
                if centre.life == life && centre.in_flight.contains(&serial) {
                    self.give(node, Job::Sent(serial, Sent::Receipt(receipt)));
                }
            }
        }
    }

    /// Sends all that is due and not yet under way.
    fn send(&mut self, node: usize) {
        let mut destinations = vec![Destination::Superior];
        let people = &self.nodes[node].desk.config().people;
        destinations.extend(people.iter().map(|p| Destination::Person(p.id.clone())));
        for destination in destinations {
            let centre = &self.nodes[node];
            let now = centre.moment(self.now).at;
            let due = centre.store.book().due_out(&destination, now, 64);
            for out in due.unwrap_or_default() {
                self.send_one(node, &out);
            }
        }
    }

    fn send_one(&mut self, node: usize, out: &Outgoing) {
        let centre = &mut self.nodes[node];
        if !centre.in_flight.insert(out.serial) {
            return;
        }
        let (id, life) = (centre.id().to_owned(), centre.life);
        let from = From::Centre(node, life, out.serial);
        let key = out.message.key.clone();
        match (&out.destination, centre.superior) {
            (Destination::Superior, Some(superior)) => {
                let to = self.nodes[superior].id().to_owned();
                for delay in self.ways(&id, &to) {
                    let message = Box::new(out.message.clone());
                    self.after(delay, What::Arrives(superior, message, from));
                }
            }
            (Destination::Superior, None) => {}
            (Destination::Person(person), _) => {
                let name = format!("{id}/{person}");
                for delay in self.ways(&id, &name) {
                    let message = Box::new(out.message.clone());
                    self.after(delay, What::ReachesPerson(name.clone(), message, from));
                }
            }
        }
        if self.mutation == Mutation::RetireOnSend {
            let receipt = Receipt {
                key,
                duplicate: false,
            };
            self.give(node, Job::Sent(out.serial, Sent::Receipt(receipt)));
        } else {
            self.after(PATIENCE, What::TimesOut(node, life, out.serial));
        }
    }

    /// A person's channel receipts at once; the person may do something about it later.
    fn person_hears(&mut self, person: &str, message: &Message, from: From) {
        let is_new = self.heard.insert((person.to_owned(), message.key.clone()));
        let From::Centre(node, ..) = from else {
            return;
        };
        let id = self.nodes[node].id().to_owned();
        let receipt = Receipt {
            key: message.key.clone(),
            duplicate: !is_new,
        };
        for delay in self.ways(person, &id) {
            self.after(delay, What::Receipted(from, receipt.clone()));
        }
        let is_county = node >= 2;
        if let Body::Alert(alert) = &message.body
            && is_new
            && is_county
            && self.now < HEALED
            && self.answered.insert(alert.id.clone())
        {
            for (after, act) in answers(&alert.id, person, &mut self.dice) {
                self.after(after, What::Acts(node, act));
            }
        }
    }

    fn wakes(&mut self, node: usize) {
        let centre = &mut self.nodes[node];
        // One that was set before an earlier one is of no use any more.
        if centre.wakes_at != Some(self.now) {
            return;
        }
        centre.wakes_at = None;
        let now = centre.moment(self.now).at;
        let due = centre.desk.next_due(&centre.store.book());
        let is_due = due.is_ok_and(|due| due.is_some_and(|due| due <= now));
        if is_due && self.now < QUIET {
            if !centre.works {
                self.works(node);
            }
        } else {
            self.send(node);
            self.sleep(node);
        }
    }

    /// Sets the alarm clock to the next deadline or try.
    fn sleep(&mut self, node: usize) {
        let centre = &self.nodes[node];
        let book = centre.store.book();
        let quiet = self.now >= QUIET;
        let mut due = Vec::new();
        if !quiet {
            due.extend(centre.desk.next_due(&book).unwrap_or_default());
        }
        let people = centre.desk.config().people.iter();
        let people = people.map(|p| Destination::Person(p.id.clone()));
        for destination in people.chain([Destination::Superior]) {
            // What is under way has a time-out of its own.
            let waiting = book.due_out(&destination, SimTime::MAX, 64);
            let waiting = waiting.unwrap_or_default();
            let idle = waiting
                .iter()
                .find(|o| !centre.in_flight.contains(&o.serial));
            due.extend(idle.map(|out| out.next_at));
        }
        let Some(next) = due.into_iter().min() else {
            return;
        };
        let tick = SimTime::from_secs(1);
        let next = centre.true_time(next, self.now).max(self.now + tick);
        if centre.wakes_at.is_none_or(|at| next < at) {
            let life = centre.life;
            self.nodes[node].wakes_at = Some(next);
            self.at(next, What::Wakes(node, life));
        }
    }

    fn dies(&mut self, node: usize, power: bool) {
        if !self.nodes[node].is_up() {
            return;
        }
        let now = self.now;
        self.nodes[node].die(now);
        let off = self.seconds(1.0, 120.0).min(HEALED - now);
        let off = off.max(SimTime::from_secs(1));
        if power {
            self.counts.power_cuts += 1;
            let step = if self.dice.chance(0.33) {
                self.clock_step()
            } else {
                SimTime::ZERO
            };
            self.nodes[node].boot(now + off, step);
        } else {
            self.counts.crashes += 1;
        }
        self.after(off, What::Starts(node));
    }
}
