//! Do the parts agree? The proxy against real sockets, real TLS and peers that misbehave on purpose.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as the tests themselves do")]

mod assets;
mod backpressure;
mod check;
mod cli;
mod connect;
mod demo;
mod frames;
mod http;
mod liveness;
mod mqtt5;
mod origin;
mod secrets;
mod session;
mod shutdown;
mod tls;
