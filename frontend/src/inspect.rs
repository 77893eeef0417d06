//! A payload looked at closely: as a JSON tree with every number as it was spelled, as indented JSON, as hex, and
//! beside the message before it. Pure and bounded; draws nothing.

pub mod diff;
pub mod hex;
pub mod json;
pub mod pretty;
