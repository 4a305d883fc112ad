//! From tables to a checked [`Config`].

use super::reader::{At, ConfigError, Problems, Section, suggest};
use super::{
    CanaryPlan, Config, Forward, Handling, Level, Person, Role, Rung, Superior, Watch, Way,
};
use crate::roster::{Day, Duty, Grid, Roster};
use base::SimTime;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

const LEVELS: [(&str, Level); 3] = [
    ("county", Level::County),
    ("city", Level::City),
    ("province", Level::Province),
];

const ROLES: [(&str, Role); 3] = [
    ("holder", Role::Holder),
    ("deputy", Role::Deputy),
    ("officer", Role::Officer),
];

const KINDS: [&str; 4] = ["alerts", "steps", "faults", "canaries"];

pub(super) fn config(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let mut problems = Problems::new(path, text);
    let root = problems.parse();
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = read(folder, root.get_ref(), &mut problems);
    problems.finish(config)
}

fn read(folder: &Path, root: &toml::de::DeTable<'_>, p: &mut Problems<'_>) -> Option<Config> {
    let mut file = Section::new("the file", 0..0, root);
    let people = people(folder, &mut file, p);
    let known: Vec<_> = people.iter().map(|person| person.id.as_str()).collect();
    let centre = file.table(p, "centre");
    if centre.is_none() {
        file.missing(p, "centre");
    }
    let superior = file.table(p, "superior").map(|s| superior(folder, s, p));
    let handling = file.table(p, "handling").map(|s| handling(s, p));
    let ladder = ladder(&mut file, p);
    let canary = file.table(p, "canary").map(|s| canary(s, &known, p));
    let watch = watch(&mut file, p);
    let grids = grids(&mut file, &known, p);
    let holidays = file.table(p, "calendar").map(|s| holidays(s, p));
    let duties = duties(&mut file, &known, &grids, p);
    file.finish(p);
    let mut centre = centre?;
    let id = centre.name(p, "id");
    let title = centre.text(p, "title");
    let level = centre.word(p, "level", &LEVELS);
    let listen = listen(&mut centre, p);
    let store = centre.text(p, "store");
    let offset = offset(&mut centre, p);
    let tokens = centre.text(p, "tokens").map(|t| folder.join(t.value));
    let officer = centre.required(p, "officer").map(|officer| {
        known_person(&officer, &known, p);
        officer.value
    });
    let senders: Vec<_> = centre.texts(p, "senders");
    let senders: Vec<_> = senders.into_iter().map(|f| folder.join(f.value)).collect();
    if (tokens.is_none() || senders.is_empty()) && !listen.ip().is_loopback() {
        let what = format!("`listen` = `{listen}` is open to the network without keys");
        let help = "give `tokens` and `senders`, or listen on 127.0.0.1";
        p.add(&centre.at(), what, help);
    }
    let at = centre.at();
    centre.finish(p);
    let id = id?.value;
    let level = level.unwrap_or(Level::County);
    if level == Level::Province && superior.is_some() {
        p.add(
            &at,
            "a province has no superior here".to_owned(),
            "remove `[superior]`, or mend `level`",
        );
    }
    Some(Config {
        title: title.map_or_else(|| id.clone(), |t| t.value),
        level,
        listen,
        store: folder.join(store.map_or_else(|| format!("{id}.db"), |s| s.value)),
        offset,
        tokens,
        senders,
        superior: match superior {
            Some(superior) => Some(superior?),
            None => None,
        },
        handling: handling.unwrap_or_default(),
        ladder: if ladder.is_empty() {
            usual_ladder(level)
        } else {
            ladder
        },
        canary: match canary {
            Some(canary) => Some(canary?),
            None => None,
        },
        watch,
        roster: Roster {
            officer: officer?,
            grids,
            duties,
            holidays: holidays.unwrap_or_default(),
            offset,
        },
        people,
        id,
    })
}

fn known_person(person: &At<String>, known: &[&str], p: &mut Problems<'_>) {
    if !known.contains(&person.value.as_str()) {
        let what = format!("`{}`: unknown person", person.value);
        p.add(&person.at, what, suggest(&person.value, known));
    }
}

fn listen(s: &mut Section<'_, '_>, p: &mut Problems<'_>) -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8800));
    let Some(text) = s.text(p, "listen") else {
        return usual;
    };
    text.value.parse().unwrap_or_else(|_| {
        let what = format!("`{}` is no address with a port", text.value);
        p.add(&text.at, what, "write it as \"127.0.0.1:8800\"");
        usual
    })
}

fn offset(s: &mut Section<'_, '_>, p: &mut Problems<'_>) -> Offset {
    let usual = Offset::constant(8);
    let Some(text) = s.text(p, "utc_offset") else {
        return usual;
    };
    let parsed = || {
        let (sign, rest) = match text.value.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
        let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
        (hours <= 14 && minutes < 60).then(|| Offset::from_seconds(sign * seconds).ok())?
    };
    parsed().unwrap_or_else(|| {
        let what = format!("`{}` is no offset", text.value);
        p.add(&text.at, what, "write it as \"+08:00\"");
        usual
    })
}

fn superior(folder: &Path, mut s: Section<'_, '_>, p: &mut Problems<'_>) -> Option<Superior> {
    let url = url(&mut s, p);
    let secret_file = s.text(p, "secret_file").map(|t| folder.join(t.value));
    let forward = s.texts(p, "forward");
    let lanes = s.number(p, "lanes", 1.0..=64.0).unwrap_or(4.0) as usize;
    s.finish(p);
    for kind in forward
        .iter()
        .filter(|k| !KINDS.contains(&k.value.as_str()))
    {
        let what = format!("`forward` cannot hold `{}`", kind.value);
        p.add(&kind.at, what, suggest(&kind.value, &KINDS));
    }
    let named = |kind: &str| forward.is_empty() || forward.iter().any(|k| k.value == kind);
    Some(Superior {
        url: url?,
        secret_file,
        forward: Forward {
            alerts: named("alerts"),
            steps: named("steps"),
            faults: named("faults"),
            canaries: named("canaries"),
        },
        lanes,
    })
}

fn url(s: &mut Section<'_, '_>, p: &mut Problems<'_>) -> Option<String> {
    let url = s.required(p, "url")?;
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| url.value.strip_prefix(scheme));
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        return Some(url.value);
    }
    p.add(
        &url.at,
        format!("`{}` is no address of a web server", url.value),
        "write it as \"http://127.0.0.1:8801/v1/messages\"",
    );
    None
}

fn handling(mut s: Section<'_, '_>, p: &mut Problems<'_>) -> Handling {
    let usual = Handling::default();
    let read = Handling {
        cooldown: s.span(p, "cooldown").unwrap_or(usual.cooldown),
        inhibit_at_most: s
            .span(p, "inhibit_at_most")
            .unwrap_or(usual.inhibit_at_most),
        acknowledged_at_most: s
            .span(p, "acknowledged_at_most")
            .unwrap_or(usual.acknowledged_at_most),
        dispatched_at_most: s
            .span(p, "dispatched_at_most")
            .unwrap_or(usual.dispatched_at_most),
        severity_4_pace: s
            .number(p, "severity_4_pace", 0.01..=1.0)
            .unwrap_or(usual.severity_4_pace),
        silence_at_most: s
            .span(p, "silence_at_most")
            .unwrap_or(usual.silence_at_most),
    };
    s.finish(p);
    read
}

fn ladder(file: &mut Section<'_, '_>, p: &mut Problems<'_>) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = Vec::new();
    for mut s in file.tables(p, "ladder") {
        let to = s.word(p, "to", &ROLES);
        let after = s.span(p, "after");
        if to.is_none() {
            s.missing(p, "to");
        }
        let Some(after) = after else {
            s.missing(p, "after");
            continue;
        };
        if rungs.last().is_some_and(|last| last.after > after) {
            p.add(
                &s.at(),
                "`[[ladder]]` goes back in time".to_owned(),
                "write who is told first first: `after` counts from the receipt",
            );
        }
        s.finish(p);
        rungs.extend(to.map(|to| Rung { to, after }));
    }
    rungs
}

/// 5, 15 and 30 minutes: design default. The province comes as long again after the city.
fn usual_ladder(level: Level) -> Vec<Rung> {
    let rung = |to, minutes: i64| Rung {
        to,
        after: SimTime::from_secs(60 * minutes),
    };
    match level {
        Level::County => vec![
            rung(Role::Holder, 0),
            rung(Role::Deputy, 5),
            rung(Role::Officer, 15),
        ],
        Level::City => vec![rung(Role::Officer, 30)],
        Level::Province => vec![rung(Role::Officer, 60)],
    }
}

fn canary(mut s: Section<'_, '_>, known: &[&str], p: &mut Problems<'_>) -> Option<CanaryPlan> {
    let every = s.span(p, "every").unwrap_or(SimTime::from_secs(300));
    let within = s.span(p, "within").unwrap_or(SimTime::from_secs(60));
    let to = s.required(p, "to");
    if let Some(to) = &to {
        known_person(to, known, p);
    }
    if within >= every || within <= SimTime::ZERO {
        p.add(
            &s.at(),
            "`within` must be shorter than `every`".to_owned(),
            "one canary is judged before the next is sent",
        );
    }
    s.finish(p);
    Some(CanaryPlan {
        every,
        within,
        to: to?.value,
    })
}

fn watch(file: &mut Section<'_, '_>, p: &mut Problems<'_>) -> Vec<Watch> {
    let mut watch = Vec::new();
    for mut s in file.tables(p, "watch") {
        let origin = s.name(p, "origin");
        let every = s.span(p, "every").unwrap_or(SimTime::from_secs(900));
        s.finish(p);
        watch.extend(origin.map(|origin| Watch {
            origin: origin.value,
            every,
        }));
    }
    watch
}

fn people(folder: &Path, file: &mut Section<'_, '_>, p: &mut Problems<'_>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for mut s in file.tables(p, "person") {
        let id = s.name(p, "id");
        let name = s.text(p, "name");
        let channel = s.required(p, "channel");
        let way = match channel.as_ref().map(|c| c.value.as_str()) {
            Some("webhook") => {
                let secret_file = s.text(p, "secret_file").map(|t| folder.join(t.value));
                url(&mut s, p).map(|url| Way::Webhook { url, secret_file })
            }
            Some("file") => s
                .required(p, "path")
                .map(|path| Way::File(folder.join(path.value))),
            _ => None,
        };
        if let (None, Some(channel)) = (&way, &channel)
            && !["webhook", "file"].contains(&channel.value.as_str())
        {
            let what = format!("`channel` cannot be `{}`", channel.value);
            p.add(
                &channel.at,
                what,
                suggest(&channel.value, &["webhook", "file"]),
            );
        }
        if let Some(id) = &id
            && people.iter().any(|other| other.id == id.value)
        {
            let what = format!("`{}`: person given twice", id.value);
            p.add(&id.at, what, "give each an `id` of their own");
        }
        s.finish(p);
        let (Some(id), Some(channel)) = (id, way) else {
            continue;
        };
        people.push(Person {
            name: name.map_or_else(|| id.value.clone(), |n| n.value),
            id: id.value,
            channel,
        });
    }
    people
}

fn grids(file: &mut Section<'_, '_>, known: &[&str], p: &mut Problems<'_>) -> Vec<Grid> {
    let mut grids: Vec<Grid> = Vec::new();
    for mut s in file.tables(p, "grid") {
        let id = s.name(p, "id");
        let county = s.text(p, "county");
        let people = ["holder", "deputy"].map(|key| {
            let person = s.required(p, key);
            if let Some(person) = &person {
                known_person(person, known, p);
            }
            person.map(|person| person.value)
        });
        s.finish(p);
        let (Some(id), [Some(holder), Some(deputy)]) = (id, people) else {
            continue;
        };
        if grids.iter().any(|other| other.id == id.value) {
            let what = format!("`{}`: grid given twice", id.value);
            p.add(&id.at, what, "give each an `id` of its own");
        }
        grids.push(Grid {
            id: id.value,
            county: county.map_or_else(String::new, |c| c.value),
            holder,
            deputy,
        });
    }
    grids
}

fn holidays(mut s: Section<'_, '_>, p: &mut Problems<'_>) -> Vec<Date> {
    let dates = s.texts(p, "holidays");
    s.finish(p);
    let mut holidays = Vec::new();
    for date in dates {
        match date.value.parse() {
            Ok(day) => holidays.push(day),
            Err(_) => p.add(
                &date.at,
                format!("`{}` is no date", date.value),
                "write it as \"2023-10-01\"",
            ),
        }
    }
    holidays
}

fn duties(
    file: &mut Section<'_, '_>,
    known: &[&str],
    grids: &[Grid],
    p: &mut Problems<'_>,
) -> Vec<Duty> {
    let ids: Vec<_> = grids.iter().map(|g| g.id.as_str()).collect();
    let mut duties = Vec::new();
    for mut s in file.tables(p, "duty") {
        let role = s.word(p, "role", &ROLES).unwrap_or(Role::Holder);
        let of = s.texts(p, "grids");
        for grid in of.iter().filter(|g| !ids.contains(&g.value.as_str())) {
            let what = format!("`{}`: unknown grid", grid.value);
            p.add(&grid.at, what, suggest(&grid.value, &ids));
        }
        let mut days = Vec::new();
        for day in s.texts(p, "days") {
            match Day::ALL.iter().find(|d| d.id() == day.value) {
                Some(day) => days.push(*day),
                None => p.add(
                    &day.at,
                    format!("`{}` is no day", day.value),
                    suggest(&day.value, &Day::ALL.map(Day::id)),
                ),
            }
        }
        let [from, until] = ["from", "until"].map(|key| {
            let text = s.text(p, key)?;
            let time: Result<Time, _> = text.value.parse();
            if time.is_err() {
                let what = format!("`{}` is no time of day", text.value);
                p.add(&text.at, what, "write it as \"08:00\"");
            }
            time.ok()
        });
        let person = s.required(p, "person");
        if let Some(person) = &person {
            known_person(person, known, p);
        }
        s.finish(p);
        duties.extend(person.map(|person| Duty {
            role,
            grids: of.into_iter().map(|g| g.value).collect(),
            days,
            from: from.unwrap_or(Time::MIN),
            until: until.unwrap_or(Time::MIN),
            person: person.value,
        }));
    }
    duties
}
