//! Opens the broker side: name, TCP, TLS, MQTT, each step timed, bounded and reported.
//!
//! The request was checked by its types; what they cannot say (the certificates, the ranges) is checked
//! here before anything is dialled. Knows nothing of who asks: a page's session or the terminal.

use crate::{
    broker::{
        connection::{Connection, ConnectionError},
        packet::{ConnAck, Connect},
    },
    config::{OpeningLimits, SessionLimits},
    egress::{Egress, Target},
    tls::{Secured, Stream, Tls, Trusted},
};
use shared::{
    credentials::Credentials,
    endpoint::Endpoint,
    failure::{Failure, Step},
    hint::Hint,
    limits::{KEEP_ALIVE_S, MAX_CLIENT_ID_BYTES, MAX_IN_FLIGHT},
    trust_file::{TrustFile, TrustFileProblem},
    wire::{self, Connected, MqttVersion, RequestId, StepPassed, Trust},
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use thiserror::Error;
use tokio::{net::TcpStream, time::timeout};

/// Why a connect request cannot be tried.
#[derive(Debug, Error)]
pub(crate) enum Problem {
    #[error("keep_alive_s must be {} to {}", KEEP_ALIVE_S.start(), KEEP_ALIVE_S.end())]
    KeepAlive,
    #[error("client_id must have at most {MAX_CLIENT_ID_BYTES} bytes and no control characters")]
    ClientId,
}

/// A step's failure, and what is known beyond it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) failure: Failure,
    /// The certificates the server presented, in DER, its own first.
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) hints: Vec<Hint>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, chain: Vec::new(), hints: Vec::new() }
    }
}

/// The attempt failed at a step.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) step: Step,
    pub(crate) elapsed_us: u64,
    pub(crate) refusal: Refusal,
}

/// A session that may begin.
pub(crate) struct Opened<S> {
    pub(crate) connection: Connection<S>,
    pub(crate) connected: Connected,
    pub(crate) keep_alive: Duration,
}

/// A connection attempt that may be made.
pub(crate) struct Attempt<'a> {
    id: RequestId,
    endpoint: Endpoint,
    trusted: Result<Trusted, TrustFileProblem>,
    version: MqttVersion,
    connect: Connect,
    way: &'a Way,
}

/// The means and bounds by which attempts are made.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) egress: Egress,
    pub(crate) tls: Tls,
    pub(crate) opening: OpeningLimits,
    pub(crate) session: SessionLimits,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(request: wire::Connect, way: &'a Way) -> Result<Self, Problem> {
        let options = request.options;
        if !KEEP_ALIVE_S.contains(&options.keep_alive_s) {
            return Err(Problem::KeepAlive);
        }
        if options.client_id.len() > MAX_CLIENT_ID_BYTES || options.client_id.contains(char::is_control) {
            return Err(Problem::ClientId);
        }
        let Credentials::AccessToken(user_name) = request.credentials;
        Ok(Self {
            id: request.id,
            endpoint: request.endpoint,
            trusted: trusted(request.trust),
            version: request.mqtt_version,
            connect: Connect { client_id: options.client_id, keep_alive_s: options.keep_alive_s, user_name },
            way,
        })
    }

    /// Makes the attempt, reporting each step that passed.
    pub(crate) async fn run(self, report: impl FnMut(StepPassed)) -> Result<Opened<Stream>, Failed> {
        let mut steps = Steps { id: self.id, report, step: Step::Name, start: Instant::now() };
        match timeout(self.way.opening.all, self.steps(&mut steps)).await {
            Ok(opened) => opened,
            Err(_) => Err(steps.failed(self.timed_out(steps.step, self.way.opening.all))),
        }
    }

    fn timed_out(&self, step: Step, limit: Duration) -> Failure {
        let (endpoint, after_s) = (self.endpoint.clone(), limit.as_secs());
        match step {
            Step::Name => Failure::NameTimedOut { host: endpoint.host.to_string(), after_s },
            Step::Tcp => Failure::TcpTimedOut { endpoint, after_s },
            Step::Tls => Failure::TlsTimedOut { endpoint, after_s },
            Step::Mqtt | Step::Subscriptions => Failure::MqttTimedOut { after_s },
        }
    }

    async fn steps(&self, steps: &mut Steps<impl FnMut(StepPassed)>) -> Result<Opened<Stream>, Failed> {
        let target = steps.run(Step::Name, self.resolve()).await?;
        let (tcp, address) = steps.run(Step::Tcp, self.dial(&target)).await?;
        let Secured { stream, facts, certificate_requested } =
            steps.run(Step::Tls, self.handshake(tcp)).await?;
        let (connection, connack) = steps.run(Step::Mqtt, self.greet(stream, certificate_requested)).await?;
        Ok(Opened {
            connection,
            keep_alive: Duration::from_secs(self.connect.keep_alive_s.into()),
            connected: Connected {
                id: self.id,
                mqtt_version: self.version,
                return_code: connack.return_code,
                session_present: connack.session_present,
                address: address.to_string(),
                tls: facts,
            },
        })
    }

    async fn resolve(&self) -> Result<(Target, String), Failure> {
        let target = self.way.egress.resolve(&self.endpoint, self.way.opening.name).await?;
        let detail = target.addresses().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Ok((target, detail))
    }

    async fn dial(&self, target: &Target) -> Result<((TcpStream, SocketAddr), String), Failure> {
        let (stream, address) = self.way.egress.dial(target, self.way.opening.tcp).await?;
        Ok(((stream, address), address.to_string()))
    }

    async fn handshake(&self, tcp: TcpStream) -> Result<(Secured, String), Refusal> {
        let trusted = self.trusted.as_ref().map_err(|_| Failure::TrustFileUnusable)?;
        let handshake = self.way.tls.handshake(tcp, &self.endpoint, trusted);
        let secured = timeout(self.way.opening.tls, handshake)
            .await
            .map_err(|_| self.timed_out(Step::Tls, self.way.opening.tls))??;
        let facts = &secured.facts;
        let detail = format!("{}, {}; {}", facts.version, facts.cipher_suite, facts.verification.label());
        Ok((secured, detail))
    }

    async fn greet(
        &self,
        stream: Stream,
        certificate_requested: bool,
    ) -> Result<((Connection<Stream>, ConnAck), String), Failure> {
        if self.version != MqttVersion::V3_1_1 {
            return Err(Failure::MqttVersionNotOffered);
        }
        let mut connection = Connection::new(
            stream,
            self.way.session.max_packet_bytes,
            MAX_IN_FLIGHT,
            self.way.session.broker_write,
        );
        let connack = timeout(self.way.opening.connack, connection.connect(&self.connect))
            .await
            .map_err(|_| self.timed_out(Step::Mqtt, self.way.opening.connack))?
            .map_err(|error| before_connack(&error, certificate_requested))?;
        accepted(connack)?;
        Ok(((connection, connack), format!("return code {}", connack.return_code)))
    }
}

fn trusted(trust: Trust) -> Result<Trusted, TrustFileProblem> {
    match trust {
        Trust::PublicAuthorities => Ok(Trusted::PublicAuthorities),
        Trust::UploadedCertificate { pem } => {
            let pem = zeroize::Zeroizing::new(pem);
            TrustFile::read(pem.as_bytes()).map(Trusted::Uploaded)
        }
    }
}

fn before_connack(error: &ConnectionError, certificate_requested: bool) -> Failure {
    let failure = match error {
        ConnectionError::Closed => Failure::MqttClosed,
        ConnectionError::Stream(error) => match crate::tls::failure::of_open_stream(error) {
            Failure::ConnectionReset => Failure::MqttClosed,
            failure => failure,
        },
        ConnectionError::Malformed => Failure::MqttNotSpoken,
        ConnectionError::Stalled(limit) => Failure::MqttTimedOut { after_s: limit.as_secs() },
    };
    match failure {
        Failure::MqttClosed | Failure::TlsFailed { .. } | Failure::TlsNoCommonCipher
            if certificate_requested =>
        {
            Failure::ClientCertificateRequired
        }
        failure => failure,
    }
}

/// MQTT 3.1.1 table 3.1. ThingsBoard sends 4 only up to version 3.1.1.
fn accepted(connack: ConnAck) -> Result<(), Failure> {
    let return_code = connack.return_code;
    match return_code {
        0 => Ok(()),
        1 => Err(Failure::MqttVersionRefused { return_code }),
        2 => Err(Failure::ClientIdRefused { return_code }),
        3 => Err(Failure::ServerUnavailable { return_code }),
        4 | 5 => Err(Failure::CredentialsRefused { return_code }),
        _ => Err(Failure::ConnectRefused { return_code }),
    }
}

/// Times the steps and reports those that passed.
struct Steps<R> {
    id: RequestId,
    report: R,
    step: Step,
    start: Instant,
}

impl<R: FnMut(StepPassed)> Steps<R> {
    async fn run<T, E, F>(&mut self, step: Step, work: F) -> Result<T, Failed>
    where
        E: Into<Refusal>,
        F: Future<Output = Result<(T, String), E>>,
    {
        (self.step, self.start) = (step, Instant::now());
        let (value, detail) = work.await.map_err(|refusal| self.failed(refusal))?;
        let passed = StepPassed { id: self.id, step, elapsed_us: self.elapsed_us(), detail };
        (self.report)(passed);
        Ok(value)
    }

    fn failed(&self, refusal: impl Into<Refusal>) -> Failed {
        Failed { step: self.step, elapsed_us: self.elapsed_us(), refusal: refusal.into() }
    }

    fn elapsed_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
