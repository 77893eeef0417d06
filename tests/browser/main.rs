//! Can a person do it? Each file is a story told at the page, in a real Chromium.

mod accessibility;
mod bad_input;
mod csp;
mod example;
mod failures;
mod long_log;
mod mosquitto;
mod parts;
mod platform;
mod publish;
mod reconnect;
mod server;
