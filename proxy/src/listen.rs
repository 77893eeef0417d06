//! Binding a port, or the next free one.

use anyhow::{Context, bail};
use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

/// Ports tried after a taken one.
const MAX_NEXT: u16 = 50;

/// Binds `chosen`, else `default`. A taken default moves on to the next free port when `may_move`. `flag` is
/// what a person would choose another address with.
///
/// # Errors
/// One sentence with the cause and the fix.
pub(crate) fn bind(
    chosen: Option<SocketAddr>,
    default: SocketAddr,
    may_move: bool,
    flag: &str,
) -> anyhow::Result<TcpListener> {
    let first = chosen.unwrap_or(default);
    let last =
        if chosen.is_none() && may_move { first.port().saturating_add(MAX_NEXT) } else { first.port() };
    for port in first.port()..=last {
        match TcpListener::bind(SocketAddr::new(first.ip(), port)) {
            Ok(listener) => {
                if port != first.port() {
                    eprintln!("Port {} is taken; using {port} instead.", first.port());
                }
                return Ok(listener);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| format!("cannot listen on {first}")),
        }
    }
    bail!("{first} is taken by another program: stop that one, or choose another address with {flag}")
}
