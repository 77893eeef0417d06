//! ThingsBoard's own names and texts, as its devices use them.

pub mod topic;
