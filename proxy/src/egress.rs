//! The only place that opens outbound connections: resolve once, judge every answer, dial the judged
//! address.
//!
//! The name is looked up one time; the addresses that came back are the ones dialled, so that a name
//! which changes its answer gains nothing. Knows nothing of TLS or MQTT.

pub(crate) mod classify;
mod dialled;
mod own;
pub(crate) mod policy;
pub(crate) mod resolver;
mod shares;

use crate::config::Config;
use classify::Verdict;
pub(crate) use dialled::Dialled;
use policy::{Policy, Reach};
use resolver::Resolver;
use shared::{
    endpoint::{Endpoint, Host},
    failure::Failure,
};
use shares::Shares;
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};
use tracing::{debug, warn};

/// Addresses of one name that are looked at.
const MAX_ANSWERS: usize = 16;

/// Addresses that are tried.
const MAX_TRIES: usize = 4;

/// Whether strangers may never be led to this address, unless an operator marks it as internal.
#[must_use]
pub fn is_not_public(address: IpAddr) -> bool {
    classify::public(address.to_canonical()) != Verdict::Allowed
}

/// When a name that nobody listed is refused, whatever the reason: longer than a look-up takes.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// The rules by which connections are opened.
#[derive(Debug, Default)]
pub(crate) struct Egress {
    policy: Policy,
    resolver: Resolver,
    shares: Shares,
}

/// Addresses that were judged, for one endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    endpoint: Endpoint,
    addresses: Vec<IpAddr>,
    reach: Reach,
}

impl Target {
    /// The addresses for a person to see; none where they are the operator's own affair.
    pub(crate) fn shown_addresses(&self) -> Option<&[IpAddr]> {
        (self.reach != Reach::Internal).then_some(&self.addresses)
    }
}

impl Egress {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            policy: config.targets.clone(),
            resolver: config.resolver.clone(),
            shares: Shares::new(&config.each_target),
        }
    }

    /// Looks the host up and judges its addresses. A person on their own machine gets those that may be
    /// reached; for strangers one bad address refuses the name, since mixed answers are how a name is turned
    /// against the network behind the proxy.
    pub(crate) async fn resolve(&self, endpoint: &Endpoint, limit: Duration) -> Result<Target, Failure> {
        let start = Instant::now();
        let judged = self.judge(endpoint, limit).await;
        if judged.is_err() && self.policy.reach(endpoint) == Some(Reach::Unlisted) {
            // How long it took tells whether the name is known inside, and why it was refused tells it as well.
            sleep_until(start + REFUSAL_TIME).await;
            return Err(Failure::TargetNotAllowed { endpoint: endpoint.clone() });
        }
        judged
    }

    async fn judge(&self, endpoint: &Endpoint, limit: Duration) -> Result<Target, Failure> {
        let host = &endpoint.host;
        let refused = || Failure::TargetNotAllowed { endpoint: endpoint.clone() };
        let Some(reach) = self.policy.reach(endpoint) else {
            debug!("the target is not on the list");
            return Err(refused());
        };
        let answers = match host.ip() {
            Some(address) => vec![address.to_canonical()],
            None => timeout(limit, self.look_up(host))
                .await
                .map_err(|_| Failure::NameTimedOut { host: host.to_string(), after_s: limit.as_secs() })??,
        };
        let count = answers.len();
        let allowed: Vec<_> = answers.into_iter().filter(|address| self.may_reach(*address, reach)).collect();
        if allowed.is_empty() || (reach != Reach::Local && allowed.len() < count) {
            if reach == Reach::Listed {
                warn!(
                    answers = count,
                    allowed = allowed.len(),
                    "a listed target leads to addresses that are not public"
                );
            } else {
                debug!(answers = count, allowed = allowed.len(), "addresses that may not be reached");
            }
            return Err(refused());
        }
        Ok(Target { endpoint: endpoint.clone(), addresses: allowed, reach })
    }

    /// Whether an endpoint has its shares by the name it was asked for.
    pub(crate) fn has_shares_by_name(&self, endpoint: &Endpoint) -> bool {
        matches!(self.policy.reach(endpoint), Some(Reach::Local | Reach::Internal | Reach::Listed))
    }

    fn may_reach(&self, address: IpAddr, reach: Reach) -> bool {
        match reach {
            Reach::Local | Reach::Internal => classify::local(address) == Verdict::Allowed,
            Reach::Listed | Reach::Unlisted => {
                classify::public(address) == Verdict::Allowed
                    && !self.policy.own_addresses().contains(&address.to_canonical())
                    && !own::is_own(address.to_canonical())
            }
        }
    }

    async fn look_up(&self, host: &Host) -> Result<Vec<IpAddr>, Failure> {
        let answers =
            self.resolver.0.resolve(host.as_str()).await.map_err(|error| lookup_failure(host, &error))?;
        let mut addresses: Vec<IpAddr> = Vec::new();
        // One server must not have two addresses by being written in two ways.
        for answer in answers.into_iter().map(|answer| answer.to_canonical()) {
            if !addresses.contains(&answer) && addresses.len() < MAX_ANSWERS {
                addresses.push(answer);
            }
        }
        if addresses.is_empty() {
            Err(Failure::NameNotFound { host: host.to_string() })
        } else {
            Ok(addresses)
        }
    }

    /// Connects to the first address that answers, all tries within `limit`.
    pub(crate) async fn dial(
        &self,
        target: &Target,
        limit: Duration,
    ) -> Result<(Dialled, SocketAddr), Failure> {
        let endpoint = &target.endpoint;
        let addresses = &target.addresses[..target.addresses.len().min(MAX_TRIES)];
        // Each address gets its share, so that a dead one does not use up the time of those after it.
        let share = limit / u32::try_from(addresses.len()).unwrap_or(1).max(1);
        let mut last = ErrorKind::TimedOut;
        for address in addresses {
            let address = SocketAddr::new(*address, endpoint.port);
            let counted = match target.reach {
                Reach::Unlisted => Some(self.shares.take(address, endpoint)?),
                Reach::Local | Reach::Internal | Reach::Listed => None,
            };
            match timeout(share, connect(address)).await {
                Ok(Ok(tcp)) => return Ok((Dialled { tcp, _share: counted }, address)),
                Ok(Err(error)) => last = error.kind(),
                Err(_) => last = ErrorKind::TimedOut,
            }
        }
        Err(failure(endpoint, last, limit))
    }
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

#[cfg(test)]
mod tests {
    use super::{policy::Hosted, resolver::Answers, *};
    use resolver::Resolve;
    use std::sync::Arc;

    /// Knows no name, after a while; or each by this address, at once.
    #[derive(Debug)]
    enum Names {
        None { after: Duration },
        All(IpAddr),
    }

    impl Resolve for Names {
        fn resolve<'a>(&'a self, _host: &'a str) -> Answers<'a> {
            Box::pin(async move {
                match self {
                    Self::None { after } => {
                        tokio::time::sleep(*after).await;
                        Ok(Vec::new())
                    }
                    Self::All(address) => Ok(vec![*address]),
                }
            })
        }
    }

    fn egress(names: Names) -> Egress {
        let hosted = Hosted { any_public_host: true, ..Hosted::default() };
        Egress { policy: Policy::Hosted(hosted), resolver: Resolver(Arc::new(names)), ..Egress::default() }
    }

    fn endpoint() -> Endpoint {
        Endpoint { host: Host::parse("some.example").unwrap(), port: 8883 }
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_is_none_and_one_inside_take_the_same_time_and_words() {
        let inside = Names::All("10.0.0.1".parse().unwrap());
        for names in [Names::None { after: Duration::from_millis(700) }, inside] {
            let start = Instant::now();
            let refused = egress(names).resolve(&endpoint(), Duration::from_secs(5)).await.unwrap_err();
            assert_eq!(refused, Failure::TargetNotAllowed { endpoint: endpoint() });
            assert_eq!(start.elapsed(), REFUSAL_TIME);
        }
    }

    #[tokio::test]
    async fn an_address_is_one_however_it_is_written() {
        let egress = egress(Names::All("::ffff:8.8.8.8".parse().unwrap()));
        let target = egress.resolve(&endpoint(), Duration::from_secs(5)).await.unwrap();
        assert_eq!(target.addresses, ["8.8.8.8".parse::<IpAddr>().unwrap()]);
    }
}
