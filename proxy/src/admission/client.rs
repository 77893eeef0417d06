//! Who is asking, for the purpose of counting.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A client: an IPv4 address, or a whole /64 of IPv6, which is what one subscriber has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

/// The header that reverse proxies add to: one address a hop, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Hops that are looked at.
const MAX_HOPS: usize = 32;

impl Client {
    /// The client at an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }

    /// The client behind a request: the connection's other end, or, where that is a proxy of ours, the last
    /// address in the forwarding header that is none. What stands before it anybody may have written.
    pub(crate) fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted =
            |address: &IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
        if !is_trusted(&peer) {
            return Self::of(peer);
        }
        // A line that cannot be read holds no address, which ends the chain.
        let lines = headers.get_all(FORWARDED_FOR).iter().rev().map(|line| line.to_str().unwrap_or_default());
        let hops = lines.flat_map(|line| line.rsplit(',')).map(str::trim).take(MAX_HOPS);
        let mut nearest = peer;
        for hop in hops {
            // What is no address ends the chain of what we know.
            let Some(address) = address(hop) else { break };
            nearest = address;
            if !is_trusted(&address) {
                break;
            }
        }
        Self::of(nearest)
    }
}

/// A hop's address, as proxies write it: alone, with a port, or in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "2001:db8:ffff::/48".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let found = Client::behind(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(found, Client::of(expected.parse().unwrap()), "{peer} {forwarded:?}");
    }

    #[test]
    fn a_stranger_cannot_name_another_address() {
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("192.0.2.1", &[], "192.0.2.1");
    }

    #[test]
    fn behind_our_proxies_the_last_address_that_is_none_of_them_counts() {
        check("10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.1, 198.51.100.7, 10.0.0.9"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.1", "198.51.100.7", "10.0.0.9"], "198.51.100.7");
        check("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["10.0.0.8, 10.0.0.9"], "10.0.0.8");
        check("10.0.0.1", &["198.51.100.7:5678"], "198.51.100.7");
        check("10.0.0.1", &["[2001:db8:1:2::3]"], "2001:db8:1:2::1");
        check("10.0.0.1", &["[2001:db8:1:2::3]:99"], "2001:db8:1:2::1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.7, nonsense"], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.1", "ü, 198.51.100.7"], "10.0.0.1");
        check("2001:db8:ffff::1", &["2001:db8:1:2::3"], "2001:db8:1:2::ffff");
    }
}
