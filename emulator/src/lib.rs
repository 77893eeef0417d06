//! ThingsBoard's device transport for people without a ThingsBoard: the same topics, replies, codes and
//! quirks, over TLS with a CA made at the first start, and all state in memory.
//!
//! It is not a broker: no routing between clients, no retained messages, no wills, no stored sessions. It
//! listens on loopback unless told otherwise. It must not know of the proxy, which meets it over TCP and
//! TLS like any ThingsBoard.
//!
//! Not imitated so far: gateways, provisioning, OTA, Protobuf, device profiles, rule chains, rate limits,
//! credentials other than access tokens, MQTT 3.1, and MQTT without TLS. Other than ThingsBoard, everything
//! a device can fill is bounded (`store`, `record`, the constants beside each queue).
//!
//! From the socket inwards:
//!
//! - [`emulator`](Emulator): start and stop; `listener` accepts, `connection` is one connection's shell
//! - `packet`: MQTT 3.1.1 and 5 as one set of packets, over rumqttc's codecs
//! - `login`, `session`, `topic`: the rules, pure; `upload`, `json`, `value`: what payloads mean, pure
//! - `hub`, `device`, `store`: devices and what is known of them; `record`: what they sent
//! - [`Platform`] and `platform_api`: the operator's side, as calls and over HTTP
//! - `certificates`: the CA and the server certificate

mod certificates;
mod config;
mod connection;
mod device;
mod emulator;
mod ending;
mod hub;
mod json;
mod listener;
mod login;
mod packet;
mod platform;
mod platform_api;
mod random;
mod record;
mod session;
mod store;
mod sync;
mod topic;
mod upload;
mod value;

pub use certificates::CertificateError;
pub use config::{Config, DevicePolicy, DeviceSpec, Timers};
pub use emulator::{Emulator, StartError};
pub use ending::Ending;
pub use packet::Refusal;
pub use platform::{Platform, PlatformProblem};
pub use record::{Kind, Recorded};
