//! The proxy in this process, on a free port, with whatever limits a test needs.

use crate::eventually::soon;
use ::proxy::{Extras, config::Config, serve};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A proxy that serves until it is stopped or dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<io::Result<()>>,
}

impl Proxy {
    /// With the product's own limits.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With limits changed by `adjust`.
    pub async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        adjust(&mut config);
        Self::serving(config, Extras::default()).await
    }

    /// # Panics
    /// There is no free port.
    #[expect(clippy::unused_async, reason = "serving needs a runtime, which the caller has to be in")]
    pub async fn serving(config: Config, extras: Extras) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, config, extras, stop.clone()));
        Self { address, stop, serving }
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The page's own origin.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says stop, without waiting.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until a stopped proxy has ended everything.
    ///
    /// # Panics
    /// It does not end, or ends with an error.
    pub async fn ended(mut self) {
        let served = soon("a stopped proxy ends", &mut self.serving).await;
        served.expect("serving does not panic").expect("serving ends in order");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
