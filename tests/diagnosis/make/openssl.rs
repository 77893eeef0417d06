//! The `openssl` program, as people use it on the command line.

use super::Certificates;
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path, process::Command};

/// Runs `openssl` with these arguments, which hold no spaces, in `folder`, and gives what it prints.
pub(crate) fn openssl(folder: &Path, arguments: &str) -> Result<String> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .context("openssl is missing: run `cargo xtask setup` or install the package openssl")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "openssl {arguments}: {errors}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs several, one after the other.
pub(crate) fn all(folder: &Path, commands: &[&str]) -> Result<()> {
    commands.iter().try_for_each(|arguments| openssl(folder, arguments).map(drop))
}

pub(crate) fn read(folder: &Path, name: &str) -> Result<String> {
    fs::read_to_string(folder.join(name)).with_context(|| format!("openssl wrote no {name}"))
}

/// `server.pem` with `server_key.pem`, itself uploaded.
pub(crate) fn pinned(folder: &Path) -> Result<Certificates> {
    let chain = read(folder, "server.pem")?;
    Ok(Certificates::new(chain.clone(), read(folder, "server_key.pem")?, chain))
}

/// `server.pem` with `server_key.pem`, `ca.pem` uploaded.
pub(crate) fn issued(folder: &Path) -> Result<Certificates> {
    let (chain, key) = (read(folder, "server.pem")?, read(folder, "server_key.pem")?);
    Ok(Certificates::new(chain, key, read(folder, "ca.pem")?))
}

/// ThingsBoard's guide for elliptic curves, with `more` at the end of its second command.
pub(crate) fn ecc_recipe(folder: &Path, more: &str) -> Result<Certificates> {
    openssl(folder, "ecparam -out server_key.pem -name secp256r1 -genkey")?;
    let request = "req -new -key server_key.pem -x509 -nodes -days 365 -out server.pem -batch";
    openssl(folder, &format!("{request} {more}"))?;
    pinned(folder)
}

/// `server.pem` of X.509 version 1, from `server.csr`, signed as `signer` says. `x509 -req` made it of that
/// version by itself up to OpenSSL 3.1.
pub(crate) fn sign_version_1(folder: &Path, name: &str, signer: Signer) -> Result<()> {
    let help = Command::new("openssl").args(["req", "-help"]).output()?;
    let knows_option = String::from_utf8_lossy(&help.stderr).contains("-x509v1");
    let key = match (knows_option, signer) {
        (false, Signer::Itself) => format!("x509 -req -signkey {name}_key.pem"),
        (true, Signer::Itself) => format!("req -x509v1 -key {name}_key.pem"),
        (false, Signer::Ca) => "x509 -req -CA ca.pem -CAkey ca_key.pem -CAcreateserial".to_owned(),
        (true, Signer::Ca) => "req -x509v1 -CA ca.pem -CAkey ca_key.pem".to_owned(),
    };
    openssl(folder, &format!("{key} -in {name}.csr -out {name}.pem -days 365"))?;
    let text = openssl(folder, &format!("x509 -in {name}.pem -noout -text"))?;
    ensure!(text.contains("Version: 1 (0x0)"), "openssl made no certificate of version 1:\n{text}");
    Ok(())
}

/// Whose key signs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signer {
    Itself,
    /// `ca.pem` with `ca_key.pem`.
    Ca,
}

/// An authority `ca.pem` with `ca_key.pem`, and the server's key and request.
pub(crate) fn ca_and_request(folder: &Path, subject: &str) -> Result<()> {
    all(
        folder,
        &[
            "ecparam -name secp256r1 -genkey -noout -out ca_key.pem",
            "req -new -x509 -key ca_key.pem -days 365 -subj /CN=Own-CA -out ca.pem",
            "ecparam -name secp256r1 -genkey -noout -out server_key.pem",
            &format!("req -new -key server_key.pem -subj {subject} -out server.csr"),
        ],
    )
}

/// The names of this machine's loopback, for `-extfile`.
pub(crate) fn write_names(folder: &Path) -> Result<()> {
    Ok(fs::write(folder.join("names.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")?)
}
