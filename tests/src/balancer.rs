//! What all load balancers have in common here: programs of other people, before servers that must know their public
//! address before they start.

use crate::child::Child;
use anyhow::{Context, Result, bail, ensure};
use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};
use tokio::net::{TcpSocket, TcpStream};

/// Until a started load balancer listens.
const LIMIT: Duration = Duration::from_secs(10);

/// One server behind it.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    pub page: SocketAddr,
    /// Where `/readyz` is.
    pub operations: SocketAddr,
}

/// The address of a load balancer that is not there yet.
#[derive(Debug)]
pub struct Place {
    /// Bound and not listening, so that nobody else gets the port. Load balancers may bind it besides: HAProxy does by
    /// `SO_REUSEPORT`, nginx by `SO_REUSEADDR`.
    _held: TcpSocket,
    address: SocketAddr,
}

impl Place {
    /// # Errors
    /// There is no free port.
    pub fn find() -> Result<Self> {
        let held = TcpSocket::new_v4()?;
        held.set_reuseport(true)?;
        held.set_reuseaddr(true)?;
        held.bind((Ipv4Addr::LOCALHOST, 0).into()).context("no free port")?;
        Ok(Self { address: held.local_addr()?, _held: held })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin of pages that come by it without TLS.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Where the program is: as the variable says, else where packages put it, which is often outside a person's search
/// path.
///
/// # Errors
/// It is not there.
pub(crate) fn program(name: &str, variable: &str) -> Result<PathBuf> {
    let usual = || PathBuf::from("/usr/sbin").join(name);
    let path = env::var_os(variable).map_or_else(usual, PathBuf::from);
    ensure!(
        path.is_file(),
        "{name} is missing ({} is no file): run `cargo xtask setup` or install the package {name}",
        path.display()
    );
    Ok(path)
}

/// Waits until the started program takes connections.
///
/// # Errors
/// It ends before, or never does; with what it said.
pub(crate) async fn listens(name: &str, child: &mut Child, address: SocketAddr) -> Result<()> {
    let listens = async {
        while TcpStream::connect(address).await.is_err() {
            if child.ended(Duration::ZERO).await.is_ok() {
                bail!("{name} ended: {}", child.stderr());
            }
        }
        Ok(())
    };
    tokio::time::timeout(LIMIT, listens).await.with_context(|| format!("{name} does not listen"))?
}
