//! HAProxy: a real load balancer in front of several proxies, as a site runs it.
//!
//! New connections go to the server with the fewest, among those whose `/readyz` says that they take sessions.

use crate::{child::Child, folder::Folder};
use anyhow::{Context, Result, bail, ensure};
use std::{
    env,
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::Command,
    time::Duration,
};
use tokio::net::{TcpSocket, TcpStream};

/// Where `cargo xtask test` says that the load balancer is.
const VARIABLE: &str = "DEVICE_CONSOLE_HAPROXY";

/// Where packages put it, often outside a person's search path.
const USUAL: &str = "/usr/sbin/haproxy";

/// Until a started load balancer listens.
const LIMIT: Duration = Duration::from_secs(10);

/// One server behind it.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    pub page: SocketAddr,
    /// Where `/readyz` is.
    pub operations: SocketAddr,
}

/// The address of a load balancer that is not there yet: its servers must know their public name before they start.
#[derive(Debug)]
pub struct Place {
    /// Bound and not listening, so that nobody else gets the port. HAProxy binds it besides (`SO_REUSEPORT`).
    _held: TcpSocket,
    address: SocketAddr,
}

/// A running load balancer; killed when dropped.
#[derive(Debug)]
pub struct HaProxy {
    address: SocketAddr,
    _child: Child,
    _place: Place,
    _folder: Folder,
}

impl Place {
    /// # Errors
    /// There is no free port.
    pub fn find() -> Result<Self> {
        let held = TcpSocket::new_v4()?;
        held.set_reuseport(true)?;
        held.bind((Ipv4Addr::LOCALHOST, 0).into()).context("no free port")?;
        Ok(Self { address: held.local_addr()?, _held: held })
    }

    /// The origin of pages that come by it.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl HaProxy {
    /// Starts it in front of these servers.
    ///
    /// # Errors
    /// HAProxy is missing, or does not start; with what it said.
    pub async fn start(place: Place, servers: &[Server]) -> Result<Self> {
        let path = env::var_os(VARIABLE).map_or_else(|| PathBuf::from(USUAL), PathBuf::from);
        ensure!(
            path.is_file(),
            "haproxy is missing ({} is no file): run `cargo xtask setup` or install the package haproxy",
            path.display()
        );
        let address = place.address;
        let folder = Folder::new("haproxy")?;
        let file = folder.write("haproxy.cfg", &configuration(address, servers)?)?;
        let mut command = Command::new(path);
        // In the foreground, so that it ends with us.
        command.arg("-db").arg("-f").arg(file);
        let mut child = Child::start("haproxy", &mut command)?;
        let listens = async {
            while TcpStream::connect(address).await.is_err() {
                if child.ended(Duration::ZERO).await.is_ok() {
                    bail!("haproxy ended: {}", child.stderr());
                }
            }
            Ok(())
        };
        tokio::time::timeout(LIMIT, listens).await.context("haproxy does not listen")??;
        Ok(Self { address, _child: child, _place: place, _folder: folder })
    }

    /// Where pages connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
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
