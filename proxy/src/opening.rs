//! Opens the broker side: name, TCP, TLS ([`route`]), MQTT ([`greeting`]), each step timed, bounded and
//! reported ([`steps`]).
//!
//! The request was checked by its types; what they cannot say (the certificates, the ranges) is checked
//! here before anything is dialled. Knows nothing of who asks: a page's session or the terminal.

pub(crate) mod greeting;
pub(crate) mod route;
pub(crate) mod steps;

use crate::{
    broker::{
        connection::Connection,
        packet::{Connect, ServerLimits},
    },
    config::{OpeningLimits, SessionLimits},
    egress::Egress,
    tls::{Secured, Stream, Tls},
};
use greeting::Greeting;
use route::Route;
use shared::{
    failure::Step,
    limits::KEEP_ALIVE_S,
    trust_file::TrustFileProblem,
    wire::{self, Connected, OptionsProblem, RequestId, StepPassed},
};
use std::time::Duration;
use steps::{Failed, Steps};
use thiserror::Error;
use tokio::time::timeout;

/// Why a connect request cannot be tried.
#[derive(Debug, Error)]
pub(crate) enum Problem {
    #[error("the certificates cannot be used: {0}")]
    Trust(#[from] TrustFileProblem),
    #[error("the options cannot be used: {0}")]
    Options(#[from] OptionsProblem),
}

/// The means and bounds by which attempts are made.
#[derive(Debug)]
pub(crate) struct Means {
    pub(crate) egress: Egress,
    pub(crate) tls: Tls,
    pub(crate) opening: OpeningLimits,
    pub(crate) session: SessionLimits,
}

/// A session that may begin.
pub(crate) struct Opened<S> {
    pub(crate) connection: Connection<S>,
    pub(crate) connected: Connected,
    pub(crate) keep_alive: Duration,
    pub(crate) limits: ServerLimits,
    /// Whether the server was told a last will.
    pub(crate) has_will: bool,
}

/// A connection attempt that may be made.
pub(crate) struct Attempt<'a> {
    id: RequestId,
    route: Route<'a>,
    greeting: Greeting,
    means: &'a Means,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(request: wire::Connect, means: &'a Means) -> Result<Self, Problem> {
        request.options.check()?;
        let connect = Connect { credentials: request.credentials, options: request.options };
        Ok(Self {
            id: request.id,
            route: Route::new(request.endpoint, request.trust, means)?,
            greeting: Greeting { version: request.mqtt_version, connect },
            means,
        })
    }

    /// Makes the attempt, reporting each step that passed.
    pub(crate) async fn run(self, report: impl FnMut(StepPassed)) -> Result<Opened<Stream>, Failed> {
        let mut steps = Steps::new(self.id, report);
        let limit = self.means.opening.all;
        match timeout(limit, self.take(&mut steps)).await {
            Ok(opened) => opened,
            Err(_) => Err(steps.failed(self.route.timed_out(steps.step(), limit))),
        }
    }

    async fn take(&self, steps: &mut Steps<impl FnMut(StepPassed)>) -> Result<Opened<Stream>, Failed> {
        let (Secured { stream, facts, certificate_requested }, address) = self.route.secure(steps).await?;
        let exchange = self.greeting.exchange(
            stream,
            certificate_requested,
            &self.means.session,
            self.means.opening.connack,
        );
        let (connection, connack) = steps.run(Step::Mqtt, exchange).await?;
        Ok(Opened {
            connection,
            keep_alive: keep_alive(self.greeting.connect.options.keep_alive_s, connack.limits.keep_alive_s),
            limits: connack.limits,
            has_will: self.greeting.connect.options.will.is_some(),
            connected: Connected {
                id: self.id,
                mqtt_version: self.greeting.version,
                return_code: connack.code,
                session_present: connack.session_present,
                address,
                tls: facts,
            },
        })
    }
}

/// A server may name its own (MQTT 5 section 3.2.2.3.14); 0 means that it does not watch, which is no reason
/// for us not to.
fn keep_alive(asked_s: u16, servers_s: Option<u16>) -> Duration {
    let seconds = servers_s.filter(|seconds| *seconds != 0).unwrap_or(asked_s);
    Duration::from_secs(seconds.min(*KEEP_ALIVE_S.end()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_keep_alive_wins_unless_it_has_none() {
        assert_eq!(keep_alive(60, None), Duration::from_secs(60));
        assert_eq!(keep_alive(60, Some(30)), Duration::from_secs(30));
        assert_eq!(keep_alive(60, Some(0)), Duration::from_secs(60));
        assert_eq!(keep_alive(60, Some(u16::MAX)), Duration::from_secs(300));
    }
}
