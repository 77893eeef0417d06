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
    credentials::Credentials,
    failure::Step,
    limits::{KEEP_ALIVE_S, MAX_CLIENT_ID_BYTES},
    trust_file::TrustFileProblem,
    wire::{self, Connected, RequestId, StepPassed},
};
use std::time::Duration;
use steps::{Failed, Steps};
use thiserror::Error;
use tokio::time::timeout;

/// Why a connect request cannot be tried.
#[derive(Debug, Error)]
pub(crate) enum Problem {
    #[error("keep_alive_s must be {} to {}", KEEP_ALIVE_S.start(), KEEP_ALIVE_S.end())]
    KeepAlive,
    #[error("the certificates cannot be used: {0}")]
    Trust(#[from] TrustFileProblem),
    #[error("client_id must have at most {MAX_CLIENT_ID_BYTES} bytes and no control characters")]
    ClientId,
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
        let options = request.options;
        if !KEEP_ALIVE_S.contains(&options.keep_alive_s) {
            return Err(Problem::KeepAlive);
        }
        if options.client_id.len() > MAX_CLIENT_ID_BYTES || options.client_id.contains(char::is_control) {
            return Err(Problem::ClientId);
        }
        let Credentials::AccessToken(user_name) = request.credentials;
        let connect = Connect { client_id: options.client_id, keep_alive_s: options.keep_alive_s, user_name };
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
            keep_alive: keep_alive(self.greeting.connect.keep_alive_s, connack.limits.keep_alive_s),
            limits: connack.limits,
            connected: Connected {
                id: self.id,
                mqtt_version: self.greeting.version,
                return_code: connack.code,
                session_present: connack.session_present,
                address: address.to_string(),
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
