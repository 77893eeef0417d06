//! Eclipse Mosquitto: a real broker with TLS, and its command-line clients.

use crate::{
    certs::{Authority, Leaf},
    child::Child,
    eventually::look,
    folder::Folder,
    page,
};
use anyhow::{Context, Result, bail, ensure};
use shared::{endpoint::Endpoint, wire::Trust};
use std::{
    env,
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::net::TcpStream;

/// Where `cargo xtask test` says that the broker is.
const VARIABLE: &str = "DEVICE_CONSOLE_MOSQUITTO";

/// Where packages put it, often outside a person's search path.
const USUAL: &str = "/usr/sbin/mosquitto";

/// Until a started broker listens.
const LIMIT: Duration = Duration::from_secs(10);

/// A running broker with a certificate of an authority of its own. Anybody may do anything.
#[derive(Debug)]
pub struct Mosquitto {
    program: PathBuf,
    folder: Folder,
    address: SocketAddr,
    trust: Trust,
    broker: Option<Child>,
}

impl Mosquitto {
    /// Starts a broker on a free port.
    ///
    /// # Errors
    /// Mosquitto is missing or does not start.
    pub async fn start() -> Result<Self> {
        let program = broker()?;
        let folder = Folder::new("mosquitto")?;
        let authority = Authority::new("Mosquitto test authority");
        let identity = authority.issue(&Leaf::default());
        folder.write("ca.pem", authority.pem())?;
        folder.write("server.pem", &identity.pem)?;
        folder.write("server.key", &identity.key_pem)?;
        let trust = page::trust(authority.pem());
        // A port of port 0 may be taken by another program before the broker has it: then the next one.
        for _ in 0..5 {
            let address = free_address()?;
            let mut mosquitto = Self {
                program: program.clone(),
                folder: folder.clone(),
                address,
                trust: trust.clone(),
                broker: None,
            };
            mosquitto.folder.write("mosquitto.conf", &mosquitto.configuration()?)?;
            match mosquitto.start_again().await {
                Ok(()) => return Ok(mosquitto),
                Err(error) if error.to_string().contains("in use") => {}
                Err(error) => return Err(error),
            }
        }
        bail!("no port stays free for mosquitto")
    }

    /// Starts the broker once more, on the port it had.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_again(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.folder.path().join("mosquitto.conf"));
        let mut broker = Child::start("mosquitto", &mut command)?;
        let listens = async {
            while TcpStream::connect(self.address).await.is_err() {
                if broker.ended(Duration::ZERO).await.is_ok() {
                    bail!("mosquitto ended: {}", broker.stderr());
                }
            }
            Ok(())
        };
        tokio::time::timeout(LIMIT, listens).await.context("mosquitto does not listen")??;
        self.broker = Some(broker);
        Ok(())
    }

    /// Ends the broker without a chance to say goodbye.
    pub fn kill(&mut self) {
        self.broker = None;
    }

    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        page::endpoint(self.address)
    }

    /// The certificate of its authority, as a file.
    #[must_use]
    pub fn ca_path(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Waits until the broker's log has such a line.
    ///
    /// # Errors
    /// It never has; with the log.
    pub async fn logs(&self, part: &str) -> Result<()> {
        let broker = self.broker.as_ref().context("the broker is not running")?;
        let found = look(|| broker.stderr().contains(part).then_some(()), LIMIT).await;
        ensure!(found.is_some(), "no {part:?} in the broker's log:\n{}", broker.stderr());
        Ok(())
    }

    fn configuration(&self) -> Result<String> {
        let folder = self.folder.path().display();
        let mut text =
            String::from("log_dest stderr\nlog_type all\npersistence false\nallow_anonymous true\n");
        // Its own limits would hide ours: by default it drops what a slow client has not taken.
        text.push_str("max_inflight_messages 20\nmax_queued_messages 0\n");
        if runs_as_root()? {
            // Otherwise it would become a user who may not read the key.
            text.push_str("user root\n");
        }
        writeln!(text, "listener {} {}", self.address.port(), self.address.ip())?;
        writeln!(text, "certfile {folder}/server.pem\nkeyfile {folder}/server.key")?;
        Ok(text)
    }
}

/// Starts `mosquitto_pub` or `mosquitto_sub` towards a server, with its authority's certificate.
///
/// # Errors
/// The program is missing.
pub fn client(program: &str, server: SocketAddr, ca: &Path, arguments: &[&str]) -> Result<Child> {
    Child::start(program, &mut command(program, server, ca, arguments)).with_context(|| missing(program))
}

/// The same, reading what it publishes from [`Child::tell`] (its `-l`).
///
/// # Errors
/// The program is missing.
pub fn listening_client(program: &str, server: SocketAddr, ca: &Path, arguments: &[&str]) -> Result<Child> {
    let mut command = command(program, server, ca, arguments);
    Child::start_listening(program, &mut command).with_context(|| missing(program))
}

fn command(program: &str, server: SocketAddr, ca: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["-h", &server.ip().to_string(), "-p", &server.port().to_string(), "--cafile"]);
    command.arg(ca).args(arguments);
    command
}

fn missing(program: &str) -> String {
    format!("{program} is missing: run `cargo xtask setup` or install mosquitto-clients")
}

fn broker() -> Result<PathBuf> {
    let path = env::var_os(VARIABLE).map_or_else(|| PathBuf::from(USUAL), PathBuf::from);
    ensure!(
        path.is_file(),
        "mosquitto is missing ({} is no file): run `cargo xtask setup` or install the package mosquitto",
        path.display()
    );
    Ok(path)
}

fn runs_as_root() -> Result<bool> {
    let answer = Command::new("id").arg("-u").output().context("cannot run id")?;
    Ok(answer.stdout.trim_ascii() == b"0")
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}
