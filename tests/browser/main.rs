//! Can a person do it? Each file is a story told at the page, in a real Chromium.

mod accessibility;
mod advanced;
mod attributes;
mod bad_input;
mod busy;
mod csp;
mod drain;
mod example;
mod failures;
mod firmware;
mod gateway;
mod limits;
mod long_log;
mod mosquitto;
mod parts;
mod platform;
mod provision;
mod publish;
mod raw_mqtt;
mod reconnect;
mod rpc;
mod saved_devices;
mod server;
mod telemetry;
