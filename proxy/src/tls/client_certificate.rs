//! Notices whether the server asks for a certificate of the device, and never gives one.
//!
//! A server may ask without needing one, as ThingsBoard does; so the question alone is no failure. It
//! explains one that follows.

use rustls::{SignatureScheme, client::ResolvesClientCert, sign::CertifiedKey};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Remembers the question.
#[derive(Debug, Default)]
pub(super) struct ClientCertificateRequest(AtomicBool);

impl ClientCertificateRequest {
    pub(super) fn was_made(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for ClientCertificateRequest {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}
