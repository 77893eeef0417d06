//! Numbers that page and proxy must agree on, each with its unit and its reason.
//!
//! Limits that only the proxy knows (queues, time limits, counts) are part of its own configuration.

/// Bytes of one WebSocket message from the browser. Holds the largest publish as base64 with
/// room for its topic and framing.
pub const MAX_FRAME_BYTES: usize = 128 * 1024;

/// Messages that one frame may hold when several share it.
pub const MAX_MESSAGES_PER_FRAME: usize = 256;

/// Nesting of JSON in a frame. The deepest message needs 5; the rest is room.
pub const MAX_JSON_DEPTH: usize = 16;

/// Bytes of an MQTT packet's remaining length: a publish's topic, packet identifier and payload. ThingsBoard
/// closes the connection at a packet whose remaining length
/// is over 65,536 bytes (`NETTY_MAX_PAYLOAD_SIZE`).
pub const MAX_PACKET_BYTES: usize = 65_536;

/// Bytes of a topic or filter. MQTT allows 65,535; ThingsBoard's longest are under 100.
pub const MAX_TOPIC_BYTES: usize = 1024;

/// Bytes of an access token. ThingsBoard's own have 20 characters; a custom one may be longer.
pub const MAX_TOKEN_BYTES: usize = 256;

/// Bytes of a client id.
pub const MAX_CLIENT_ID_BYTES: usize = 128;

/// Bytes of a host name (RFC 1035 section 2.3.4, without the final dot).
pub const MAX_HOST_BYTES: usize = 253;

/// Bytes of a last will's payload: with the longest of everything else CONNECT stays below
/// [`MAX_PACKET_BYTES`].
pub const MAX_WILL_BYTES: usize = 32 * 1024;

/// Filters in one subscribe or unsubscribe request, and subscriptions of one session.
pub const MAX_SUBSCRIPTIONS: usize = 32;

/// Seconds between packets before the server may drop the session.
pub const KEEP_ALIVE_S: std::ops::RangeInclusive<u16> = 10..=300;

/// Seconds of keep-alive when the person chooses nothing.
pub const DEFAULT_KEEP_ALIVE_S: u16 = 60;

/// Publishes waiting for their acknowledgement at one time. ThingsBoard takes 100 before it drops a
/// session that is still connecting; the rest is room for others.
pub const MAX_IN_FLIGHT: u16 = 20;

/// Bytes of a trust file.
pub const MAX_TRUST_FILE_BYTES: usize = 64 * 1024;

/// Certificates in a trust file.
pub const MAX_TRUST_FILE_CERTIFICATES: usize = 16;

/// Bytes of one certificate in a trust file.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// The port of MQTT over TLS (IANA `secure-mqtt`).
pub const DEFAULT_MQTTS_PORT: u16 = 8883;

/// The host that ThingsBoard's own example connects to when nothing else is given.
pub const DEFAULT_HOST: &str = "mqtt.thingsboard.cloud";
