//! Does the world agree with us? Other people's brokers and clients against the proxy and the emulator.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as the tests themselves do")]

mod copied;
mod example;
mod firmware;
mod gateway;
mod gateway_daemon;
mod mosquitto;
mod mosquitto_clients;
mod paho;
mod provision;
mod scenario;
mod sslyze;
mod thingsboard;
mod tunnel;

use emulator::Config;
use std::path::PathBuf;
use tests::{emulated::Emulated, folder::Folder};

/// An emulator and what a client on the command line needs to reach it.
struct Target {
    thingsboard: Emulated,
    _folder: Folder,
    ca: PathBuf,
}

impl Target {
    /// With one device, which is no gateway.
    async fn start() -> Self {
        Self::with(Config { gateways: Vec::new(), ..Config::default() }).await
    }

    async fn with(config: Config) -> Self {
        let thingsboard = Emulated::with(config).await;
        let folder = Folder::new("emulator").unwrap();
        let ca = folder.write("ca.pem", thingsboard.emulator().ca_pem()).unwrap();
        Self { thingsboard, _folder: folder, ca }
    }

    /// HOST PORT CA_FILE TOKEN, as the scripts take them.
    fn arguments(&self, token: &str) -> Vec<String> {
        let endpoint = self.thingsboard.endpoint();
        let ca = self.ca.display().to_string();
        vec![endpoint.host.to_string(), endpoint.port.to_string(), ca, token.to_owned()]
    }

    fn own_arguments(&self) -> Vec<String> {
        self.arguments(self.thingsboard.token().expose())
    }
}
