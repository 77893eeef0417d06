//! Which addresses may be reached: pure, an address in and a verdict out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The judgement on one address, with the reason's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// 0.0.0.0/8 and `::`: reaches the own machine on Linux.
    Unspecified,
    /// 169.254.0.0/16 and fe80::/10: most clouds' metadata lives there.
    LinkLocal,
    /// The metadata services that live elsewhere.
    Metadata,
    Multicast,
    /// 240.0.0.0/4 and broadcast.
    Reserved,
}

/// The instance metadata services of two large clouds, inside the private IPv6 range.
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];

/// The rules of a proxy that serves one person on their own machine: loopback and private networks are
/// theirs to reach.
pub(crate) fn local(address: IpAddr) -> Verdict {
    match address {
        IpAddr::V4(address) => local_v4(address),
        IpAddr::V6(address) => {
            let inner = embedded_v4(address).into_iter().flatten().map(local_v4);
            inner
                .chain([local_v6(address)])
                .find(|verdict| *verdict != Verdict::Allowed)
                .unwrap_or(Verdict::Allowed)
        }
    }
}

fn local_v4(address: Ipv4Addr) -> Verdict {
    match address.octets() {
        [0, ..] => Verdict::Unspecified,
        [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192] => Verdict::Metadata,
        [169, 254, ..] => Verdict::LinkLocal,
        [224..=239, ..] => Verdict::Multicast,
        [240..=255, ..] => Verdict::Reserved,
        _ => Verdict::Allowed,
    }
}

fn local_v6(address: Ipv6Addr) -> Verdict {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Verdict::Unspecified,
        [0xfe80..=0xfebf, ..] => Verdict::LinkLocal,
        _ if METADATA_V6.contains(&address) => Verdict::Metadata,
        [0xff00..=0xffff, ..] => Verdict::Multicast,
        _ => Verdict::Allowed,
    }
}

/// The IPv4 addresses that may stand inside an IPv6 one, in every form that a network may unwrap: mapped,
/// compatible, translated, NAT64 (RFC 6052, both places of the local prefix), 6to4, Teredo and ISATAP. `::`
/// and `::1` are IPv6's own.
fn embedded_v4(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None, None],
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => [from(high, low), None],
        [0, 0, 0, 0, 0xffff, 0, high, low] => [from(high, low), None],
        [0x64, 0xff9b, 0, _, _, _, high, low] => [from(high, low), None],
        [0x64, 0xff9b, 1, middle, after, end, high, low] => {
            let inner = from(middle, (after << 8) | (end >> 8));
            // With the address in the middle, all after it is zero.
            if end & 0xff == 0 && high == 0 && low == 0 { [inner, None] } else { [from(high, low), inner] }
        }
        [0x2001, 0, .., high, low] => [from(!high, !low), None],
        [0x2002, high, low, ..] => [from(high, low), None],
        [.., 0 | 0x0200, 0x5efe, high, low] => [from(high, low), None],
        _ => [None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(addresses: &[&str], verdict: Verdict) {
        for address in addresses {
            assert_eq!(local(address.parse().unwrap()), verdict, "{address}");
        }
    }

    #[test]
    fn a_person_may_reach_their_own_networks() {
        check(
            &["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "1.0.0.0", "8.8.8.8"],
            Verdict::Allowed,
        );
        check(&["169.253.255.255", "169.255.0.0", "223.255.255.255"], Verdict::Allowed);
        check(&["::1", "fd00::1", "2001:db8::1", "fe7f::1", "fec0::1", "fd00:ec2::253"], Verdict::Allowed);
        check(&["::ffff:127.0.0.1", "64:ff9b::808:808", "2002:7f00:1::"], Verdict::Allowed);
    }

    #[test]
    fn what_is_nobodys_is_refused_in_every_spelling() {
        check(&["0.0.0.0", "0.255.255.255", "::", "::ffff:0.0.0.0", "64:ff9b::"], Verdict::Unspecified);
        check(
            &["169.254.0.0", "169.254.169.254", "169.254.255.255", "::ffff:169.254.169.254"],
            Verdict::LinkLocal,
        );
        check(&["64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254"], Verdict::LinkLocal);
        check(&["::ffff:0:169.254.169.254", "64:ff9b:1::a9fe:a9fe"], Verdict::LinkLocal);
        check(&["fe80::1", "febf::1", "64:ff9b:1:a9fe:a9:fe00::"], Verdict::LinkLocal);
        check(&["2001:0:1:2:3:4:5601:5601"], Verdict::LinkLocal);
        check(&["2001:db8::5efe:169.254.169.254"], Verdict::LinkLocal);
        check(
            &[
                "fd20:ce::254",
                "192.0.0.192",
                "fd00:ec2::254",
                "100.100.100.200",
                "168.63.129.16",
                "::ffff:100.100.100.200",
            ],
            Verdict::Metadata,
        );
        check(&["224.0.0.0", "239.255.255.255", "ff00::", "ffff::1"], Verdict::Multicast);
        check(&["240.0.0.0", "255.255.255.255", "2002:ffff:ffff::"], Verdict::Reserved);
    }
}
