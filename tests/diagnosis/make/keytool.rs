//! Java's `keytool`, called as ThingsBoard's `server.keygen.sh` calls it with the properties it comes with.

use super::{Certificates, openssl::openssl};
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path, process::Command};

/// Everything that the script leaves behind.
#[derive(Debug)]
pub(crate) struct KeyStore {
    /// `server.pub.pem`, which the guides call the public key.
    pub(crate) certificate: String,
    /// The key that is inside the store.
    pub(crate) key: String,
    /// `server.jks`.
    pub(crate) store: Vec<u8>,
    /// `server.cer`.
    pub(crate) der: Vec<u8>,
    /// `server.p12`.
    pub(crate) pkcs12: Vec<u8>,
    /// `server.pem`: certificate and encrypted key.
    pub(crate) both: String,
    /// `server.pk8.pem`.
    pub(crate) bare_key: String,
}

const NAME: &str = "CN=localhost, OU=ThingsBoard, O=ThingsBoard, L=San Francisco, ST=CA, C=US";

/// What the properties hold as passwords.
const PASSWORD: &str = "password";

impl KeyStore {
    /// With the alternative name `ip:127.0.0.1`, as the properties have it, and `localhost` for what they
    /// take from `hostname`.
    pub(crate) fn by_the_script(folder: &Path) -> Result<Self> {
        fs::create_dir(folder)?;
        generate(folder, &["-ext", "san=ip:127.0.0.1"])?;
        let store = ["-keystore", "server.jks", "-storepass", PASSWORD, "-alias", "serveralias"];
        keytool(folder, &[&["-export", "-file", "server.pub.pem", "-rfc"], &store[..]].concat())?;
        keytool(folder, &[&["-export", "-file", "server.cer"], &store[..]].concat())?;
        keytool(
            folder,
            &[
                &["-importkeystore", "-srckeystore", "server.jks", "-destkeystore", "server.p12"][..],
                &["-srcalias", "serveralias", "-srcstoretype", "jks", "-deststoretype", "pkcs12"],
                &["-srcstorepass", PASSWORD, "-deststorepass", PASSWORD],
                &["-srckeypass", PASSWORD, "-destkeypass", PASSWORD],
            ]
            .concat(),
        )?;
        let pass = format!("-passin pass:{PASSWORD}");
        openssl(folder, &format!("pkcs12 -in server.p12 -out server.pem {pass} -passout pass:{PASSWORD}"))?;
        openssl(folder, &format!("pkcs8 -topk8 -nocrypt -in server.pem -out server.pk8.pem {pass}"))?;
        let text = |name: &str| fs::read_to_string(folder.join(name));
        Ok(Self {
            certificate: text("server.pub.pem")?,
            key: text("server.pk8.pem")?,
            store: fs::read(folder.join("server.jks"))?,
            der: fs::read(folder.join("server.cer"))?,
            pkcs12: fs::read(folder.join("server.p12"))?,
            both: text("server.pem")?,
            bare_key: text("server.pk8.pem")?,
        })
    }

    /// The server with this certificate, and something the script left uploaded.
    pub(crate) fn uploading(&self, upload: impl Into<Vec<u8>>) -> Certificates {
        Certificates::new(self.certificate.clone(), self.key.clone(), upload)
    }
}

/// The script with no alternative names among its properties.
pub(crate) fn without_alternative_name(folder: &Path) -> Result<Certificates> {
    generate(folder, &[])?;
    let store = format!("pkcs12 -in server.jks -passin pass:{PASSWORD}");
    let certificate = openssl(folder, &format!("{store} -nokeys"))?;
    let key = openssl(folder, &format!("{store} -nocerts -nodes"))?;
    Ok(Certificates::new(certificate.clone(), key, certificate))
}

fn generate(folder: &Path, more: &[&str]) -> Result<()> {
    keytool(
        folder,
        &[
            &["-genkeypair", "-v", "-alias", "serveralias", "-dname", NAME, "-keystore", "server.jks"][..],
            &["-keypass", PASSWORD, "-storepass", PASSWORD, "-keyalg", "EC"],
            &["-groupname", "secp256r1", "-validity", "9999"],
            more,
        ]
        .concat(),
    )
}

fn keytool(folder: &Path, arguments: &[&str]) -> Result<()> {
    let output =
        Command::new("keytool").args(arguments).current_dir(folder).output().context(
            "keytool is missing: run `cargo xtask setup` or install the package default-jre-headless",
        )?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "keytool {arguments:?}: {said}");
    Ok(())
}
