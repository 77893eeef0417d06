//! Do the parts agree? The proxy against real sockets, real TLS and peers that misbehave on purpose.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as the tests themselves do")]

mod admission;
mod assets;
mod backpressure;
mod check;
mod cli;
mod connect;
mod demo;
mod egress;
mod frames;
mod http;
mod https;
mod liveness;
mod mqtt5;
mod operations;
mod options;
mod origin;
mod secrets;
mod session;
mod shutdown;
mod tls;
mod tunnel;
