//! The product with its demo: a proxy that offers an emulator, both in this process.

use crate::{dist, emulated::Emulated, proxy::Proxy};
use ::proxy::{Extras, config::Config as ProxyConfig};

/// A proxy and the ThingsBoard it offers.
#[derive(Debug)]
pub struct Demo {
    pub proxy: Proxy,
    pub thingsboard: Emulated,
}

impl Demo {
    /// On free ports.
    pub async fn start() -> Self {
        Self::with(emulator::Config::default()).await
    }

    /// With an emulator of its own configuration.
    pub async fn with(config: emulator::Config) -> Self {
        Self::with_both(config, ProxyConfig::default()).await
    }

    /// With limits of the proxy changed by `adjust`.
    pub async fn limited(adjust: impl FnOnce(&mut ProxyConfig)) -> Self {
        let mut config = ProxyConfig::default();
        adjust(&mut config);
        Self::with_both(emulator::Config::default(), config).await
    }

    /// # Panics
    /// The page is not built, or the emulator does not start.
    async fn with_both(config: emulator::Config, proxy: ProxyConfig) -> Self {
        if let Err(error) = dist::folder() {
            panic!("{error:#}");
        }
        let thingsboard = Emulated::with(config).await;
        let extras = Extras { demo: Some(thingsboard.emulator().router()), ..Extras::default() };
        Self { proxy: Proxy::serving(proxy, extras).await, thingsboard }
    }

    /// Where the page is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/", self.proxy.origin())
    }
}
