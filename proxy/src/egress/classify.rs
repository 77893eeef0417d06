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
    /// Not in the public internet: private networks, this machine, documentation, tests, transition.
    NotPublic,
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

/// The rules of a proxy that strangers use: the public internet only (IANA's special-purpose registries,
/// RFC 6890 and its updates).
pub(crate) fn public(address: IpAddr) -> Verdict {
    match local(address) {
        Verdict::Allowed => {}
        refused => return refused,
    }
    let allowed = match address {
        IpAddr::V4(address) => is_public_v4(address),
        // An IPv4 address inside is judged too, but the ranges that hold one are refused anyhow; only the mapped
        // form is the same address in another spelling.
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    };
    if allowed { Verdict::Allowed } else { Verdict::NotPublic }
}

/// Ranges that are no public internet, by their first address and the length of their prefix.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 18] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Only here is there a public internet in IPv6 (global unicast).
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is none within it: protocol assignments with Teredo and ORCHID, documentation, 6to4, AS112.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4
        .iter()
        .any(|(first, prefix)| address.to_bits() >> (32 - prefix) == first.to_bits() >> (32 - prefix))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |(first, prefix): &(Ipv6Addr, u32)| {
        address.to_bits() >> (128 - prefix) == first.to_bits() >> (128 - prefix)
    };
    within(&GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(within)
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

    /// The addresses around the edges of a range: one below, first, last, one above.
    fn edges_v4((first, prefix): (Ipv4Addr, u32)) -> [Option<Ipv4Addr>; 4] {
        let first = first.to_bits();
        let last = first | u32::MAX.checked_shr(prefix).unwrap_or(0);
        [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)]
            .map(|bits| bits.map(Ipv4Addr::from_bits))
    }

    fn edges_v6((first, prefix): (Ipv6Addr, u32)) -> [Ipv6Addr; 4] {
        let first = first.to_bits();
        let last = first | (u128::MAX >> prefix);
        [first - 1, first, last, last + 1].map(Ipv6Addr::from_bits)
    }

    /// Every IPv6 spelling of an IPv4 address that some network unwraps.
    fn spellings(address: Ipv4Addr) -> [Ipv6Addr; 4] {
        let [a, b, c, d] = address.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        [
            Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
            Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        ]
    }

    #[test]
    fn the_edges_of_every_range_are_where_they_should_be() {
        for range in NOT_PUBLIC_V4 {
            let [below, first, last, above] = edges_v4(range);
            for inside in [first, last].into_iter().flatten() {
                assert_ne!(public(inside.into()), Verdict::Allowed, "{inside}");
                for spelling in spellings(inside) {
                    assert_ne!(public(spelling.into()), Verdict::Allowed, "{spelling}");
                }
            }
            for outside in [below, above].into_iter().flatten() {
                let in_another = NOT_PUBLIC_V4.into_iter().any(|other| {
                    let [_, first, last, _] = edges_v4(other);
                    (first..=last).contains(&Some(outside))
                });
                assert_eq!(public(outside.into()) == Verdict::Allowed, !in_another, "{outside}");
                let [mapped, others @ ..] = spellings(outside);
                assert_eq!(public(mapped.into()) == Verdict::Allowed, !in_another, "{mapped}");
                for spelling in others {
                    assert_ne!(public(spelling.into()), Verdict::Allowed, "{spelling}");
                }
            }
        }
        for range in NOT_PUBLIC_V6 {
            let [below, first, last, above] = edges_v6(range);
            for inside in [first, last] {
                assert_ne!(public(inside.into()), Verdict::Allowed, "{inside}");
            }
            for outside in [below, above] {
                let in_global = (0x2000..=0x3fff).contains(&outside.segments()[0]);
                let in_another = NOT_PUBLIC_V6.into_iter().any(|other| {
                    let [_, first, last, _] = edges_v6(other);
                    (first..=last).contains(&outside)
                });
                let expected = in_global && !in_another;
                assert_eq!(public(outside.into()) == Verdict::Allowed, expected, "{outside}");
            }
        }
    }

    #[test]
    fn strangers_reach_the_public_internet_only() {
        for allowed in ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"] {
            assert_eq!(public(allowed.parse().unwrap()), Verdict::Allowed, "{allowed}");
        }
        let refused = [
            "127.0.0.1",
            "10.1.2.3",
            "168.63.129.16",
            "100.100.100.200",
            "192.88.99.1",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
            "64:ff9b::808:808",
            "64:ff9b:1::808:808",
            "::8.8.8.8",
            "::ffff:0:8.8.8.8",
            "2002:808:808::1",
            "2001::1",
            "4000::1",
            "1fff::1",
        ];
        for address in refused {
            assert_ne!(public(address.parse().unwrap()), Verdict::Allowed, "{address}");
        }
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
