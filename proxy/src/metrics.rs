//! What an operator may watch: counts and times, never a name, a token or an address.
//!
//! Labels take their values from fixed sets (codes, steps, limits), so that nobody outside can make new ones.
//! Knows neither HTTP nor where it is scraped.

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use shared::{
    failure::{Failure, Step},
    wire::TlsFacts,
};
use std::fmt;

/// Upper bounds of the step histogram's buckets, seconds.
const STEP_SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByCode {
    code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByStep {
    step: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByDirection {
    direction: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByLimit {
    limit: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByVerification {
    verification: &'static str,
    tls_version: String,
}

/// A limit that refused somebody or made them wait. Its label is the limit's name (docs/limits.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Connections,
    ClientConnections,
    Sessions,
    ClientSessions,
    ClientOpenings,
    ClientAttempts,
    ClientAttemptsAtOnce,
    TargetAttempts,
    TargetSessions,
    ClientDemoDevices,
    ClientDemoCalls,
    /// The page was made to wait, for its messages or their bytes.
    Messages,
    /// The server was made to wait.
    ServerMessages,
    /// The demo has no device for anybody just now.
    DemoDevices,
    /// A firmware for the demo found no room, or was its client's second.
    Packages,
}

impl Refused {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ClientConnections => "client-connections",
            Self::Sessions => "sessions",
            Self::ClientSessions => "client-sessions",
            Self::ClientOpenings => "client-openings",
            Self::ClientAttempts => "client-attempts",
            Self::ClientAttemptsAtOnce => "client-attempts-at-once",
            Self::TargetAttempts => "target-attempts",
            Self::TargetSessions => "target-sessions",
            Self::ClientDemoDevices => "client-demo-devices",
            Self::ClientDemoCalls => "client-demo-calls",
            Self::Messages => "messages",
            Self::ServerMessages => "server-messages",
            Self::DemoDevices => "demo-devices",
            Self::Packages => "packages",
        }
    }
}

/// Which way a publish goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    ToServer,
    ToBrowser,
}

impl Direction {
    fn label(self) -> &'static str {
        match self {
            Self::ToServer => "to_server",
            Self::ToBrowser => "to_browser",
        }
    }
}

/// Everything that is counted. Recording never waits long: a lock at the most.
pub(crate) struct Metrics {
    registry: Registry,
    sessions: Gauge,
    connected: Gauge,
    connects: Family<ByCode, Counter>,
    ends: Family<ByCode, Counter>,
    steps: Family<ByStep, Histogram>,
    publishes: Family<ByDirection, Counter>,
    payload_bytes: Family<ByDirection, Counter>,
    queued: Gauge,
    queued_bytes: Gauge,
    refusals: Family<ByLimit, Counter>,
    verifications: Family<ByVerification, Counter>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("device_console"),
            sessions: Gauge::default(),
            connected: Gauge::default(),
            connects: Family::default(),
            ends: Family::default(),
            steps: Family::new_with_constructor(|| Histogram::new(STEP_SECONDS)),
            publishes: Family::default(),
            payload_bytes: Family::default(),
            queued: Gauge::default(),
            queued_bytes: Gauge::default(),
            refusals: Family::default(),
            verifications: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("sessions", "WebSockets open now", metrics.sessions.clone());
        registry.register("connected", "MQTT sessions open now", metrics.connected.clone());
        registry.register("connects", "Connection attempts by outcome", metrics.connects.clone());
        registry.register("session_ends", "Sessions ended, by reason", metrics.ends.clone());
        registry.register_with_unit(
            "step",
            "Time of each step of a connection attempt that passed",
            Unit::Seconds,
            metrics.steps.clone(),
        );
        registry.register("publishes", "MQTT publishes carried", metrics.publishes.clone());
        registry.register_with_unit(
            "payload",
            "Payload of the publishes carried",
            Unit::Bytes,
            metrics.payload_bytes.clone(),
        );
        registry.register("queued", "Messages on their way to browsers", metrics.queued.clone());
        registry.register_with_unit(
            "queue",
            "Bytes of the messages on their way to browsers",
            Unit::Bytes,
            metrics.queued_bytes.clone(),
        );
        registry.register("refusals", "What was refused or made to wait, by limit", metrics.refusals.clone());
        registry.register(
            "tls_verifications",
            "Servers verified, by the way it was done",
            metrics.verifications.clone(),
        );
        metrics
    }
}

/// Counts one in a gauge until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Gauge);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn counted(gauge: &Gauge) -> Counted {
    gauge.inc();
    Counted(gauge.clone())
}

impl Metrics {
    /// A WebSocket was opened.
    pub(crate) fn session(&self) -> Counted {
        counted(&self.sessions)
    }

    /// An MQTT session was opened.
    pub(crate) fn connected(&self, facts: &TlsFacts) -> Counted {
        self.connects.get_or_create(&ByCode { code: "connected".to_owned() }).inc();
        let verification = facts.verification.key();
        let verification = ByVerification { verification, tls_version: facts.version.clone() };
        self.verifications.get_or_create(&verification).inc();
        counted(&self.connected)
    }

    /// An attempt failed.
    pub(crate) fn connect_failed(&self, failure: &Failure) {
        self.connects.get_or_create(&ByCode { code: failure.code() }).inc();
        match failure {
            Failure::TargetBusy { .. } => self.refused(Refused::TargetSessions),
            Failure::TooManyAttempts { .. } => self.refused(Refused::TargetAttempts),
            _ => {}
        }
    }

    /// A session ended; `code` is a failure's or one of the session's own words.
    pub(crate) fn ended(&self, code: String) {
        self.ends.get_or_create(&ByCode { code }).inc();
    }

    pub(crate) fn step(&self, step: Step, elapsed_us: u64) {
        // Under 2^52 microseconds, which are more than a hundred years, nothing is lost.
        #[expect(clippy::cast_precision_loss, reason = "a time for a histogram")]
        let seconds = elapsed_us as f64 / 1e6;
        self.steps.get_or_create(&ByStep { step: step.key() }).observe(seconds);
    }

    /// A publish was carried.
    pub(crate) fn publish(&self, direction: Direction, payload_bytes: usize) {
        let direction = ByDirection { direction: direction.label() };
        self.publishes.get_or_create(&direction).inc();
        self.payload_bytes.get_or_create(&direction).inc_by(payload_bytes as u64);
    }

    /// Messages were put on their way to a browser, or taken by it when negative.
    pub(crate) fn queued(&self, messages: i64, bytes: i64) {
        self.queued.inc_by(messages);
        self.queued_bytes.inc_by(bytes);
    }

    pub(crate) fn refused(&self, limit: Refused) {
        self.refusals.get_or_create(&ByLimit { limit: limit.label() }).inc();
    }

    /// All of it in the OpenMetrics text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _: fmt::Result = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::endpoint::{Endpoint, Host};

    #[test]
    fn what_happened_stands_in_the_text() {
        let metrics = Metrics::default();
        let session = metrics.session();
        let endpoint = Endpoint { host: Host::parse("a").unwrap(), port: 1 };
        metrics.connect_failed(&Failure::TcpRefused { endpoint: endpoint.clone() });
        metrics.connect_failed(&Failure::TargetBusy { endpoint });
        metrics.step(Step::Tcp, 1_500);
        metrics.publish(Direction::ToServer, 20);
        metrics.publish(Direction::ToServer, 1);
        metrics.refused(Refused::ClientSessions);
        let text = metrics.text();
        for line in [
            "device_console_sessions 1",
            r#"device_console_connects_total{code="tcp-refused"} 1"#,
            r#"device_console_step_seconds_bucket{le="0.0025",step="tcp"} 1"#,
            r#"device_console_step_seconds_bucket{le="0.001",step="tcp"} 0"#,
            r#"device_console_publishes_total{direction="to_server"} 2"#,
            r#"device_console_payload_bytes_total{direction="to_server"} 21"#,
            r#"device_console_refusals_total{limit="client-sessions"} 1"#,
            r#"device_console_refusals_total{limit="target-sessions"} 1"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        drop(session);
        assert!(metrics.text().contains("device_console_sessions 0"));
    }
}
