//! A reverse proxy that passes plain connections on over TLS, so that what speaks no TLS reaches who speaks only that.
//!
//! Knows nothing of what passes.

use crate::{broker::listener, certs::Authority};
use rustls::pki_types::ServerName;
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsConnector;

/// A listener that passes nothing on yet: what stands behind it may have to know its name before it starts.
#[derive(Debug)]
pub struct Place(TcpListener);

/// A running one; ended when dropped.
#[derive(Debug)]
pub struct Front {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Place {
    pub async fn find() -> Self {
        Self(listener().await)
    }

    /// # Panics
    /// The listener has no address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("a bound listener has an address")
    }

    /// Passes everything on to `target`, which must show a certificate by `authority` for its address.
    ///
    /// # Panics
    /// The authority is none.
    #[must_use]
    pub fn towards(self, target: SocketAddr, authority: &Authority) -> Front {
        let (address, connector) = (self.address(), TlsConnector::from(Arc::new(authority.client())));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = self.0.accept().await {
                tokio::spawn(pass(stream, target, connector.clone()));
            }
        });
        Front { address, accepting }
    }
}

impl Front {
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(mut near: TcpStream, target: SocketAddr, connector: TlsConnector) {
    let Ok(far) = TcpStream::connect(target).await else { return };
    // What cannot be verified gets nothing, and the test sees its connection end.
    let Ok(mut far) = connector.connect(ServerName::from(target.ip()), far).await else { return };
    // Either end may go without a word.
    let _: std::io::Result<(u64, u64)> = copy_bidirectional(&mut near, &mut far).await;
}
