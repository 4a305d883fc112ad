//! A network that runs in a model server: tensors over HTTP by the Open Inference Protocol, version 2
//! (KServe, Triton, OpenVINO Model Server, `MLServer`), with the binary tensor extension where the
//! server knows it.
//!
//! What goes in and how its answers are read is said in `detector.toml` as for a model file, so a
//! vendor's server is measured with the same preparation, decode heads and thresholds.

mod wire;

use base::SimTime;
use detect::{Backend, BackendError, DetectorSpec, Limits, Tensor};
use std::time::Duration;
use ureq::Agent;

/// A longer answer is none: a raw output of 8400 x 85 numbers takes a fiftieth of it.
const LARGEST_ANSWER: u64 = 128 << 20;
/// Input of a network whose description names none.
const DEFAULT_INPUT: &str = "images";

/// A network at the other end of a connection.
pub struct ServiceBackend {
    agent: Agent,
    url: String,
    input: String,
    limits: Limits,
    /// It has answered: networks are loaded by the first request.
    warm: bool,
    /// In the order of the first answer.
    outputs: Vec<String>,
}

impl ServiceBackend {
    /// `url` is that of the model, without `/infer`. Nothing is sent yet.
    pub fn new(url: &str, spec: &DetectorSpec, limits: Limits) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        let input = spec.input.name.as_deref().unwrap_or(DEFAULT_INPUT);
        Self {
            agent: config.into(),
            url: url.to_owned(),
            input: input.to_owned(),
            limits,
            warm: false,
            outputs: Vec::new(),
        }
    }

    fn ask(&self, body: &wire::Request) -> Result<Vec<(String, Tensor)>, BackendError> {
        let patience = if self.warm {
            self.limits.timeout
        } else {
            self.limits.start_timeout
        };
        let failed = |error: ureq::Error| BackendError::Run(explain(&error, patience));
        let mut response = self
            .agent
            .post(format!("{}/infer", self.url))
            .config()
            .timeout_global(Some(Duration::from_nanos(patience.0.max(0) as u64)))
            .build()
            .header("content-type", "application/octet-stream")
            .header(wire::HEADER_LENGTH, body.header_length.to_string())
            .send(&body.bytes[..])
            .map_err(failed)?;
        let status = response.status();
        let header_length = response
            .headers()
            .get(wire::HEADER_LENGTH)
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned);
        let bytes = response
            .body_mut()
            .with_config()
            .limit(LARGEST_ANSWER)
            .read_to_vec()
            .map_err(failed)?;
        if !status.is_success() {
            let said = String::from_utf8_lossy(&bytes);
            let said: String = said.chars().take(200).collect();
            return Err(BackendError::Run(format!(
                "the service answers {status}: {}",
                said.escape_debug()
            )));
        }
        wire::read(&bytes, header_length.as_deref()).map_err(BackendError::Run)
    }
}

fn explain(error: &ureq::Error, patience: SimTime) -> String {
    match error {
        ureq::Error::Timeout(_) => format!("no answer within {:.3} s", patience.secs()),
        other => other.to_string(),
    }
}

impl Backend for ServiceBackend {
    fn output_names(&self) -> &[String] {
        &self.outputs
    }

    fn run(&mut self, input: Tensor) -> Result<Vec<Tensor>, BackendError> {
        let mut answer = self.ask(&wire::Request::new(&self.input, &input))?;
        self.warm = true;
        if self.outputs.is_empty() {
            self.outputs = answer.iter().map(|(name, _)| name.clone()).collect();
        }
        // A server may list its outputs in another order each time.
        self.outputs
            .iter()
            .map(|wanted| {
                let at = answer.iter().position(|(name, _)| name == wanted);
                at.map(|at| answer.swap_remove(at).1).ok_or_else(|| {
                    BackendError::Run(format!("output `{wanted}` is missing in its answer"))
                })
            })
            .collect()
    }

    fn try_clone(&self) -> Result<Box<dyn Backend>, BackendError> {
        if !self.limits.copies {
            return Err(BackendError::Run(
                "`copies = false` in its [limits]: run it with one thread".to_owned(),
            ));
        }
        Ok(Box::new(Self {
            agent: self.agent.clone(),
            url: self.url.clone(),
            input: self.input.clone(),
            limits: self.limits,
            warm: self.warm,
            outputs: self.outputs.clone(),
        }))
    }
}
