//! A running emulator: how it starts, what it offers, how it ends.

use crate::{
    certificates::{self, CertificateError},
    config::{Config, DeviceSpec},
    connection::Shared,
    hub::{Hub, MOST_NAME_BYTES, Settings, is_device_name},
    listener,
    platform::Platform,
    platform_api,
};
use rustls::pki_types::ServerName;
use shared::endpoint::{Endpoint, Host, HostProblem};
use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener as StdListener},
    sync::Arc,
    time::Duration,
};
use thiserror::Error;
use tokio::{net::TcpListener, time::timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Names that every certificate covers.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How long [`Emulator::stop`] waits for sessions to end.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// Why an emulator does not start: a sentence with the cause and what to do.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("Port {port} on {ip} is taken: stop the program that uses it, or choose another port (0 takes a free one).", ip = .0.ip(), port = .0.port())]
    PortTaken(SocketAddr),
    #[error(
        "Cannot listen on {address}: {source}. Choose an address of this machine and a port from 1024 on."
    )]
    Listen { address: SocketAddr, source: io::Error },
    #[error("The server name \"{name}\" cannot stand in a certificate. {problem}")]
    ServerName { name: String, problem: HostProblem },
    #[error("Two devices have the same access token: give each its own.")]
    SameToken,
    #[error("The device name that begins with \"{}\" does not have 1 to {MOST_NAME_BYTES} bytes: choose another.", excerpt(.0))]
    DeviceName(String),
    #[error(transparent)]
    Certificates(#[from] CertificateError),
}

/// A running emulator. Dropping it is [`Emulator::kill`].
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    endpoint: Endpoint,
    ca_pem: Arc<str>,
    platform: Platform,
    hub: Arc<Hub>,
    stopping: CancellationToken,
    killed: CancellationToken,
    tasks: TaskTracker,
}

impl Emulator {
    /// Makes or reads the certificates, listens, and serves from then on.
    ///
    /// # Errors
    /// When it cannot; the error's text says why and what to do.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let listener = listen(config.mqtts_listen)?;
        Self::start_on(listener, config).await
    }

    /// The same on a listener that is bound already; `mqtts_listen` does not count then.
    ///
    /// # Errors
    /// When it cannot; the error's text says why and what to do.
    pub async fn start_on(listener: StdListener, config: Config) -> Result<Self, StartError> {
        if has_same_token(&config.devices) {
            return Err(StartError::SameToken);
        }
        if let Some(device) = config.devices.iter().find(|device| !is_device_name(&device.name)) {
            return Err(StartError::DeviceName(device.name.clone()));
        }
        let hosts = hosts(&config.server_names)?;
        // Files are read and written here, where nothing else runs yet.
        let (tls, ca_pem) = certificates::obtain(config.state_dir.as_deref(), &server_names(&hosts))?;
        let address = config.mqtts_listen;
        let (listener, address) =
            serve_on(listener).map_err(|source| StartError::Listen { address, source })?;
        let hub = Hub::new(config.devices, config.device_policy, config.profiles);
        let settings = Settings {
            rate_limits: config.rate_limits,
            gateway_rate_limits: config.gateway_rate_limits,
            profile: config.mqtt_profile,
        };
        let hub = Arc::new(
            hub.with_visitor_rest(config.timers.visitor_rest)
                .with_certificates(config.certificates)
                .with_gateways(&config.gateways)
                .with_settings(settings),
        );
        let shared = Shared {
            hub: Arc::clone(&hub),
            acceptor: TlsAcceptor::from(tls),
            timers: config.timers,
            stopping: CancellationToken::new(),
        };
        let emulator = Self {
            address,
            endpoint: Endpoint { host: own_host(address.ip(), &hosts), port: address.port() },
            ca_pem: ca_pem.into(),
            platform: Platform::new(Arc::clone(&hub), config.timers),
            hub,
            stopping: shared.stopping.clone(),
            killed: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let (killed, tasks) = (emulator.killed.clone(), emulator.tasks.clone());
        emulator.tasks.spawn(listener::run(listener, shared, killed, tasks));
        Ok(emulator)
    }

    /// Where MQTT over TLS listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a device dials: `localhost` when only this machine can, else the first configured name.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// The CA that a device must trust.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The devices there are now, configured ones first.
    #[must_use]
    pub fn devices(&self) -> Vec<DeviceSpec> {
        self.hub.specs()
    }

    /// The platform's side of the devices.
    #[must_use]
    pub fn platform(&self) -> Platform {
        self.platform.clone()
    }

    /// The platform over HTTP, with the paths of [`shared::platform`].
    pub fn router(&self) -> axum::Router {
        platform_api::router(self.platform(), self.endpoint(), Arc::clone(&self.ca_pem))
    }

    /// Stops in order: no new connections, sessions closed (with 0x8B in MQTT 5), a bounded wait.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.tasks.close();
        if timeout(STOP_LIMIT, self.tasks.wait()).await.is_err() {
            tracing::warn!("some sessions did not end in time");
        }
    }

    /// A fault for tests: every socket is dropped at once and without a word, as if the machine had died.
    pub fn kill(self) {
        self.killed.cancel();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.killed.cancel();
    }
}

/// The beginning of a long name.
fn excerpt(name: &str) -> String {
    name.chars().take(20).collect()
}

fn has_same_token(devices: &[DeviceSpec]) -> bool {
    devices
        .iter()
        .enumerate()
        .any(|(index, device)| devices[..index].iter().any(|other| other.access_token == device.access_token))
}

/// All names for the certificate: the configured ones, then the local ones.
fn hosts(configured: &[String]) -> Result<Vec<Host>, StartError> {
    let mut hosts = Vec::new();
    for name in configured.iter().map(String::as_str).chain(LOCAL_NAMES) {
        let host =
            Host::parse(name).map_err(|problem| StartError::ServerName { name: name.to_owned(), problem })?;
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    Ok(hosts)
}

/// What a host is in a certificate. Every [`Host`] is one of rustls' names; were it not, the certificate
/// would lack it.
fn server_names(hosts: &[Host]) -> Vec<ServerName<'static>> {
    hosts.iter().filter_map(|host| ServerName::try_from(String::from(host.clone())).ok()).collect()
}

fn own_host(listening: IpAddr, hosts: &[Host]) -> Host {
    let local = |host: &&Host| LOCAL_NAMES.contains(&host.as_str());
    let configured = hosts.iter().find(|host| !local(host));
    let localhost = hosts.iter().find(|host| host.as_str() == LOCAL_NAMES[0]);
    let by_address = Host::parse(&listening.to_string()).ok();
    let chosen = match (listening.is_loopback(), listening.is_unspecified()) {
        (true, _) => localhost.cloned(),
        (false, true) => configured.or(localhost).cloned(),
        (false, false) => configured.cloned().or(by_address),
    };
    chosen.unwrap_or_else(|| hosts[0].clone())
}

fn listen(address: SocketAddr) -> Result<StdListener, StartError> {
    StdListener::bind(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken(address),
        _ => StartError::Listen { address, source },
    })
}

fn serve_on(listener: StdListener) -> io::Result<(TcpListener, SocketAddr)> {
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((TcpListener::from_std(listener)?, address))
}

#[cfg(test)]
mod tests;
