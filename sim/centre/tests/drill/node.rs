//! The centre as a process of its own: this program again, told by its environment to serve.

use super::wait_for;
use base::SimTime;
use base::clock::Clock as _;
use base::clock::WallClock;
use centre::config::Config;
use centre::server::{Drill, FailPoint, asked_to_stop, serve};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const CONFIG: &str = "CENTRE_DRILL_CONFIG";
const FAIL: &str = "CENTRE_DRILL_FAIL";
const GROWTH: &str = "CENTRE_DRILL_GROWTH";
const CLOCK: &str = "CENTRE_DRILL_CLOCK";

/// Serves if this process was started to; `false` otherwise.
pub(crate) fn serve_if_asked() -> bool {
    let Some(path) = std::env::var_os(CONFIG) else {
        return false;
    };
    let variable = |name| std::env::var(name).ok();
    let config = Config::load(Path::new(&path)).expect("a sound file");
    let fail = variable(FAIL).map(|text| {
        let (place, nth) = text.split_once(' ').expect("place and number");
        FailPoint::new(place, nth.parse().expect("a number"))
    });
    let number = |name| variable(name).map(|text| text.parse::<i64>().expect("a number"));
    let drill = Drill {
        fail,
        growth: number(GROWTH).map(|n| u32::try_from(n).expect("small")),
        clock_step: SimTime::from_secs(number(CLOCK).unwrap_or(0)),
    };
    serve(config, drill, |_| {}, asked_to_stop()).expect("served");
    true
}

/// How a life of the process differs from the usual.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life {
    /// Dies at this place, the so-many-th time.
    pub fail: Option<(String, u64)>,
    /// The store may grow by so many pages.
    pub growth: Option<u32>,
    /// The wall clock is off by so many seconds.
    pub clock_step: i64,
}

/// A county's files and the address it listens at.
pub(crate) struct County {
    pub folder: PathBuf,
    pub address: SocketAddr,
    /// Arguments with which this program serves.
    arguments: Vec<String>,
}

impl County {
    /// Writes its file. `ladder` is the deputy's waiting time in seconds.
    pub(crate) fn new(
        folder: &Path,
        superior: SocketAddr,
        ladder: i64,
        arguments: &[&str],
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let text = format!(
            "[centre]\nid = \"county\"\nlevel = \"county\"\nlisten = \"{address}\"\n\
             store = \"county.db\"\nofficer = \"wang\"\n\
             [superior]\nurl = \"http://{superior}/v1/messages\"\n\
             [[ladder]]\nto = \"holder\"\nafter = \"0s\"\n\
             [[ladder]]\nto = \"deputy\"\nafter = \"{ladder}s\"\n\
             [canary]\nevery = \"2s\"\nwithin = \"1s\"\nto = \"wang\"\n\
             [[person]]\nid = \"chen\"\nchannel = \"file\"\npath = \"chen.jsonl\"\n\
             [[person]]\nid = \"zhao\"\nchannel = \"file\"\npath = \"zhao.jsonl\"\n\
             [[person]]\nid = \"wang\"\nchannel = \"file\"\npath = \"wang.jsonl\"\n\
             [[grid]]\nid = \"g-1\"\nholder = \"chen\"\ndeputy = \"zhao\"\n"
        );
        fs::write(folder.join("county.toml"), text).expect("written");
        Self {
            folder: folder.to_owned(),
            address,
            arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
        }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.join("county.db")
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/messages", self.address)
    }

    /// Starts the process.
    pub(crate) fn start(&self, life: &Life) -> Process {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command
            .args(&self.arguments)
            .env(CONFIG, self.folder.join("county.toml"))
            .env(CLOCK, life.clock_step.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some((place, nth)) = &life.fail {
            command.env(FAIL, format!("{place} {nth}"));
        }
        if let Some(pages) = life.growth {
            command.env(GROWTH, pages.to_string());
        }
        Process {
            child: command.spawn().expect("started"),
            begun: WallClock::start(),
            address: self.address,
        }
    }

    /// The answer of `/v1/health`, whatever it says.
    pub(crate) fn health(&self) -> Option<serde_json::Value> {
        health(self.address)
    }
}

fn health(address: SocketAddr) -> Option<serde_json::Value> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(std::time::Duration::from_secs(5)))
        .build()
        .new_agent();
    let mut answer = agent
        .get(format!("http://{address}/v1/health"))
        .call()
        .ok()?;
    let text = answer.body_mut().read_to_string().ok()?;
    serde_json::from_str(&text).ok()
}

/// A running centre.
pub(crate) struct Process {
    child: Child,
    begun: WallClock,
    address: SocketAddr,
}

impl Process {
    /// Waits until it answers; how long that took since it was started.
    pub(crate) fn serving(&mut self) -> Option<SimTime> {
        let address = self.address;
        let answers = wait_for(SimTime::from_secs(30), || health(address).is_some());
        answers.then(|| self.begun.now())
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// Waits until it has died by itself.
    pub(crate) fn died(&mut self) -> bool {
        wait_for(SimTime::from_secs(20), || {
            self.child.try_wait().is_ok_and(|status| status.is_some())
        })
    }

    /// `SIGTERM`; whether it ended well.
    pub(crate) fn stop(mut self) -> bool {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        asked.is_ok_and(|s| s.success()) && self.child.wait().is_ok_and(|status| status.success())
    }
}
