//! HAProxy: a real load balancer in front of several proxies, with checks so quick that a test need not wait.
//!
//! New connections go to the server with the fewest, among those whose `/readyz` says that they take sessions. What a
//! site runs is in [`shipped`](crate::shipped).

use crate::{
    balancer::{self, Place, Server},
    child::Child,
    folder::Folder,
};
use anyhow::Result;
use std::{fmt::Write as _, net::SocketAddr, path::PathBuf, process::Command};

/// A running load balancer; killed when dropped.
#[derive(Debug)]
pub struct HaProxy {
    _child: Child,
    place: Place,
    _folder: Folder,
}

impl HaProxy {
    /// Starts it in front of these servers.
    ///
    /// # Errors
    /// HAProxy is missing, or does not start; with what it said.
    pub async fn start(place: Place, servers: &[Server]) -> Result<Self> {
        let address = place.address();
        let folder = Folder::new("haproxy")?;
        let file = folder.write("haproxy.cfg", &configuration(address, servers)?)?;
        let mut child = Child::start("haproxy", Command::new(program()?).args(FOREGROUND).arg(file))?;
        balancer::listens("haproxy", &mut child, address).await?;
        Ok(Self { _child: child, place, _folder: folder })
    }

    /// Where pages connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.place.address()
    }
}

/// Not in the background, so that it ends with us; and before the name of its file.
pub(crate) const FOREGROUND: [&str; 2] = ["-db", "-f"];

/// # Errors
/// It is missing.
pub(crate) fn program() -> Result<PathBuf> {
    // Where `cargo xtask test` says that it is.
    balancer::program("haproxy", "DEVICE_CONSOLE_HAPROXY")
}

fn configuration(address: SocketAddr, servers: &[Server]) -> Result<String> {
    let mut text = String::from(
        "global\n    maxconn 2000\n\
         defaults\n    mode http\n    timeout connect 2s\n    timeout client 30s\n    timeout server 30s\n    \
         timeout tunnel 10m\n    timeout check 2s\n    retries 3\n    option redispatch 1\n    option forwardfor\n",
    );
    writeln!(text, "frontend page\n    bind {address}\n    default_backend consoles")?;
    text.push_str(
        "backend consoles\n    balance leastconn\n    option httpchk GET /readyz\n    http-check expect status 200\n    \
         default-server check inter 100ms fall 1 rise 1\n",
    );
    for (number, Server { page, operations }) in servers.iter().enumerate() {
        writeln!(text, "    server console{number} {page} port {}", operations.port())?;
    }
    Ok(text)
}
