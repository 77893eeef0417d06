//! Servers whose TLS is OpenSSL's, all in one Python process: any key, any version, any cipher.

use super::{Server, Target};
use crate::{
    make::{Workshop, openssl::openssl},
    python,
    row::Tls,
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tests::child::Child;

/// Until all of them listen.
const LIMIT: Duration = Duration::from_secs(30);

/// How such a server differs from an ordinary one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenSsl {
    /// OpenSSL's names.
    pub(crate) ciphers: &'static str,
    /// It speaks nothing newer than TLS 1.1.
    pub(crate) is_old: bool,
    /// It asks for a client's certificate and does without.
    pub(crate) wants_client: bool,
}

impl OpenSsl {
    pub(crate) const DEFAULT: Self = Self { ciphers: "DEFAULT", is_old: false, wants_client: false };

    pub(crate) const fn with_ciphers(ciphers: &'static str) -> Self {
        Self { ciphers, ..Self::DEFAULT }
    }
}

/// The process.
#[derive(Debug)]
pub(crate) struct Servers {
    _process: Child,
}

impl Servers {
    /// Starts a server for each target that wants one, and gives their addresses in order.
    pub(crate) async fn start(shop: &Workshop, targets: &[Target<'_>]) -> Result<(Self, Vec<SocketAddr>)> {
        // The group of RFC 7919, for suites that want one.
        openssl(shop.folder(), "genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh.pem")?;
        let servers: Vec<Value> = targets.iter().filter_map(|target| description(shop, target)).collect();
        let path = shop.folder().join("servers.json");
        std::fs::write(&path, serde_json::to_string(&servers)?)?;
        let mut process = python::start("servers.py", &path)?;
        let line = process.says(LIMIT, |mut lines| lines.next().map(str::to_owned)).await?;
        let ports: Vec<u16> = serde_json::from_str(&line).context("servers.py prints its ports")?;
        ensure!(ports.len() == servers.len(), "servers.py prints as many ports as it has servers");
        let addresses = ports.into_iter().map(|port| (Ipv4Addr::LOCALHOST, port).into()).collect();
        Ok((Self { _process: process }, addresses))
    }
}

fn description(shop: &Workshop, target: &Target<'_>) -> Option<Value> {
    let Server::OpenSsl(server) = target.row.server else { return None };
    let (minimum, maximum) = match (server.is_old, target.tls) {
        (true, _) => ("TLSv1", "TLSv1_1"),
        (false, Some(Tls::V1_2)) => ("TLSv1_2", "TLSv1_2"),
        (false, Some(Tls::V1_3)) => ("TLSv1_3", "TLSv1_3"),
        (false, None) => ("TLSv1_2", "TLSv1_3"),
    };
    Some(json!({
        "claim": target.row.claim,
        "chain": target.files.chain,
        "key": target.files.key,
        "minimum": minimum,
        "maximum": maximum,
        "ciphers": server.ciphers,
        "parameters": server.ciphers.starts_with("DHE").then(|| shop.folder().join("dh.pem")),
        "wants_client": server.wants_client,
    }))
}
