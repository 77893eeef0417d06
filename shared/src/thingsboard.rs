//! ThingsBoard's own names and texts, as its devices use them.

pub mod checksum;
mod murmur3;
pub mod topic;
