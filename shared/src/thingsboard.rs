//! ThingsBoard's rules for devices, each written once: the page lives by them on the device's side, the emulator
//! on the server's.
//!
//! Pure values and functions: time comes in as a number, randomness not at all. Nothing here may know of
//! sessions, packets and sockets, of pages and their state, of [`crate::platform`] and [`crate::wire`]; those
//! know it.
//!
//! What is on the wire, for both sides:
//!
//! - [`topic`]: every topic and filter; [`mod@format`]: which of them carry JSON or Protobuf
//! - [`json`]: as Gson reads it; [`value`]: how a value is stored; [`protobuf`]: the messages in bytes
//! - [`attributes`], [`rpc`], [`claim`], [`provision`], [`package`], [`gateway`]: the messages of one feature, as the
//!   device writes what it sends and reads what it gets, with the server's own times and names
//! - [`checksum`]: of packages
//!
//! What the server decides, and the page foresees:
//!
//! - [`server`]: what it takes of a payload, or what it does instead
//! - [`session_limits`]: rate limits and sizes, and how it tells them; [`meter`]: the buckets it keeps, and a count
//!   of one's own beside them
//!
//! What only the page needs:
//!
//! - [`upload`]: the preview of telemetry and attributes, with places and warnings. It reads for people what
//!   [`server`] reads for the session; generated payloads try that the two agree.
//!
//! They build on each other in one direction: `json` ← `value` ← `server` ← `upload`; `topic` ← `format`;
//! `session_limits` ← `meter`; features ← `protobuf` ← `server`. Only `server` names what becomes of a
//! bad message in either format.

pub mod attributes;
pub mod checksum;
pub mod claim;
pub mod format;
pub mod gateway;
pub mod json;
pub mod meter;
mod murmur3;
pub mod package;
pub mod protobuf;
pub mod provision;
pub mod rpc;
pub mod server;
pub mod session_limits;
pub mod topic;
pub mod upload;
pub mod value;

/// Milliseconds since 1970 (UTC).
pub type UnixMs = i64;
