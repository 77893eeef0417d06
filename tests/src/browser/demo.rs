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

    /// # Panics
    /// The page is not built, or the emulator does not start.
    pub async fn with(config: emulator::Config) -> Self {
        if let Err(error) = dist::folder() {
            panic!("{error:#}");
        }
        let thingsboard = Emulated::with(config).await;
        let extras = Extras { demo: Some(thingsboard.emulator().router()), ..Extras::default() };
        Self { proxy: Proxy::serving(ProxyConfig::default(), extras).await, thingsboard }
    }

    /// Where the page is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/", self.proxy.origin())
    }
}
