//! Do the parts agree? The proxy against real sockets, real TLS and peers that misbehave on purpose.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as the tests themselves do")]

mod admission;
mod assets;
mod backpressure;
mod balancers;
mod check;
mod cli;
mod connect;
mod demo;
mod deploy;
mod drain;
mod egress;
mod frames;
mod haproxy;
mod hosted;
mod http;
mod https;
mod idle;
mod liveness;
mod mqtt5;
mod operations;
mod options;
mod origin;
mod pace;
mod public_name;
mod rough;
mod secrets;
mod secrets_hosted;
mod session;
mod shutdown;
mod slow;
mod tls;
mod tunnel;
mod watched;
