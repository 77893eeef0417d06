//! What the page and the proxy agree on: the messages between them, the names of failures and what to
//! say about them, the rules for what a person may type, and the numbers both sides must know.
//!
//! Builds for the browser and for the server alike, so it must not know of sockets, clocks, tokio,
//! rustls or Yew. Everything here is a value or a pure function.
//!
//! - [`wire`]: the messages; docs/protocol.md shows one example of each
//! - [`failure`]: what went wrong, with its evidence; [`advice`]: how to say it and how to mend it
//! - [`hint`]: what a second look found after a failure
//! - [`endpoint`], [`credentials`], [`topic`], [`trust_file`]: parsers for what a person gives
//! - [`certificate`]: what stands in one certificate
//! - [`der`]: a look at binary structures
//! - [`payload`]: bytes on their way through JSON, without loss
//! - [`limits`]: bounds, each with unit and reason
//! - [`platform`]: what demo mode adds, between page and emulator
//! - [`reason`]: MQTT 5's reason codes in words
//! - [`thingsboard`]: ThingsBoard's rules for devices, for page and emulator alike

pub mod advice;
pub mod certificate;
pub mod credentials;
pub mod der;
pub mod endpoint;
pub mod failure;
pub mod hint;
pub mod limits;
pub mod payload;
pub mod platform;
pub mod reason;
pub mod thingsboard;
pub mod topic;
pub mod trust_file;
pub mod wire;

/// The WebSocket's path on the proxy.
pub const WEBSOCKET_PATH: &str = "/ws";

/// Where other MQTT clients open a WebSocket, where the operator offers that.
pub const TUNNEL_PATH: &str = "/mqtt";

/// The subprotocol both sides must name in the WebSocket handshake. Its number changes when an old page
/// could no longer talk to a new proxy.
pub const SUBPROTOCOL: &str = "device-console.v1";

/// Where the page learns what this proxy offers: [`wire::ProxyOffer`] as JSON.
pub const OFFER_PATH: &str = "/api/offer";
