//! A real broker, Eclipse Mosquitto, with several listeners.

use crate::make::{Workshop, forge};
use anyhow::{Context, Result, bail, ensure};
use std::{
    env,
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tests::{child::Child, eventually::look};

/// Until it listens.
const LIMIT: Duration = Duration::from_secs(10);

/// How often another set of free ports is tried.
const TRIES: usize = 5;

/// One of its listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    /// TLS for everybody.
    Open,
    /// TLS, and nobody is known.
    KnowsNobody,
    /// TLS 1.2, and the client must have a certificate.
    DemandsClient12,
    /// TLS 1.3, and the client must have a certificate.
    DemandsClient13,
    /// No TLS.
    Plain,
}

/// For each process: its listeners, and the newest TLS that OpenSSL may speak there, which Mosquitto itself
/// cannot be told.
const PROCESSES: [(&[Listener], &str); 2] = [
    (&[Listener::Open, Listener::KnowsNobody, Listener::DemandsClient13, Listener::Plain], "TLSv1.3"),
    (&[Listener::DemandsClient12], "TLSv1.2"),
];

/// The running broker, two processes of it.
#[derive(Debug)]
pub(crate) struct Mosquitto {
    ca: PathBuf,
    addresses: Vec<(Listener, SocketAddr)>,
    processes: Vec<Child>,
}

impl Mosquitto {
    pub(crate) async fn start(shop: &Workshop) -> Result<Self> {
        let folder = shop.folder().join("mosquitto");
        fs::create_dir(&folder)?;
        let authority = forge::authority()?;
        let server = authority.issue(&forge::server("Mosquitto", forge::LOCAL)?)?;
        let ca = folder.join("ca.pem");
        fs::write(&ca, &authority.pem)?;
        fs::write(folder.join("server.pem"), &server.pem)?;
        fs::write(folder.join("server.key"), &server.key)?;
        let mut mosquitto = Self { ca, addresses: Vec::new(), processes: Vec::new() };
        for (listeners, newest) in PROCESSES {
            let (process, addresses) = run(&folder, listeners, newest).await?;
            mosquitto.addresses.extend(listeners.iter().copied().zip(addresses));
            mosquitto.processes.push(process);
        }
        Ok(mosquitto)
    }

    /// The file that its clients are given.
    pub(crate) fn ca(&self) -> &Path {
        &self.ca
    }

    pub(crate) fn address(&self, listener: Listener) -> Option<SocketAddr> {
        self.addresses.iter().find(|(known, _)| *known == listener).map(|(_, address)| *address)
    }
}

async fn run(folder: &Path, listeners: &[Listener], newest: &str) -> Result<(Child, Vec<SocketAddr>)> {
    let (program, openssl) = (program()?, folder.join(format!("{newest}.cnf")));
    fs::write(
        &openssl,
        format!(
            "openssl_conf = start\n[start]\nssl_conf = ssl\n[ssl]\nsystem_default = limits\n\
             [limits]\nMaxProtocol = {newest}\n"
        ),
    )?;
    for _ in 0..TRIES {
        let addresses = free_addresses(listeners.len())?;
        let file = folder.join(format!("{newest}.conf"));
        fs::write(&file, configuration(folder, listeners, &addresses)?)?;
        let mut command = Command::new(&program);
        command.arg("-c").arg(&file).env("OPENSSL_CONF", &openssl);
        let mut process = Child::start("mosquitto", &mut command)?;
        // Its last word before it serves.
        let ready = look(|| process.stderr().contains(" running").then_some(()), LIMIT).await;
        if ready.is_some() {
            return Ok((process, addresses));
        }
        process.kill();
        // Another program may have taken a port in between.
        if !process.stderr().contains("in use") {
            bail!("mosquitto does not start:\n{}", process.stderr());
        }
    }
    bail!("no ports stay free for mosquitto")
}

fn configuration(folder: &Path, listeners: &[Listener], addresses: &[SocketAddr]) -> Result<String> {
    let folder = folder.display();
    let mut text = String::from("per_listener_settings true\nlog_dest stderr\nlog_type all\n");
    let id = Command::new("id").arg("-u").output().context("cannot run id")?;
    if id.stdout.trim_ascii() == b"0" {
        // Otherwise it would become a user who may not read the key.
        text.push_str("user root\n");
    }
    for (listener, address) in listeners.iter().zip(addresses) {
        writeln!(text, "listener {} {}", address.port(), address.ip())?;
        writeln!(text, "allow_anonymous {}", *listener != Listener::KnowsNobody)?;
        if *listener != Listener::Plain {
            writeln!(text, "certfile {folder}/server.pem\nkeyfile {folder}/server.key")?;
        }
        if let Listener::DemandsClient12 | Listener::DemandsClient13 = listener {
            writeln!(text, "cafile {folder}/ca.pem\nrequire_certificate true")?;
        }
    }
    Ok(text)
}

fn program() -> Result<PathBuf> {
    let path = env::var_os("DEVICE_CONSOLE_MOSQUITTO")
        .map_or_else(|| PathBuf::from("/usr/sbin/mosquitto"), PathBuf::from);
    ensure!(path.is_file(), "mosquitto is missing: run `cargo xtask setup` or install the package mosquitto");
    Ok(path)
}

fn free_addresses(count: usize) -> Result<Vec<SocketAddr>> {
    // All at once, or the same port would come again.
    let listeners: Vec<TcpListener> =
        (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<_, _>>()?;
    Ok(listeners.iter().map(TcpListener::local_addr).collect::<Result<_, _>>()?)
}
