//! The configurations of reverse proxies, read by these themselves.
//!
//! Both want certificates that exist, and nginx opens the ports even to test: so they get a certificate made for
//! the occasion, and nginx ports that need no rights.

use std::fs;

use anyhow::{Result, ensure};

use super::{Desk, read};
use crate::process;
use crate::project::Project;
use crate::setup::deploy::Readers;

const HAPROXY: &str = "deploy/haproxy/haproxy.cfg";
const NGINX: &str = "deploy/nginx/device-console.conf";

pub(super) fn findings(project: &Project, desk: &Desk, readers: &Readers) -> Result<Vec<String>> {
    certificate(desk, readers)?;
    let [for_haproxy, for_nginx] = ["haproxy", "nginx"].map(|name| format!("{}/", desk.path(name).display()));

    let text = replaced(HAPROXY, &read(project, HAPROXY)?, &[("/etc/haproxy/certs/", &for_haproxy)])?;
    let file = desk.write("haproxy.cfg", &text)?;
    let log = desk.path("haproxy.log");
    process::run_logged(process::command(&readers.haproxy).arg("-c").arg("-f").arg(file), &log)?;

    let replacements = [
        ("/etc/nginx/certs/", for_nginx.as_str()),
        ("listen [::]:", "listen [::1]:44"),
        ("listen 80", "listen 127.0.0.1:4480"),
        ("listen 443", "listen 127.0.0.1:44443"),
    ];
    desk.write("device-console.conf", &replaced(NGINX, &read(project, NGINX)?, &replacements)?)?;
    let file = desk.write("nginx.conf", &around(desk))?;
    let log = desk.path("nginx.log");
    let mut nginx = process::command(&readers.nginx);
    nginx.args(["-t", "-q", "-e"]).arg(desk.path("nginx-error.log")).arg("-c").arg(file);
    process::run_logged(&mut nginx, &log)?;
    Ok(Vec::new())
}

/// The least that nginx wants around a file of `conf.d`, with nothing outside of the folder.
fn around(desk: &Desk) -> String {
    let folder = desk.0.display();
    let bodies: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("  {kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n  access_log off;\n{bodies}  include \
         {folder}/device-console.conf;\n}}\n"
    )
}

/// A self-signed certificate and its key: apart for nginx, in one file for HAProxy.
fn certificate(desk: &Desk, readers: &Readers) -> Result<()> {
    let (chain, key) = (desk.write("nginx/fullchain.pem", "")?, desk.write("nginx/privkey.pem", "")?);
    let mut openssl = process::command(&readers.openssl);
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-subj", "/CN=console.example.com", "-days", "1"]);
    openssl.arg("-keyout").arg(&key).arg("-out").arg(&chain);
    process::run_logged(&mut openssl, &desk.path("openssl.log"))?;
    let both = format!("{}{}", fs::read_to_string(chain)?, fs::read_to_string(key)?);
    desk.write("haproxy/console.pem", &both)?;
    Ok(())
}

/// Replaces what must be there, so that a changed file is not checked in part only.
fn replaced(file: &str, text: &str, replacements: &[(&str, &str)]) -> Result<String> {
    let mut text = text.to_owned();
    for (old, new) in replacements {
        ensure!(text.contains(old), "{file} no longer says `{old}`, which the check replaces");
        text = text.replace(old, new);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_must_be_there() {
        assert_eq!(replaced("f", "listen 80;", &[("80", "8080")]).unwrap(), "listen 8080;");
        let error = replaced("f", "listen 81;", &[("80", "8080")]).unwrap_err();
        assert!(error.to_string().contains("f no longer says `80`"), "{error}");
    }
}
