//! The only place that opens outbound connections: resolve once, judge every answer, dial the judged
//! address.
//!
//! The name is looked up one time; the addresses that came back are the ones dialled, so that a name
//! which changes its answer gains nothing. Knows nothing of TLS or MQTT.

pub(crate) mod classify;

use classify::Verdict;
use shared::{
    endpoint::{Endpoint, Host},
    failure::Failure,
};
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tracing::debug;

/// Addresses of one name that are looked at.
const MAX_ANSWERS: usize = 16;

/// Addresses that are tried.
const MAX_TRIES: usize = 4;

/// The rules by which connections are opened.
#[derive(Debug, Default)]
pub(crate) struct Egress;

/// Addresses that were judged, for one endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    endpoint: Endpoint,
    addresses: Vec<IpAddr>,
}

impl Target {
    pub(crate) fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }
}

impl Egress {
    /// Looks the host up and judges its addresses; those that may not be reached are left out.
    pub(crate) async fn resolve(&self, endpoint: &Endpoint, limit: Duration) -> Result<Target, Failure> {
        let host = &endpoint.host;
        let answers = match host.ip() {
            Some(address) => vec![address],
            None => timeout(limit, look_up(host))
                .await
                .map_err(|_| Failure::NameTimedOut { host: host.to_string(), after_s: limit.as_secs() })??,
        };
        let (allowed, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|address| classify::local(*address) == Verdict::Allowed);
        if allowed.is_empty() {
            debug!(refused = refused.len(), "no address may be reached");
            return Err(Failure::TargetNotAllowed { endpoint: endpoint.clone() });
        }
        Ok(Target { endpoint: endpoint.clone(), addresses: allowed })
    }

    /// Connects to the first address that answers, all tries within `limit`.
    pub(crate) async fn dial(
        &self,
        target: &Target,
        limit: Duration,
    ) -> Result<(TcpStream, SocketAddr), Failure> {
        let endpoint = &target.endpoint;
        let addresses = &target.addresses[..target.addresses.len().min(MAX_TRIES)];
        // Each address gets its share, so that a dead one does not use up the time of those after it.
        let share = limit / u32::try_from(addresses.len()).unwrap_or(1).max(1);
        let mut last = ErrorKind::TimedOut;
        for address in addresses {
            let address = SocketAddr::new(*address, endpoint.port);
            match timeout(share, connect(address)).await {
                Ok(Ok(stream)) => return Ok((stream, address)),
                Ok(Err(error)) => last = error.kind(),
                Err(_) => last = ErrorKind::TimedOut,
            }
        }
        Err(failure(endpoint, last, limit))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that resolves")]
async fn look_up(host: &Host) -> Result<Vec<IpAddr>, Failure> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for answer in lookup_host((host.as_str(), 0)).await.map_err(|error| lookup_failure(host, &error))? {
        if !addresses.contains(&answer.ip()) && addresses.len() < MAX_ANSWERS {
            addresses.push(answer.ip());
        }
    }
    if addresses.is_empty() { Err(Failure::NameNotFound { host: host.to_string() }) } else { Ok(addresses) }
}

/// The resolver's errors carry no kind that tells "no such name" from "no answer"; the C library's words
/// do, and they are only compared, never shown.
fn lookup_failure(host: &Host, error: &io::Error) -> Failure {
    let host = host.to_string();
    if error.to_string().contains("Temporary failure") {
        Failure::NameLookupFailed { host }
    } else {
        Failure::NameNotFound { host }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that dials")]
async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    if stream.peer_addr()? != address {
        return Err(ErrorKind::AddrNotAvailable.into());
    }
    // Small packets must not wait for each other (Nagle and delayed acknowledgement: 40 ms).
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn failure(endpoint: &Endpoint, kind: ErrorKind, limit: Duration) -> Failure {
    let endpoint = endpoint.clone();
    match kind {
        ErrorKind::ConnectionRefused => Failure::TcpRefused { endpoint },
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Failure::TcpUnreachable { endpoint },
        ErrorKind::TimedOut => Failure::TcpTimedOut { endpoint, after_s: limit.as_secs() },
        _ => Failure::TcpFailed { endpoint },
    }
}
