//! SIP as far as forms need it: MESSAGE out, MESSAGE and REGISTER in, over UDP.

use super::form::DeviceId;
use rsipstack::EndpointBuilder;
use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::registration::Registration;
use rsipstack::platform::CancellationToken;
use rsipstack::sip::{Header, Method, Request, SipMessage, StatusCode, StatusCodeKind, Uri, typed};
use rsipstack::transaction::endpoint::{EndpointInner, EndpointInnerRef};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::make_tag;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, TransportLayer};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Content type of forms.
pub(super) const CONTENT_TYPE: &str = "Application/MANSCDP+xml";
/// How long a registration holds, seconds.
const REGISTRATION: u32 = 3600;

/// An agent that cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    /// No threads.
    #[error("no thread for SIP")]
    Runtime(#[source] io::Error),
    /// The address cannot be had.
    #[error("cannot listen for SIP at udp {address}: choose a free port of this machine")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the stack said.
        #[source]
        source: Box<rsipstack::Error>,
    },
    /// The stack does not start.
    #[error("the SIP stack does not start")]
    Stack(#[source] Box<rsipstack::Error>),
}

/// A form to be sent to somebody.
pub(super) struct Letter {
    pub(super) to: DeviceId,
    pub(super) body: Vec<u8>,
}

/// What is answered to a request, and what is done after that.
pub(super) struct Act {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<Header>,
    /// Runs on a thread that may block; what it returns is sent to where the request came from.
    pub(super) then: Option<Box<dyn FnOnce() -> Option<Letter> + Send>>,
}

impl Act {
    pub(super) fn status(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            then: None,
        }
    }
}

/// What an agent does with requests.
pub(super) trait Service: Send + Sync + 'static {
    /// A MESSAGE with a form from a device at an address.
    fn message(&self, request: &Request, from: &SipAddr) -> Act;
    /// A REGISTER.
    fn register(&self, request: &Request, from: &SipAddr) -> Act;
}

/// The device that a request says it is from.
pub(super) fn device_of(request: &Request) -> Option<DeviceId> {
    use rsipstack::sip::prelude::HeadersExt as _;
    let user = request.from_header().ok()?.uri().ok()?.auth?.user;
    DeviceId::new(&user)
}

/// The value of a header by its name.
pub(super) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .find(|header| header.name().eq_ignore_ascii_case(name))
        .map(Header::value)
}

/// A running SIP agent; ends when dropped.
pub(super) struct Agent {
    runtime: Option<Runtime>,
    endpoint: EndpointInnerRef,
    cancel: CancellationToken,
    me: DeviceId,
    address: SocketAddr,
    sequence: Arc<AtomicU32>,
}

impl Agent {
    pub(super) fn start(
        me: DeviceId,
        listen: SocketAddr,
        service: Arc<dyn Service>,
    ) -> Result<Self, SipError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sip")
            .enable_all()
            .build()
            .map_err(SipError::Runtime)?;
        let cancel = CancellationToken::new();
        let udp = UdpConnection::create_connection(listen, None, Some(cancel.clone()));
        let deaf = |source| SipError::Listen {
            address: listen,
            source: Box::new(source),
        };
        let udp = runtime.block_on(udp).map_err(deaf)?;
        let address = udp.get_addr().get_socketaddr().map_err(deaf)?;
        let transport = TransportLayer::new(cancel.clone());
        transport.add_transport(udp.into());
        let endpoint = EndpointBuilder::new()
            .with_user_agent(concat!("rivergauge/", env!("CARGO_PKG_VERSION")))
            .with_transport_layer(transport)
            .with_cancel_token(cancel.clone())
            .with_allows(vec![Method::Message, Method::Register])
            .build();
        let mut incoming = endpoint
            .incoming_transactions()
            .map_err(|e| SipError::Stack(Box::new(e)))?;
        let inner = Arc::clone(&endpoint.inner);
        let sequence = Arc::new(AtomicU32::new(1));
        let serving = Arc::clone(&inner);
        runtime.spawn(async move { serving.serve().await });
        let (answering, theirs, myself) = (Arc::clone(&inner), Arc::clone(&sequence), me.clone());
        runtime.spawn(async move {
            while let Some(transaction) = incoming.recv().await {
                let answer = Answer {
                    endpoint: Arc::clone(&answering),
                    service: Arc::clone(&service),
                    sequence: Arc::clone(&theirs),
                    me: myself.clone(),
                };
                tokio::spawn(answer.give(transaction));
            }
        });
        Ok(Self {
            runtime: Some(runtime),
            endpoint: inner,
            cancel,
            me,
            address,
            sequence,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a form and waits for the final status.
    pub(super) fn send(
        &self,
        to: SocketAddr,
        letter: Letter,
        timeout: Duration,
    ) -> Result<StatusCode, String> {
        let Some(runtime) = &self.runtime else {
            return Err("the SIP agent has ended".to_owned());
        };
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let sent = send(&self.endpoint, &self.me, udp(to), letter, sequence);
        runtime
            .block_on(async { tokio::time::timeout(timeout, sent).await })
            .unwrap_or_else(|_| Err(format!("no SIP answer in {} s", timeout.as_secs_f64())))
    }

    /// Registers with a platform and keeps the registration fresh, in the background.
    pub(super) fn register(&self, platform: &DeviceId, at: SocketAddr, password: String) {
        let Some(runtime) = &self.runtime else {
            return;
        };
        let credential = Credential {
            username: self.me.as_str().to_owned(),
            password,
            ..Credential::default()
        };
        let mut registration = Registration::new(Arc::clone(&self.endpoint), Some(credential));
        registration.outbound_proxy = Some(at);
        let (uri, cancel) = (uri_of(platform), self.cancel.clone());
        runtime.spawn(async move {
            if let Ok(uri) = uri {
                let ignore = |_: rsipstack::dialog::registration::RefreshOutcome<'_>| {};
                registration
                    .keep_alive(uri, REGISTRATION, cancel, ignore)
                    .await;
            }
        });
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// What it takes to answer one request.
struct Answer {
    endpoint: EndpointInnerRef,
    service: Arc<dyn Service>,
    sequence: Arc<AtomicU32>,
    me: DeviceId,
}

impl Answer {
    async fn give(self, mut transaction: Transaction) {
        let from = transaction
            .connection
            .as_ref()
            .and_then(|connection| connection.get_remote_addr().cloned());
        let Some(from) = from else {
            return;
        };
        let request = &transaction.original;
        let act = match request.method {
            Method::Message => self.service.message(request, &from),
            Method::Register => self.service.register(request, &from),
            _ => Act::status(StatusCode::MethodNotAllowed),
        };
        let replied = transaction.reply_with(act.status, act.headers, None).await;
        let (Ok(()), Some(then)) = (replied, act.then) else {
            return;
        };
        if let Ok(Some(letter)) = tokio::task::spawn_blocking(then).await {
            let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
            // A response that is lost is missed by the device, which sends its alarm again.
            drop(send(&self.endpoint, &self.me, from, letter, sequence).await);
        }
    }
}

fn udp(address: SocketAddr) -> SipAddr {
    SipAddr::new(rsipstack::sip::Transport::Udp, address.into())
}

fn uri_of(device: &DeviceId) -> Result<Uri, String> {
    Uri::try_from(format!("sip:{device}@{}", device.domain())).map_err(|e| e.to_string())
}

async fn send(
    endpoint: &Arc<EndpointInner>,
    me: &DeviceId,
    to: SipAddr,
    letter: Letter,
    sequence: u32,
) -> Result<StatusCode, String> {
    let (mine, theirs) = (uri_of(me)?, uri_of(&letter.to)?);
    let here = endpoint
        .transport_layer
        .get_listen_addrs()
        .into_iter()
        .next();
    let via = endpoint.get_via(here, None).map_err(|e| e.to_string())?;
    let from = typed::From {
        display_name: None,
        uri: mine,
        params: Vec::new(),
    };
    let recipient = typed::To {
        display_name: None,
        uri: theirs.clone(),
        params: Vec::new(),
    };
    let from = from.with_tag(make_tag());
    let mut request = endpoint.make_request(
        Method::Message,
        theirs,
        via,
        from,
        recipient,
        sequence,
        None,
    );
    request
        .headers
        .push(Header::ContentType(CONTENT_TYPE.into()));
    request.body = letter.body;
    let key = TransactionKey::from_request(&request, TransactionRole::Client)
        .map_err(|e| e.to_string())?;
    let mut transaction = Transaction::new_client(key, request, Arc::clone(endpoint), None);
    transaction.destination = Some(to);
    transaction.send().await.map_err(|e| e.to_string())?;
    while let Some(message) = transaction.receive().await {
        if let SipMessage::Response(response) = message
            && response.status_code.kind() != StatusCodeKind::Provisional
        {
            return Ok(response.status_code);
        }
    }
    Err("no SIP answer".to_owned())
}
