//! ThingsBoard's own names and texts, as its devices use them.

pub mod attributes;
pub mod checksum;
pub mod claim;
pub mod gateway;
pub mod json;
pub mod meter;
mod murmur3;
pub mod package;
pub mod protobuf;
pub mod provision;
pub mod rpc;
pub mod session_limits;
pub mod topic;
pub mod upload;
pub mod value;
