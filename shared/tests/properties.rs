//! What holds for every topic, text and value, tried with generated ones.
#![cfg(not(target_arch = "wasm32"))]

#[path = "properties/download.rs"]
mod download;
#[path = "properties/payloads.rs"]
mod payloads;
#[path = "properties/protobuf.rs"]
mod protobuf;
#[path = "properties/server.rs"]
mod server;
#[path = "properties/topics.rs"]
mod topics;
