//! What the proxy may be told, already checked: one struct for each part that uses it.
//!
//! Knows no flags and no environment: the program reads those.

use crate::origin::Origin;
use shared::limits::MAX_PACKET_BYTES;
use std::time::Duration;

/// Everything [`crate::serve`] needs beyond its listener.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Origins besides the proxy's own addresses from which the page may come.
    pub allowed_origins: Vec<Origin>,
    pub http: HttpLimits,
    pub opening: OpeningLimits,
    pub session: SessionLimits,
}

/// Bounds on plain HTTP.
#[derive(Clone, Debug)]
pub struct HttpLimits {
    /// From the connection's start or the last answer to the end of a request's headers.
    pub header_read: Duration,
    /// Bytes of headers.
    pub header_bytes: usize,
    /// Headers of one request.
    pub headers: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// From the end of the headers to the end of the body.
    pub body_read: Duration,
    /// Connections open at one time that are no WebSockets.
    pub connections: usize,
    /// WebSockets open at one time.
    pub sessions: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            header_read: Duration::from_secs(10),
            header_bytes: 16 * 1024,
            headers: 64,
            body_bytes: 64 * 1024,
            body_read: Duration::from_secs(10),
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
        }
    }
}
