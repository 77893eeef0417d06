//! What the proxy may be told, already checked: one struct for each part that uses it.
//!
//! Knows no flags and no environment: the program reads those.

pub mod limits;

use crate::origin::Origin;
use ipnet::IpNet;
use shared::{
    endpoint::{Endpoint, Host},
    limits::MAX_PACKET_BYTES,
    wire::Trust,
};
use std::{num::NonZeroU32, time::Duration};

pub use crate::egress::{
    policy::{AllowedTarget, Hosted, Policy},
    resolver::{Answers, Resolve, Resolver},
};

/// Everything [`crate::serve`] needs beyond its listener.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Origins besides the proxy's own addresses from which the page may come.
    pub allowed_origins: Vec<Origin>,
    /// Where sessions may connect to.
    pub targets: Policy,
    /// What looks names up.
    pub resolver: Resolver,
    /// Names by which `/metrics` is asked for, besides addresses.
    pub metrics_hosts: Vec<Host>,
    /// Where `/mqtt` leads; without it there is no such path.
    pub tunnel: Option<Tunnel>,
    pub http: HttpLimits,
    pub clients: ClientLimits,
    pub each_target: TargetLimits,
    pub opening: OpeningLimits,
    pub session: SessionLimits,
    /// What sessions and requests get to end in order when the proxy stops.
    pub grace: Grace,
}

/// See [`Config::grace`].
#[derive(Clone, Copy, Debug)]
pub struct Grace(pub Duration);

impl Default for Grace {
    fn default() -> Self {
        Self(Duration::from_secs(5))
    }
}

impl Config {
    /// For a proxy that strangers use: nothing may be reached until `targets` lists it, and nobody gets more
    /// than a share.
    #[must_use]
    pub fn hosted(targets: Hosted) -> Self {
        let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
        Self {
            targets: Policy::Hosted(targets),
            http: HttpLimits { body_bytes: 16 * 1024, ..HttpLimits::default() },
            clients: ClientLimits {
                connections: 32,
                sessions: 5,
                attempts_per_minute: NonZeroU32::new(10),
                // Twice a page's reconnects at their fastest.
                openings_per_minute: NonZeroU32::new(60),
                attempts_at_once: 1,
                demo_devices_per_minute: NonZeroU32::new(5),
                // The tab Platform looks once a second.
                demo_calls_per_minute: NonZeroU32::new(180),
                ..ClientLimits::default()
            },
            each_target: TargetLimits { sessions: 20, attempts_per_minute: NonZeroU32::new(30) },
            session: SessionLimits {
                message_rate: Some(Rate { per_second: 10, burst: 20 }),
                byte_rate: Some(Rate { per_second: 64 * 1024, burst: 256 * 1024 }),
                server_message_rate: Some(Rate { per_second: 200, burst: 400 }),
                server_byte_rate: Some(Rate { per_second: 1024 * 1024, burst: 4 * 1024 * 1024 }),
                idle: minutes(15),
                life: minutes(60),
                ..SessionLimits::default()
            },
            grace: Grace(Duration::from_secs(20)),
            ..Self::default()
        }
    }
}

/// The one server that other people's MQTT clients reach through `/mqtt`.
#[derive(Clone, Debug)]
pub struct Tunnel {
    pub endpoint: Endpoint,
    pub trust: Trust,
}

/// Bounds on what one client has. A client is an IPv4 address or a /64 of IPv6.
#[derive(Clone, Debug)]
pub struct ClientLimits {
    /// Reverse proxies whose forwarding header is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections open at one time.
    pub connections: usize,
    /// WebSockets open at one time.
    pub sessions: usize,
    /// Connection attempts to servers; none: no bound.
    pub attempts_per_minute: Option<NonZeroU32>,
    /// WebSockets opened; none: no bound.
    pub openings_per_minute: Option<NonZeroU32>,
    /// Of the attempts those under way at one time.
    pub attempts_at_once: usize,
    /// Devices of the demo asked for; none: no bound.
    pub demo_devices_per_minute: Option<NonZeroU32>,
    /// Calls to the demo in all; none: no bound.
    pub demo_calls_per_minute: Option<NonZeroU32>,
}

/// As on a person's own machine: all may be one client's.
impl Default for ClientLimits {
    fn default() -> Self {
        let HttpLimits { connections, sessions, .. } = HttpLimits::default();
        Self {
            trusted_proxies: Vec::new(),
            connections,
            sessions,
            attempts_per_minute: None,
            openings_per_minute: None,
            attempts_at_once: sessions,
            demo_devices_per_minute: None,
            demo_calls_per_minute: None,
        }
    }
}

/// Bounds on what all clients together have of one host and port.
#[derive(Clone, Debug)]
pub struct TargetLimits {
    /// Sessions open at one time, attempts included.
    pub sessions: usize,
    /// Connection attempts; none: no bound.
    pub attempts_per_minute: Option<NonZeroU32>,
}

impl Default for TargetLimits {
    fn default() -> Self {
        Self { sessions: HttpLimits::default().sessions, attempts_per_minute: None }
    }
}

/// A pace: so much a second, and so much at once after a rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub per_second: u32,
    pub burst: u32,
}

/// Bounds on plain HTTP.
#[derive(Clone, Debug)]
pub struct HttpLimits {
    /// From the connection's start or the last answer to the end of a request's headers.
    pub header_read: Duration,
    /// A TLS handshake, where the page is served over TLS.
    pub tls_accept: Duration,
    /// Bytes of headers.
    pub header_bytes: usize,
    /// Headers of one request.
    pub headers: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// From the end of the headers to the end of the body.
    pub body_read: Duration,
    /// How long an answer, or a frame of a WebSocket, may be taken nothing of.
    pub answer_write: Duration,
    /// Connections open at one time that are no WebSockets.
    pub connections: usize,
    /// WebSockets open at one time.
    pub sessions: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            header_read: Duration::from_secs(10),
            tls_accept: Duration::from_secs(10),
            header_bytes: 16 * 1024,
            headers: 64,
            body_bytes: 64 * 1024,
            body_read: Duration::from_secs(10),
            answer_write: Duration::from_secs(20),
            connections: 1024,
            sessions: 200,
        }
    }
}

/// Time limits of a connection attempt.
#[derive(Clone, Debug)]
pub struct OpeningLimits {
    pub name: Duration,
    pub tcp: Duration,
    pub tls: Duration,
    pub connack: Duration,
    pub all: Duration,
}

impl Default for OpeningLimits {
    fn default() -> Self {
        Self {
            name: Duration::from_secs(5),
            tcp: Duration::from_secs(10),
            tls: Duration::from_secs(10),
            connack: Duration::from_secs(10),
            all: Duration::from_secs(20),
        }
    }
}

/// Bounds of an open session.
#[derive(Clone, Debug)]
pub struct SessionLimits {
    /// From the WebSocket's opening to `connect`.
    pub first_message: Duration,
    /// Messages on their way to the browser.
    pub queue_messages: usize,
    /// Bytes of those.
    pub queue_bytes: usize,
    /// How long a browser may take nothing while something waits for it.
    pub browser_stall: Duration,
    pub browser_ping: Duration,
    /// How long the browser may say nothing, not even a pong.
    pub browser_silence: Duration,
    /// How long the server may say nothing after a ping.
    pub server_silence: Duration,
    /// One write to the server.
    pub broker_write: Duration,
    /// Requests that wait for the server, since as many publishes as may be are in flight.
    pub waiting_messages: usize,
    /// Bytes of those.
    pub waiting_bytes: usize,
    /// Remaining length of a packet: twice ThingsBoard's own limit, for other servers.
    pub max_packet_bytes: usize,
    /// Closing one side in order.
    pub close: Duration,
    /// Messages from the page; a page that is faster waits. None: no bound.
    pub message_rate: Option<Rate>,
    /// Bytes from the page; a page that is faster waits. None: no bound.
    pub byte_rate: Option<Rate>,
    /// Packets from the server; a server that is faster waits. None: no bound.
    pub server_message_rate: Option<Rate>,
    /// Bytes from the server; a server that is faster waits. None: no bound.
    pub server_byte_rate: Option<Rate>,
    /// How long nothing need be asked by the page or published by the server. None: no bound.
    pub idle: Option<Duration>,
    /// The whole session. None: no bound.
    pub life: Option<Duration>,
    /// How long before the page is warned of either.
    pub end_warning: Duration,
}

impl SessionLimits {
    /// The pace of a WebSocket's bytes, whatever they are: more than enough for what the other bounds let pass.
    pub(crate) fn wire_rate(&self) -> Option<Rate> {
        self.byte_rate.map(|Rate { per_second, burst }| Rate {
            per_second: per_second.saturating_mul(2),
            burst: burst.saturating_mul(2),
        })
    }
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            first_message: Duration::from_secs(10),
            queue_messages: 256,
            queue_bytes: 1024 * 1024,
            waiting_messages: 256,
            waiting_bytes: 1024 * 1024,
            browser_stall: Duration::from_secs(10),
            browser_ping: Duration::from_secs(20),
            browser_silence: Duration::from_secs(45),
            server_silence: Duration::from_secs(10),
            broker_write: Duration::from_secs(10),
            max_packet_bytes: 2 * MAX_PACKET_BYTES,
            close: Duration::from_secs(2),
            message_rate: None,
            byte_rate: None,
            server_message_rate: None,
            server_byte_rate: None,
            idle: None,
            life: None,
            end_warning: Duration::from_secs(60),
        }
    }
}
