//! What the demo mode offers beyond a real ThingsBoard's device API: a device to try, and the platform's
//! view of it. Plain JSON over HTTP between page and emulator; every call but the first carries the
//! device's token as `Authorization: Bearer …`, never in a URL.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST /api/demo/device` | | [`DemoDevice`] |
//! | `GET /api/demo/platform` | | [`PlatformView`] |
//! | `POST /api/demo/platform/rpc` | [`RpcCall`] | [`RpcOutcome`], when it is known |
//! | `PUT /api/demo/platform/shared-attributes` | object of keys and values | 204 |
//! | `DELETE /api/demo/platform/shared-attributes` | [`AttributeKeys`] | 204 |
//!
//! An error is a status from 400 on with [`PlatformError`].

use crate::{credentials::AccessToken, endpoint::Endpoint};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub const DEVICE_PATH: &str = "/api/demo/device";
pub const PLATFORM_PATH: &str = "/api/demo/platform";
pub const RPC_PATH: &str = "/api/demo/platform/rpc";
pub const SHARED_ATTRIBUTES_PATH: &str = "/api/demo/platform/shared-attributes";

/// A device of the emulator and how to connect as it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemoDevice {
    pub name: String,
    pub endpoint: Endpoint,
    pub access_token: AccessToken,
    /// The emulator's own CA.
    pub ca_pem: String,
}

/// What ThingsBoard would show of one device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlatformView {
    pub device: String,
    /// Whether a session is open now.
    pub connected: bool,
    /// Unix milliseconds of the last packet from the device.
    pub last_activity_ms: Option<i64>,
    /// The latest value of each telemetry key, sorted by key.
    pub telemetry: Vec<TelemetryValue>,
    pub client_attributes: Map<String, Value>,
    pub shared_attributes: Map<String, Value>,
    /// What the device last allowed by its claim request, whether or not it has run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// That a person who knows the secret may take the device over, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// May be empty: then nobody needs to know anything.
    pub secret_key: String,
    /// Unix milliseconds.
    pub expires_ms: i64,
}

/// One key's latest value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TelemetryValue {
    pub key: String,
    pub value: Value,
    /// Unix milliseconds: the device's own time stamp, else the time of arrival.
    pub ts_ms: i64,
}

/// A server-side RPC to the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RpcCall {
    pub method: String,
    #[serde(default)]
    pub params: Value,
    /// One-way: done as soon as it was handed to a subscribed session.
    #[serde(default)]
    pub one_way: bool,
    /// Milliseconds, at least 5,000 as on ThingsBoard (server.rest.server_side_rpc); 10,000 by default.
    #[serde(default = "default_rpc_timeout_ms")]
    pub timeout_ms: u64,
}

fn default_rpc_timeout_ms() -> u64 {
    10_000
}

/// What became of an RPC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RpcOutcome {
    /// Two-way: the device's answer, as JSON when it is JSON, else as a string.
    Answered { response: Value },
    /// One-way: handed to the device.
    Delivered,
    /// No answer, or nobody subscribed to RPC, within the time.
    TimedOut,
}

/// Keys to delete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeKeys {
    pub keys: Vec<String>,
}

/// Why a call was not carried out: one sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlatformError {
    pub error: String,
}
