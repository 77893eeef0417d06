//! Real listeners on free loopback ports, one for each row and version of TLS.

pub(crate) mod mosquitto;
pub(crate) mod mqtt;
pub(crate) mod openssl;
pub(crate) mod port;
pub(crate) mod rustls;

use crate::{
    make::{Files, Workshop},
    row::{Row, Tls},
};
use anyhow::{Context, Result};
use mosquitto::Mosquitto;
use mqtt::Then;
use openssl::{OpenSsl, Servers};
use port::Port;
use rustls::Handshake;
use std::{net::SocketAddr, path::PathBuf};

/// Who does a row's TLS, and what comes after it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Server {
    /// OpenSSL; then a device is let in.
    OpenSsl(OpenSsl),
    /// rustls, which is easier to make misbehave.
    Rustls(Handshake, Then),
    /// No TLS at all.
    Port(Port),
    /// Eclipse Mosquitto.
    Mosquitto(mosquitto::Listener),
}

/// What is to be measured.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) row: &'a Row,
    pub(crate) tls: Option<Tls>,
    pub(crate) files: &'a Files,
}

/// Where it is.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    /// The file to give: the row's own, or that of a server which made its own certificate.
    pub(crate) upload: Option<PathBuf>,
}

/// Keeps the servers alive.
#[derive(Debug)]
pub(crate) struct Serving {
    _openssl: Servers,
    _mosquitto: Mosquitto,
    _ports: Vec<port::Open>,
}

/// Starts them all.
pub(crate) async fn start(shop: &Workshop, targets: &[Target<'_>]) -> Result<(Serving, Vec<Place>)> {
    let (openssl, addresses) = Servers::start(shop, targets).await?;
    let mosquitto = Mosquitto::start(shop).await?;
    let (mut addresses, mut ports, mut places) = (addresses.into_iter(), Vec::new(), Vec::new());
    for target in targets {
        let mut upload = target.files.upload.clone();
        let address = match target.row.server {
            Server::OpenSsl(_) => addresses.next().context("a port for each server of OpenSSL's")?,
            Server::Rustls(handshake, then) => rustls::start(handshake, then, target).await?,
            Server::Port(port) => {
                let open = port::start(port).await?;
                let address = open.address;
                ports.push(open);
                address
            }
            Server::Mosquitto(listener) => {
                upload = Some(mosquitto.ca().to_owned());
                mosquitto.address(listener).context("a listener of mosquitto's")?
            }
        };
        places.push(Place { address, upload });
    }
    Ok((Serving { _openssl: openssl, _mosquitto: mosquitto, _ports: ports }, places))
}
