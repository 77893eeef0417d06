//! Where to connect: a host and a port, as a person types them.
//!
//! One fallible parse, used by the form, by the proxy's intake and by the command line, so that all
//! three refuse the same texts with the same sentence. Whether a host may be reached is not decided
//! here.

use crate::limits::MAX_HOST_BYTES;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};
use thiserror::Error;

/// A host name or IP address, lower case, without a trailing dot, valid by construction.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

/// Why a text is no host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HostProblem {
    #[error("The host is missing: type a name such as mqtt.thingsboard.cloud.")]
    Empty,
    #[error("The host has {length} bytes, more than the {MAX_HOST_BYTES} a name can have.")]
    TooLong { length: usize },
    #[error("The host begins with {scheme}:// - leave that out, only the name is needed: {rest}.")]
    Scheme { scheme: String, rest: String },
    #[error("The host holds a space: remove it.")]
    Space,
    #[error("The host begins or ends with a space: remove it.")]
    SpaceAround,
    #[error(
        "The host holds letters that no name has on the wire: type the form of the name that begins with xn--."
    )]
    NotAscii,
    #[error("The host holds a port: put {port} into the Port field and leave {host} here.")]
    PortIncluded { host: String, port: String },
    #[error(
        "The host begins with {scheme}:// and holds a port - put {host} into the Host field and {port} into the \
         Port field."
    )]
    SchemeAndPort { scheme: String, host: String, port: String },
    #[error("The host holds a path: only the name before the first / is needed.")]
    Path,
    #[error("The host holds a user name before @: only the name after it is needed.")]
    UserInfo,
    #[error(
        "The address has a zone (the part after %): such an address is only valid on one network card; \
         use a host name or a routable address."
    )]
    Zone,
    #[error("The host is neither a valid name nor an IP address: check its spelling.")]
    Malformed,
}

impl Host {
    /// Takes what a person typed. Upper case and one trailing dot are accepted and normalised;
    /// brackets only around a whole IPv6 address. Odd spellings of addresses that some resolvers accept
    /// (`127.1`, `0x7f.1`, `2130706433`) are no host here.
    ///
    /// # Errors
    /// What is wrong with the text, in a sentence for the person.
    pub fn parse(text: &str) -> Result<Self, HostProblem> {
        if text.is_empty() {
            return Err(HostProblem::Empty);
        }
        find_habit(text)?;
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return inner
                .parse::<std::net::Ipv6Addr>()
                .map(Self::from_ip)
                .map_err(|_| HostProblem::Malformed);
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::from_ip(address));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if name.len() > MAX_HOST_BYTES {
            return Err(HostProblem::TooLong { length: name.len() });
        }
        if is_dns_name(&name) { Ok(Self(name)) } else { Err(HostProblem::Malformed) }
    }

    fn from_ip(address: impl Into<IpAddr>) -> Self {
        Self(address.into().to_string())
    }

    /// The normalised text; an IPv6 address without brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, when the host is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.0.parse().ok()
    }
}

/// Finds what people paste along with a host, so that the sentence can name it.
fn find_habit(text: &str) -> Result<(), HostProblem> {
    if text.trim() != text {
        return Err(HostProblem::SpaceAround);
    }
    if text.contains(char::is_whitespace) {
        return Err(HostProblem::Space);
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if let Some((host, port)) = port_of(rest) {
            let (scheme, host, port) = (printable(scheme), printable(host), port.to_owned());
            return Err(HostProblem::SchemeAndPort { scheme, host, port });
        }
        return Err(HostProblem::Scheme { scheme: printable(scheme), rest: printable(rest) });
    }
    if text.contains('@') {
        return Err(HostProblem::UserInfo);
    }
    if text.contains('/') {
        return Err(HostProblem::Path);
    }
    if text.contains('%') {
        return Err(HostProblem::Zone);
    }
    if let Some((host, port)) = port_of(text) {
        return Err(HostProblem::PortIncluded { host: printable(host), port: port.to_owned() });
    }
    if text.contains(|c: char| c.is_alphabetic() && !c.is_ascii()) {
        return Err(HostProblem::NotAscii);
    }
    Ok(())
}

/// Host and port of a text that ends in a port.
fn port_of(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_port && (host.ends_with(']') || !host.contains(':'))).then_some((host, port))
}

/// A short printable part of what was typed, for a sentence.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Letters, digits, hyphens and underscores in labels of 1 to 63 bytes; the last label is not a number,
/// since that would be an odd spelling of an address (WHATWG URL, "ends in a number").
fn is_dns_name(name: &str) -> bool {
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    name.split('.').all(label_ok) && !numeric
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Host {
    type Error = HostProblem;

    fn try_from(text: String) -> Result<Self, HostProblem> {
        Self::parse(&text)
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

/// Why a text is no port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The port must be a whole number from 1 to 65535; MQTT over TLS usually listens on 8883.")]
pub struct PortProblem;

/// Takes a port as a person typed it.
///
/// # Errors
/// When the text is not a whole number from 1 to 65535.
pub fn parse_port(text: &str) -> Result<u16, PortProblem> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits && port != 0 => Ok(port),
        _ => Err(PortProblem),
    }
}

/// A host and the port on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    pub host: Host,
    /// 1 to 65535.
    #[serde(deserialize_with = "non_zero_port")]
    pub port: u16,
}

fn non_zero_port<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match u16::deserialize(deserializer)? {
        0 => Err(serde::de::Error::custom(PortProblem)),
        port => Ok(port),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.0.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)
        } else {
            write!(formatter, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_host(text: &str, normalised: &str) {
        assert_eq!(Host::parse(text).map(String::from).as_deref(), Ok(normalised));
    }

    #[test]
    fn names_and_addresses_are_normalised() {
        check_host("MQTT.ThingsBoard.cloud.", "mqtt.thingsboard.cloud");
        check_host("localhost", "localhost");
        check_host("my_server", "my_server");
        check_host("127.0.0.1", "127.0.0.1");
        check_host("[::1]", "::1");
        check_host("2001:DB8:0:0::1", "2001:db8::1");
        check_host("xn--bcher-kva.example", "xn--bcher-kva.example");
    }

    #[test]
    fn spellings_that_only_some_resolvers_take_are_refused() {
        let tricks = ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "127.0.0.1.", "１２７.0.0.1"];
        for trick in tricks {
            assert_eq!(Host::parse(trick), Err(HostProblem::Malformed), "{trick}");
        }
        for bad in ["a..b", "-a.b", "a\0b", "[1.2.3.4]", "[::1", "a,b", &"a".repeat(64), "."] {
            assert_eq!(Host::parse(bad), Err(HostProblem::Malformed), "{bad}");
        }
    }

    #[test]
    fn what_people_paste_along_is_named() {
        assert_eq!(Host::parse(""), Err(HostProblem::Empty));
        assert_eq!(Host::parse("my host"), Err(HostProblem::Space));
        assert_eq!(Host::parse(" host"), Err(HostProblem::SpaceAround));
        assert_eq!(Host::parse("host\n"), Err(HostProblem::SpaceAround));
        assert_eq!(Host::parse("münchen.example"), Err(HostProblem::NotAscii));
        assert_eq!(
            Host::parse("https://localhost:18883/x"),
            Err(HostProblem::SchemeAndPort {
                scheme: "https".into(),
                host: "localhost".into(),
                port: "18883".into()
            })
        );
        assert_eq!(
            Host::parse("https://thingsboard.cloud/home"),
            Err(HostProblem::Scheme { scheme: "https".into(), rest: "thingsboard.cloud".into() })
        );
        assert_eq!(
            Host::parse("tb.example:1883"),
            Err(HostProblem::PortIncluded { host: "tb.example".into(), port: "1883".into() })
        );
        assert_eq!(
            Host::parse("[::1]:8883"),
            Err(HostProblem::PortIncluded { host: "[::1]".into(), port: "8883".into() })
        );
        assert_eq!(Host::parse("user@host"), Err(HostProblem::UserInfo));
        assert_eq!(Host::parse("host/path"), Err(HostProblem::Path));
        assert_eq!(Host::parse("fe80::1%eth0"), Err(HostProblem::Zone));
        let long = vec!["a".repeat(60); 5].join(".");
        assert_eq!(Host::parse(&long), Err(HostProblem::TooLong { length: 304 }));
    }

    #[test]
    fn ports_are_whole_numbers_in_range() {
        assert_eq!(parse_port("8883"), Ok(8883));
        assert_eq!(parse_port("1"), Ok(1));
        assert_eq!(parse_port("65535"), Ok(65535));
        for bad in ["", "0", "65536", "99999", "-1", "+1", "8883 ", "mqtt", "1e3", "000000001"] {
            assert_eq!(parse_port(bad), Err(PortProblem), "{bad}");
        }
    }

    #[test]
    fn an_endpoint_prints_as_it_is_dialled() {
        let endpoint = |host, port| Endpoint { host: Host::parse(host).unwrap(), port };
        assert_eq!(endpoint("tb.example", 8883).to_string(), "tb.example:8883");
        assert_eq!(endpoint("::1", 8883).to_string(), "[::1]:8883");
    }
}
