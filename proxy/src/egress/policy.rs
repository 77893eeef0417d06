//! Which endpoints may be dialled at all: the operator's word, before any name is looked up. Pure.
//!
//! Judges host and port as they were typed; what a name leads to is judged by [`super::classify`].

use shared::{endpoint::Endpoint, limits::DEFAULT_MQTTS_PORT};
use std::net::IpAddr;

/// Where sessions may connect to.
#[derive(Clone, Debug, Default)]
pub enum Policy {
    /// One person on their own machine: any host, their own networks included.
    #[default]
    Local,
    /// Strangers: only what the operator lists.
    Hosted(Hosted),
}

/// The list of a proxy that strangers use. Empty: nothing may be reached.
#[derive(Clone, Debug, Default)]
pub struct Hosted {
    pub targets: Vec<AllowedTarget>,
    /// The demo's own server.
    pub demo: Option<AllowedTarget>,
    /// Whether any host with public addresses may be reached besides, at the ports of
    /// [`Self::public_ports`].
    pub any_public_host: bool,
    /// Ports of any public host; empty stands for 8883.
    pub public_ports: Vec<u16>,
    /// Addresses that lead to this machine from outside. Its own interfaces are found out.
    pub own_addresses: Vec<IpAddr>,
}

/// One host and port that may be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedTarget {
    pub endpoint: Endpoint,
    /// Whether its addresses may be private or this machine's own.
    pub internal: bool,
}

/// What kinds of address an endpoint may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A person's own networks and the world.
    Local,
    /// One that the operator marked internal.
    Internal,
    /// The world only.
    Listed,
    /// The world only, and nobody vouches for the name.
    Unlisted,
}

impl Policy {
    /// Whether an endpoint may be dialled, as far as host and port tell.
    #[must_use]
    pub fn allows(&self, endpoint: &Endpoint) -> bool {
        self.reach(endpoint).is_some()
    }

    /// Lets the demo's own server be dialled besides those listed.
    pub fn allow_demo(&mut self, endpoint: Endpoint) {
        if let Self::Hosted(hosted) = self {
            // It is on this machine.
            hosted.demo = Some(AllowedTarget { endpoint, internal: true });
        }
    }

    /// The servers that are listed, where only those may be reached.
    pub(crate) fn offered(&self) -> Vec<Endpoint> {
        match self {
            Self::Hosted(hosted) if !hosted.any_public_host => {
                hosted.targets.iter().map(|target| target.endpoint.clone()).collect()
            }
            Self::Hosted(_) | Self::Local => Vec::new(),
        }
    }

    /// How far an endpoint may lead; `None` when it may not be dialled.
    pub(crate) fn reach(&self, endpoint: &Endpoint) -> Option<Reach> {
        let hosted = match self {
            Self::Local => return Some(Reach::Local),
            Self::Hosted(hosted) => hosted,
        };
        let listed = hosted.targets.iter().chain(&hosted.demo).find(|target| target.endpoint == *endpoint);
        match listed {
            Some(target) if target.internal => Some(Reach::Internal),
            Some(_) => Some(Reach::Listed),
            None => (hosted.any_public_host && hosted.takes_port(endpoint.port)).then_some(Reach::Unlisted),
        }
    }

    /// Addresses that the operator says are this machine's.
    pub(crate) fn own_addresses(&self) -> &[IpAddr] {
        match self {
            Self::Local => &[],
            Self::Hosted(hosted) => &hosted.own_addresses,
        }
    }
}

impl Hosted {
    fn takes_port(&self, port: u16) -> bool {
        if self.public_ports.is_empty() {
            port == DEFAULT_MQTTS_PORT
        } else {
            self.public_ports.contains(&port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::endpoint::Host;

    fn endpoint(host: &str, port: u16) -> Endpoint {
        Endpoint { host: Host::parse(host).unwrap(), port }
    }

    fn hosted(any_public_host: bool) -> Policy {
        let target = |host, internal| AllowedTarget { endpoint: endpoint(host, 8883), internal };
        Policy::Hosted(Hosted {
            targets: vec![target("mqtt.example.com", false), target("broker.internal", true)],
            any_public_host,
            ..Hosted::default()
        })
    }

    #[test]
    fn a_person_on_their_own_machine_may_dial_anything() {
        assert_eq!(Policy::Local.reach(&endpoint("10.0.0.1", 22)), Some(Reach::Local));
    }

    #[test]
    fn strangers_reach_what_is_listed_by_host_and_port() {
        let policy = hosted(false);
        assert_eq!(policy.reach(&endpoint("mqtt.example.com", 8883)), Some(Reach::Listed));
        assert_eq!(policy.reach(&endpoint("MQTT.example.com.", 8883)), Some(Reach::Listed));
        assert_eq!(policy.reach(&endpoint("broker.internal", 8883)), Some(Reach::Internal));
        for other in ["example.com", "a.mqtt.example.com", "mqtt.example.co", "127.0.0.1", "::1"] {
            assert_eq!(policy.reach(&endpoint(other, 8883)), None, "{other}");
        }
        assert_eq!(policy.reach(&endpoint("mqtt.example.com", 1883)), None);
        assert_eq!(Policy::Hosted(Hosted::default()).reach(&endpoint("mqtt.example.com", 8883)), None);
    }

    #[test]
    fn any_public_host_is_a_word_of_its_own_and_only_for_its_ports() {
        let policy = hosted(true);
        assert_eq!(policy.reach(&endpoint("other.example", 8883)), Some(Reach::Unlisted));
        assert_eq!(policy.reach(&endpoint("other.example", 443)), None);
        let Policy::Hosted(list) = policy else { unreachable!() };
        let policy = Policy::Hosted(Hosted { public_ports: vec![443], ..list });
        assert_eq!(policy.reach(&endpoint("other.example", 443)), Some(Reach::Unlisted));
        assert_eq!(policy.reach(&endpoint("other.example", 8883)), None);
    }
}
