//! Listens where nobody is to connect.

use std::future::ready;
use tokio::net::TcpListener;

/// Listens at every address of this machine, and must see nobody.
#[derive(Debug)]
pub struct Canary(TcpListener);

impl Canary {
    /// On a free port.
    ///
    /// # Panics
    /// There is none.
    pub async fn new() -> Self {
        Self(TcpListener::bind("0.0.0.0:0").await.expect("a free port"))
    }

    /// # Panics
    /// Never: it is bound.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.local_addr().expect("a bound listener has an address").port()
    }

    /// Whoever connected before this was called is in the queue already.
    ///
    /// # Panics
    /// Somebody did.
    pub async fn saw_nobody(&self) {
        tokio::select! {
            biased;
            seen = self.0.accept() => panic!("dialled: {seen:?}"),
            () = ready(()) => {}
        }
    }
}
