//! ThingsBoard's device transport for people without a ThingsBoard: the same topics, replies, codes and
//! quirks, over TLS with a CA made at the first start, and all state in memory.
//!
//! It is not a broker: no routing between clients, no retained messages, no wills, no stored sessions. It
//! listens on loopback unless told otherwise. It must not know of the proxy, which meets it over TCP and
//! TLS like any ThingsBoard.
//!
//! docs/emulator.md lists its rules with the test of each, and what is different on purpose. Other than
//! ThingsBoard, everything a device can fill is bounded (`store`, `record`, the constants beside each queue).
//!
//! From the socket inwards:
//!
//! - [`emulator`](Emulator): start and stop; `listener` accepts, `connection` is one connection's shell
//! - `packet`: MQTT 3.1.1 and 5 as one set of packets, over rumqttc's codecs
//! - `login`, `rate`, `session`, `provision`, `gateway`, `topic`, [`MqttProfile`]: the rules, pure; `upload`,
//!   `encoding`: what payloads mean, pure
//! - `hub`, `device`, `children`, `store`, `package`: devices, what is known of them and what they may fetch;
//!   `budget`: how many bytes of it are kept; `basic_credentials`: what some connect with; `record`: what they sent
//! - [`Platform`] and `platform_api`: the operator's side, as calls and over HTTP
//! - `fault`: what goes wrong on demand
//! - `certificates`: the CA and the server certificate, and what of a client's certificate is checked

mod basic_credentials;
mod budget;
mod certificates;
mod children;
mod config;
mod connection;
mod device;
mod emulator;
mod encoding;
mod ending;
mod fault;
mod gateway;
mod hub;
mod listener;
mod login;
mod mqtt_profile;
mod package;
mod packet;
mod platform;
mod platform_api;
mod provision;
mod random;
mod rate;
mod record;
mod session;
mod store;
mod sync;
mod topic;
mod upload;

pub use certificates::CertificateError;
pub use config::{
    Config, DeviceCertificate, DevicePolicy, DeviceProfile, DeviceSpec, MOST_WAITING_PACKETS,
    ProvisionStrategy, Timers,
};
pub use emulator::{Emulator, StartError};
pub use ending::Ending;
pub use fault::Fault;
pub use mqtt_profile::{MqttProfile, PayloadType, TopicFilter};
pub use package::{LinkedPackage, Package, PackageKind};
pub use packet::Refusal;
pub use platform::{Platform, PlatformProblem};
pub use rate::{RateLimit, RateLimitProblem, RateLimits};
pub use record::{Kind, Recorded};
