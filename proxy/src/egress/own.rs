//! Whether an address is this machine's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Any port does: nothing is sent there.
const DISCARD: u16 = 9;

/// Asks the operating system from which address it would reach this one: from itself, when it is its own. A
/// UDP socket that is connected sends nothing. An address that cannot be reached is nobody's.
#[expect(clippy::disallowed_methods, reason = "no packet leaves; this is a question about routes")]
pub(super) fn is_own(address: IpAddr) -> bool {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let route = || {
        let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
        socket.connect(SocketAddr::new(address, DISCARD))?;
        socket.local_addr()
    };
    route().is_ok_and(|local| local.ip() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_ours_and_the_documentations_networks_are_not() {
        assert!(is_own("127.0.0.1".parse().unwrap()));
        for other in ["192.0.2.1", "203.0.113.9", "2001:db8::1"] {
            assert!(!is_own(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn every_address_of_an_interface_is_ours() {
        // The address by which the default route is used, where there is one.
        let route = || {
            let socket = UdpSocket::bind("0.0.0.0:0")?;
            #[expect(clippy::disallowed_methods, reason = "no packet leaves")]
            socket.connect("203.0.113.9:9")?;
            socket.local_addr()
        };
        let address = route().map_or_else(|_| IpAddr::from([127, 0, 0, 1]), |local| local.ip());
        assert!(is_own(address), "{address}");
    }
}
