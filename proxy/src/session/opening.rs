//! Opens the broker side: name, TCP, TLS, MQTT, each step timed, bounded and reported.
//!
//! The request was checked by its types; what they cannot say (the certificates, the ranges) is checked
//! here before anything is dialled.

use super::{Context, End, browser::Outbox};
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
    limits::{KEEP_ALIVE_S, MAX_CLIENT_ID_BYTES, MAX_IN_FLIGHT},
    trust_file::{TrustFile, TrustFileProblem},
    wire::{self, Connected, MqttVersion, RequestId, StepPassed, ToBrowser, Trust},
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use thiserror::Error;
use tokio::{net::TcpStream, time::timeout};

/// Why a connect request cannot be tried.
#[derive(Debug, Error)]
pub(super) enum Problem {
    #[error("keep_alive_s must be {} to {}", KEEP_ALIVE_S.start(), KEEP_ALIVE_S.end())]
    KeepAlive,
    #[error("client_id must have at most {MAX_CLIENT_ID_BYTES} bytes and no control characters")]
    ClientId,
}

/// The attempt failed at a step.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) step: Step,
    pub(super) elapsed_us: u64,
    pub(super) failure: Failure,
}

/// A session that may begin.
pub(super) struct Opened<S> {
    pub(super) connection: Connection<S>,
    pub(super) connected: Connected,
    pub(super) keep_alive: Duration,
}

/// A connection attempt that may be made.
pub(super) struct Attempt<'a> {
    id: RequestId,
    endpoint: Endpoint,
    trusted: Result<Trusted, TrustFileProblem>,
    version: MqttVersion,
    connect: Connect,
    egress: &'a Egress,
    tls: &'a Tls,
    opening: &'a OpeningLimits,
    session: &'a SessionLimits,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(request: wire::Connect, context: &'a Context) -> Result<Self, Problem> {
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
            egress: &context.egress,
            tls: &context.tls,
            opening: &context.opening,
            session: &context.limits,
        })
    }

    /// Makes the attempt, reporting each step that passed.
    pub(super) async fn run(self, outbox: Outbox) -> Result<Opened<Stream>, Failed> {
        let mut steps = Steps { id: self.id, outbox, step: Step::Name, start: Instant::now() };
        match timeout(self.opening.all, self.steps(&mut steps)).await {
            Ok(opened) => opened,
            Err(_) => Err(steps.failed(self.timed_out(steps.step, self.opening.all))),
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

    async fn steps(&self, steps: &mut Steps) -> Result<Opened<Stream>, Failed> {
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
        let target = self.egress.resolve(&self.endpoint, self.opening.name).await?;
        let detail = target.addresses().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Ok((target, detail))
    }

    async fn dial(&self, target: &Target) -> Result<((TcpStream, SocketAddr), String), Failure> {
        let (stream, address) = self.egress.dial(target, self.opening.tcp).await?;
        Ok(((stream, address), address.to_string()))
    }

    async fn handshake(&self, tcp: TcpStream) -> Result<(Secured, String), Failure> {
        let trusted = self.trusted.as_ref().map_err(|_| Failure::TrustFileUnusable)?;
        let handshake = self.tls.handshake(tcp, &self.endpoint, trusted);
        let secured = timeout(self.opening.tls, handshake)
            .await
            .map_err(|_| self.timed_out(Step::Tls, self.opening.tls))??;
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
        let mut connection =
            Connection::new(stream, self.session.max_packet_bytes, MAX_IN_FLIGHT, self.session.broker_write);
        let connack = timeout(self.opening.connack, connection.connect(&self.connect))
            .await
            .map_err(|_| self.timed_out(Step::Mqtt, self.opening.connack))?
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
struct Steps {
    id: RequestId,
    outbox: Outbox,
    step: Step,
    start: Instant,
}

impl Steps {
    async fn run<T, F>(&mut self, step: Step, work: F) -> Result<T, Failed>
    where
        F: Future<Output = Result<(T, String), Failure>>,
    {
        (self.step, self.start) = (step, Instant::now());
        let (value, detail) = work.await.map_err(|failure| self.failed(failure))?;
        let report = StepPassed { id: self.id, step, elapsed_us: self.elapsed_us(), detail };
        // A browser that is gone is noticed by whoever reads from it.
        let _: Result<(), End> = self.outbox.send(&[ToBrowser::StepPassed(report)], None);
        Ok(value)
    }

    fn failed(&self, failure: Failure) -> Failed {
        Failed { step: self.step, elapsed_us: self.elapsed_us(), failure }
    }

    fn elapsed_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
