//! A ThingsBoard with one device: the emulator in this process.

use crate::{PATIENCE, page, page::Page};
use emulator::{Config, Emulator, Kind, Platform, Recorded};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    endpoint::Endpoint,
    platform::{PlatformView, RpcCall},
    wire::Trust,
};

/// A running emulator and its first device.
#[derive(Debug)]
pub struct Emulated {
    emulator: Emulator,
    token: AccessToken,
}

impl Emulated {
    /// With one device that has a token of its own.
    pub async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// # Panics
    /// The emulator does not start, or has no device.
    pub async fn with(config: Config) -> Self {
        let emulator = Emulator::start(config).await.expect("the emulator starts");
        let token = emulator.devices()[0].access_token.clone();
        Self { emulator, token }
    }

    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    #[must_use]
    pub fn platform(&self) -> Platform {
        self.emulator.platform()
    }

    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.emulator.endpoint()
    }

    #[must_use]
    pub fn trust(&self) -> Trust {
        page::trust(self.emulator.ca_pem())
    }

    #[must_use]
    pub fn token(&self) -> &AccessToken {
        &self.token
    }

    /// Connects a page as the device.
    pub async fn connect(&self, page: &mut Page) {
        page.connect_to(&self.endpoint(), &self.trust(), self.token.expose()).await;
    }

    /// What ThingsBoard shows of the device.
    ///
    /// # Panics
    /// The device is gone.
    #[must_use]
    pub fn view(&self) -> PlatformView {
        self.platform().view(&self.token).expect("the device exists")
    }

    /// The latest value of one telemetry key.
    #[must_use]
    pub fn telemetry(&self, key: &str) -> Option<Value> {
        self.view().telemetry.into_iter().find(|value| value.key == key).map(|value| value.value)
    }

    /// Everything that came from devices, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Kind> {
        self.platform().record().into_iter().map(|entry| entry.kind).collect()
    }

    /// Waits until the record holds such an entry, and returns the first.
    ///
    /// # Panics
    /// It never does.
    pub async fn receives(&self, wanted: impl Fn(&Kind) -> bool) -> Recorded {
        let holds = |entries: &[Recorded]| entries.iter().any(|entry| wanted(&entry.kind));
        let held = self.platform().wait_until(holds, PATIENCE).await;
        assert!(held, "not received: {:?}", self.received());
        let all = self.platform().record();
        all.into_iter().find(|entry| wanted(&entry.kind)).expect("the record only grows")
    }

    /// The emulator dies: every socket is dropped without a word.
    pub fn kill(self) {
        self.emulator.kill();
    }
}

/// A two-way RPC with the platform's default patience.
#[must_use]
pub fn rpc(method: &str, params: Value) -> RpcCall {
    RpcCall { method: method.to_owned(), params, one_way: false, timeout_ms: 10_000 }
}

/// Keys and values from a JSON object.
///
/// # Panics
/// It is none.
#[must_use]
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}
