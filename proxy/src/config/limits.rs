//! Every bound that an operator may change, by name. docs/limits.md is this table, and a test compares them.

use super::{Config, Hosted, Rate};
use std::{num::NonZeroU32, time::Duration};
use thiserror::Error;

/// One bound.
#[derive(Clone, Copy)]
pub struct Limit {
    /// As it is written in `--limit NAME=VALUE`.
    pub name: &'static str,
    pub unit: Unit,
    /// What is bounded, and what happens at the bound.
    pub about: &'static str,
    read: fn(&Config) -> Option<u64>,
    write: fn(&mut Config, Option<u64>) -> Result<(), LimitProblem>,
}

impl std::fmt::Debug for Limit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Limit").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Bytes,
    Count,
    PerMinute,
    PerSecond,
    BytesPerSecond,
}

impl Unit {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Bytes => "bytes",
            Self::Count => "",
            Self::PerMinute => "per minute",
            Self::PerSecond => "per second",
            Self::BytesPerSecond => "bytes per second",
        }
    }
}

/// Why a bound cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LimitProblem {
    #[error("{0:?} is no limit written NAME=VALUE, for example sessions=500; docs/limits.md lists the names")]
    NotALimit(String),
    #[error("there is no limit named {0:?}; docs/limits.md lists the names")]
    UnknownName(String),
    #[error("the limit {0} needs a whole number from 1 on, without a unit")]
    NoNumber(String),
    #[error("the limit {0} cannot be switched off")]
    NeedsValue(&'static str),
    #[error("the limit {name} must be {least} to {most}")]
    OutOfRange { name: &'static str, least: u64, most: u64 },
}

impl Limit {
    /// Its value in a configuration; `None` where there is no bound.
    #[must_use]
    pub fn value(&self, config: &Config) -> Option<u64> {
        (self.read)(config)
    }

    /// The least and the most it may be: outside of it a library refuses the value when it is used, or a
    /// healthy session would be ended.
    #[must_use]
    pub fn range(&self) -> (u64, u64) {
        match (self.name, self.unit) {
            // The HTTP library's least buffer.
            ("header-bytes", _) => (8_192, 1_048_576),
            ("headers", _) => (1, 1_000),
            // Longer than between two pings.
            ("browser-silence", _) => (25, MOST_SECONDS),
            (_, Unit::Seconds) => (1, MOST_SECONDS),
            (_, Unit::Count | Unit::PerMinute | Unit::PerSecond) => (1, 1_000_000),
            (_, Unit::Bytes | Unit::BytesPerSecond) => (1_024, 1 << 30),
        }
    }

    /// The value in words.
    #[must_use]
    pub fn words(&self, config: &Config) -> String {
        match self.value(config) {
            None => "none".to_owned(),
            Some(value) => format!("{value} {}", self.unit.words()).trim_end().to_owned(),
        }
    }
}

/// Sets one bound from `NAME=VALUE`; the value is a whole number, or `none` where that is possible.
///
/// # Errors
/// What is wrong with the text.
pub fn set(config: &mut Config, text: &str) -> Result<(), LimitProblem> {
    let (name, value) = text.split_once('=').ok_or_else(|| LimitProblem::NotALimit(text.to_owned()))?;
    let limit = ALL
        .iter()
        .find(|limit| limit.name == name)
        .ok_or_else(|| LimitProblem::UnknownName(name.to_owned()))?;
    let value = match value {
        "none" => None,
        number => {
            let number = number.parse().ok().filter(|number| *number > 0);
            Some(number.ok_or_else(|| LimitProblem::NoNumber(name.to_owned()))?)
        }
    };
    let (least, most) = limit.range();
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            Err(LimitProblem::OutOfRange { name: limit.name, least, most })
        }
        value => (limit.write)(config, value),
    }
}

/// The configurations whose defaults are documented: a person's own, and one for strangers.
#[must_use]
pub fn defaults() -> [Config; 2] {
    [Config::default(), Config::hosted(Hosted::default())]
}

macro_rules! limit {
    (count $name:literal, $unit:ident, $($path:ident).+, $about:literal) => {
        Limit {
            name: $name,
            unit: Unit::$unit,
            about: $about,
            read: |config| Some(config.$($path).+ as u64),
            write: |config, value| {
                let value = value.ok_or(LimitProblem::NeedsValue($name))?;
                config.$($path).+ = usize::try_from(value).unwrap_or(usize::MAX);
                Ok(())
            },
        }
    };
    (time $name:literal, $($path:tt).+, $about:literal) => {
        Limit {
            name: $name,
            unit: Unit::Seconds,
            about: $about,
            read: |config| Some(config.$($path).+.as_secs()),
            write: |config, value| {
                let value = value.ok_or(LimitProblem::NeedsValue($name))?;
                config.$($path).+ = Duration::from_secs(value);
                Ok(())
            },
        }
    };
    (span $name:literal, $($path:ident).+, $about:literal) => {
        Limit {
            name: $name,
            unit: Unit::Seconds,
            about: $about,
            read: |config| config.$($path).+.map(|span| span.as_secs()),
            write: |config, value| {
                config.$($path).+ = value.map(Duration::from_secs);
                Ok(())
            },
        }
    };
    (pace $name:literal, $($path:ident).+, $about:literal) => {
        Limit {
            name: $name,
            unit: Unit::PerMinute,
            about: $about,
            read: |config| config.$($path).+.map(|pace| pace.get().into()),
            write: |config, value| {
                let pace = |value| u32::try_from(value).ok().and_then(NonZeroU32::new);
                config.$($path).+ = value.and_then(pace);
                Ok(())
            },
        }
    };
    (rate $name:literal, $unit:ident, $burst:literal, $($path:ident).+, $about:literal) => {
        Limit {
            name: $name,
            unit: Unit::$unit,
            about: $about,
            read: |config| config.$($path).+.map(|rate| rate.per_second.into()),
            write: |config, value| {
                config.$($path).+ = match value {
                    None => None,
                    Some(value) => {
                        let per_second = u32::try_from(value).unwrap_or(u32::MAX);
                        Some(Rate { per_second, burst: per_second.saturating_mul($burst) })
                    }
                };
                Ok(())
            },
        }
    };
}

/// A week: no wait is longer, and no sum of times leaves what a clock can say.
const MOST_SECONDS: u64 = 7 * 24 * 3600;

/// All of them, in the order of a visitor's way in.
pub const ALL: [Limit; 39] = [
    limit!(count "connections", Count, http.connections, "TCP connections that are no WebSockets, of all clients; one more is closed at once"),
    limit!(count "client-connections", Count, clients.connections, "the same of one client"),
    limit!(time "tls-accept", http.tls_accept, "the TLS handshake of a browser, where the page is served over TLS; then the connection is closed"),
    limit!(time "header-read", http.header_read, "reading a request's headers, and resting between two requests; then the connection is closed"),
    limit!(count "header-bytes", Bytes, http.header_bytes, "headers of one request; more are answered with 431"),
    limit!(count "headers", Count, http.headers, "headers of one request; more are answered with 431"),
    limit!(count "body-bytes", Bytes, http.body_bytes, "body of one request; more is answered with 413 (a firmware for the demo may have 4 MiB)"),
    limit!(time "body-read", http.body_read, "reading a body; then 408"),
    limit!(
        time "answer-write",
        http.answer_write,
        "nothing of an answer, or of a frame on a WebSocket, is taken; then the connection is closed"
    ),
    limit!(count "sessions", Count, http.sessions, "WebSockets of all clients; one more is answered with 503 before it is opened"),
    limit!(count "client-sessions", Count, clients.sessions, "the same of one client"),
    limit!(pace "client-openings", clients.openings_per_minute, "WebSockets that one client opens; one more is answered with 503"),
    limit!(time "first-message", session.first_message, "from the WebSocket's opening to `connect`; then close code 1008"),
    limit!(pace "client-attempts", clients.attempts_per_minute, "connection attempts of one client; one more is refused as `too-many-attempts`"),
    limit!(count "client-attempts-at-once", Count, clients.attempts_at_once, "of those under way"),
    limit!(
        pace "client-demo-devices",
        clients.demo_devices_per_minute,
        "devices of the demo that one client asks for; one more is answered with 429"
    ),
    limit!(
        pace "client-demo-calls",
        clients.demo_calls_per_minute,
        "calls of one client to the demo's platform; one more is answered with 429"
    ),
    limit!(pace "target-attempts", each_target.attempts_per_minute, "connection attempts to one host and port, of all clients"),
    limit!(count "target-sessions", Count, each_target.sessions, "sessions to one host and port, of all clients; one more is refused as `target-busy`"),
    limit!(time "name", opening.name, "looking the host up; then `name-timed-out`"),
    limit!(time "tcp", opening.tcp, "connecting; then `tcp-timed-out`"),
    limit!(time "tls", opening.tls, "the TLS handshake with the server; then `tls-timed-out`"),
    limit!(time "connack", opening.connack, "waiting for CONNACK; then `mqtt-timed-out`"),
    limit!(time "attempt", opening.all, "the whole attempt"),
    limit!(rate "messages", PerSecond, 2, session.message_rate, "messages from a page, its signs of life included, or frames of a client in the tunnel, twice as many at once; who is faster is not read for a while"),
    limit!(rate "bytes", BytesPerSecond, 4, session.byte_rate, "bytes from either, four times as many at once; who is faster is not read for a while, and twice the bytes of any kind are read at the most"),
    limit!(rate "server-messages", PerSecond, 2, session.server_message_rate, "packets from a server, or pieces of a tunnel's bytes, twice as many at once; who is faster is not read for a while"),
    limit!(rate "server-bytes", BytesPerSecond, 4, session.server_byte_rate, "bytes from a server, four times as many at once; who is faster is not read for a while"),
    limit!(count "queue-messages", Count, session.queue_messages, "messages on their way to a page; then the server is not read"),
    limit!(count "queue-bytes", Bytes, session.queue_bytes, "bytes of those"),
    limit!(count "waiting-messages", Count, session.waiting_messages, "publishes that wait for the server; then the page is not read"),
    limit!(count "waiting-bytes", Bytes, session.waiting_bytes, "bytes of those"),
    limit!(time "browser-stall", session.browser_stall, "a page takes nothing while something waits for it; then close code 1013"),
    limit!(time "browser-silence", session.browser_silence, "a page says nothing, not even a pong; then close code 1008"),
    limit!(time "server-silence", session.server_silence, "a server says nothing after a ping; then `server-silent`"),
    limit!(time "server-write", session.broker_write, "a server takes nothing of a write; then `server-stalled`"),
    limit!(span "idle", session.idle, "nothing is asked by the page or published by the server; warned a minute before, or at its half, then close code 1008"),
    limit!(span "life", session.life, "a whole session; warned a minute before, or at its half, then close code 1008"),
    limit!(time "grace", grace.0, "what sessions and requests get to end in order when the program stops"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_limit_takes_the_value_it_is_given() {
        for limit in ALL {
            let mut config = Config::default();
            let (least, most) = limit.range();
            let value = (least + 77).min(most);
            set(&mut config, &format!("{}={value}", limit.name)).unwrap();
            assert_eq!(limit.value(&config), Some(value), "{}", limit.name);
            for outside in [least - 1, most + 1] {
                assert!(set(&mut config, &format!("{}={outside}", limit.name)).is_err(), "{}", limit.name);
            }
            for edge in [least, most] {
                set(&mut config, &format!("{}={edge}", limit.name)).unwrap();
            }
            for other in ALL.iter().filter(|other| other.name != limit.name) {
                assert_eq!(other.value(&config), other.value(&Config::default()), "{}", other.name);
            }
        }
    }

    #[test]
    fn names_are_names_of_one_limit() {
        let names: BTreeSet<_> = ALL.iter().map(|limit| limit.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn what_cannot_be_is_said_in_a_sentence() {
        let problem = |text: &str| set(&mut Config::default(), text).unwrap_err().to_string();
        assert!(problem("sessions").contains("NAME=VALUE"));
        assert!(problem("seshions=5").contains("no limit named"));
        assert!(problem("sessions=0").contains("whole number"));
        assert!(problem("sessions=many").contains("whole number"));
        assert!(problem("sessions=none").contains("switched off"));
        assert!(problem("tcp=99999999").contains("must be 1 to 604800"));
        assert_eq!(set(&mut Config::default(), "idle=none"), Ok(()));
    }

    /// Written anew with `DEVICE_CONSOLE_WRITE_LIMITS=1`.
    #[test]
    fn the_document_is_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/limits.md");
        let [local, hosted] = defaults();
        let mut table = String::from("| name | local | hosted | what |\n| --- | --- | --- | --- |\n");
        for limit in ALL {
            let (local, hosted) = (limit.words(&local), limit.words(&hosted));
            table.push_str(&format!("| `{}` | {local} | {hosted} | {} |\n", limit.name, limit.about));
        }
        let document = std::fs::read_to_string(path).unwrap();
        let (before, rest) = document.split_once("| name |").unwrap();
        let after = rest.split_once("\n\n").map_or("", |(_, after)| after);
        let expected = format!("{before}{table}\n{after}");
        if std::env::var_os("DEVICE_CONSOLE_WRITE_LIMITS").is_some() {
            std::fs::write(path, &expected).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), expected);
    }
}
