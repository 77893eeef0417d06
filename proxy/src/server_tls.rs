//! The proxy's own TLS towards browsers: its certificate and key, read again when the files change.
//!
//! TLS 1.2 and 1.3, HTTP/1.1 only. Has nothing to do with the TLS towards MQTT servers (`tls`). Errors never
//! quote a file.

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};
use thiserror::Error;
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};
use zeroize::Zeroizing;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Why the files cannot be used. Names the file, never what is in it.
#[derive(Debug, Error)]
pub enum ServerTlsProblem {
    #[error("the certificate file {0} cannot be read: check the path and the permissions")]
    CertificateUnreadable(PathBuf),
    #[error(
        "the certificate file {0} holds no certificate in PEM form: give the server's chain, its own first"
    )]
    NoCertificate(PathBuf),
    #[error("the key file {0} cannot be read: check the path and the permissions")]
    KeyUnreadable(PathBuf),
    #[error("the key file {0} holds no private key that can be read: give the key in PEM form, unencrypted")]
    NoKey(PathBuf),
    #[error("the key in {key} does not belong to the certificate in {certificate}, or is of an unknown kind")]
    Mismatch { certificate: PathBuf, key: PathBuf },
}

/// A certificate with its key, as they stand in two files.
pub struct ServerTls {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServerTls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// What new connections are shown.
struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Current").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl ServerTls {
    /// Reads both files, PEM each; the certificate file holds the chain, the server's own first.
    ///
    /// # Errors
    /// Which file cannot be used.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, ServerTlsProblem> {
        let current = Arc::new(Current(RwLock::new(Arc::new(read(certificate, key)?))));
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| mismatch(certificate, key))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current,
            config: Arc::new(config),
        })
    }

    /// Reads the files again. New connections get what they hold now; when they cannot be used, what was read
    /// before stays.
    ///
    /// # Errors
    /// Which file cannot be used.
    pub fn reload(&self) -> Result<(), ServerTlsProblem> {
        let fresh = Arc::new(read(&self.certificate, &self.key)?);
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    /// Reloads whenever a file has changed, for ever.
    pub(crate) async fn watch(&self) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = self.changed();
        loop {
            ticks.tick().await;
            let now = self.changed();
            if now != seen {
                seen = now;
                self.reload_and_log();
            }
        }
    }

    /// Reloads and says in the log what came of it.
    pub fn reload_and_log(&self) {
        match self.reload() {
            Ok(()) => info!("certificate read again"),
            Err(problem) => warn!(%problem, "the certificate stays as it was"),
        }
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| fs::metadata(path).and_then(|facts| facts.modified()).ok())
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, ServerTlsProblem> {
    let pem =
        fs::read(certificate).map_err(|_| ServerTlsProblem::CertificateUnreadable(certificate.to_owned()))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| ServerTlsProblem::NoCertificate(certificate.to_owned()))?;
    if chain.is_empty() {
        return Err(ServerTlsProblem::NoCertificate(certificate.to_owned()));
    }
    // Browsers would refuse the whole chain for one that is no certificate.
    if chain.iter().any(|certificate| x509_parser::parse_x509_certificate(certificate).is_err()) {
        return Err(ServerTlsProblem::NoCertificate(certificate.to_owned()));
    }
    let pem = Zeroizing::new(fs::read(key).map_err(|_| ServerTlsProblem::KeyUnreadable(key.to_owned()))?);
    let private = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| ServerTlsProblem::NoKey(key.to_owned()))?;
    CertifiedKey::from_der(chain, private, &ring::default_provider()).map_err(|_| mismatch(certificate, key))
}

fn mismatch(certificate: &Path, key: &Path) -> ServerTlsProblem {
    ServerTlsProblem::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{sleep, timeout};

    fn write(folder: &Path, name: &str) -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        fs::write(folder.join("chain.pem"), certificate.pem()).unwrap();
        fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
        certificate.der().to_vec()
    }

    fn shown(tls: &ServerTls) -> Vec<u8> {
        tls.current.0.read().unwrap().cert[0].to_vec()
    }

    #[tokio::test(start_paused = true)]
    async fn changed_files_are_taken_within_the_time_between_two_looks() {
        let folder = std::env::temp_dir().join(format!("device-console-server-tls-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let before = write(&folder, "one.example");
        let tls = ServerTls::load(&folder.join("chain.pem"), &folder.join("key.pem")).unwrap();
        assert_eq!(shown(&tls), before);
        let changing = async {
            sleep(LOOK_EVERY / 2).await;
            let after = write(&folder, "other.example");
            sleep(LOOK_EVERY).await;
            assert_eq!(shown(&tls), after);
        };
        // The watch never ends by itself.
        tokio::select! {
            () = tls.watch() => unreachable!(),
            done = timeout(10 * LOOK_EVERY, changing) => done.unwrap(),
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
