//! What the demo mode offers beyond a real ThingsBoard's device API: a device to try, and the platform's
//! view of it. Plain JSON over HTTP between page and emulator; every call but the first carries the
//! device's token as `Authorization: Bearer …`, never in a URL.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST /api/demo/device` | | [`DemoDevice`] |
//! | `GET /api/demo/platform` | | [`PlatformView`] |
//! | `POST /api/demo/platform/rpc` (`?child=NAME`) | [`RpcCall`] | [`RpcOutcome`], when it is known |
//! | `PUT /api/demo/platform/shared-attributes` (`?child=NAME`) | object of keys and values | 204 |
//! | `DELETE /api/demo/platform/shared-attributes` (`?child=NAME`) | [`AttributeKeys`] | 204 |
//! | `PUT /api/demo/platform/package?`[`PackageUpload`] | the package's bytes, 1 byte to 4 MiB | 204 |
//! | `POST /api/demo/platform/package/generated` | [`GeneratedPackage`] | 204 |
//! | `POST /api/demo/platform/package/linked` | [`LinkedPackage`] | 204 |
//! | `DELETE /api/demo/platform/package` | [`Unassign`] | 204 |
//! | `PUT /api/demo/platform/fault` | [`Fault`], in place of the one before | 204 |
//! | `DELETE /api/demo/platform/fault` | | 204 |
//! | `PUT /api/demo/platform/rate-limits` | [`RateLimits`], all three; nothing used of them yet | 204 |
//! | `PUT /api/demo/platform/gateway-rate-limits` | [`RateLimits`], of what it sends for others | 204 |
//! | `PUT /api/demo/platform/profile` | [`MqttProfile`], all of it | 204 |
//!
//! What is assigned and set stands in the [`PlatformView`]. `?child=` names a device that the gateway connected
//! ([`of_child`] writes it, [`PackageUpload::path`] the query of an upload). An error is a status from 400 on
//! with [`PlatformError`].

mod query;
mod rates;

pub use crate::thingsboard::format::PayloadFormat as PayloadType;
pub use query::of_child;

use crate::{
    credentials::AccessToken,
    endpoint::Endpoint,
    thingsboard::{
        checksum::ChecksumAlgorithm, format::PayloadFormat, rpc::SERVER_CALL_TIMEOUT_MS, topic::PackageKind,
    },
    wire::MqttVersion,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub const DEVICE_PATH: &str = "/api/demo/device";
pub const PLATFORM_PATH: &str = "/api/demo/platform";
pub const RPC_PATH: &str = "/api/demo/platform/rpc";
pub const SHARED_ATTRIBUTES_PATH: &str = "/api/demo/platform/shared-attributes";
pub const PACKAGE_PATH: &str = "/api/demo/platform/package";
pub const GENERATED_PACKAGE_PATH: &str = "/api/demo/platform/package/generated";
pub const LINKED_PACKAGE_PATH: &str = "/api/demo/platform/package/linked";
pub const FAULT_PATH: &str = "/api/demo/platform/fault";
pub const RATE_LIMITS_PATH: &str = "/api/demo/platform/rate-limits";
pub const GATEWAY_RATE_LIMITS_PATH: &str = "/api/demo/platform/gateway-rate-limits";
pub const PROFILE_PATH: &str = "/api/demo/platform/profile";

/// Bytes of one package.
pub const MAX_PACKAGE_BYTES: usize = 4 * 1024 * 1024;

/// Milliseconds that a fault may keep each packet.
pub const MAX_FAULT_DELAY_MS: u64 = 60_000;

/// A device of the emulator and how to connect as it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemoDevice {
    pub name: String,
    pub endpoint: Endpoint,
    pub access_token: AccessToken,
    /// The emulator's own CA.
    pub ca_pem: String,
    /// With what a new device is provisioned beside this one; `None` when nothing may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning: Option<ProvisioningKeys>,
}

/// What a device must know to be provisioned (the `provisionDeviceKey` and `provisionDeviceSecret` of a device
/// profile).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ProvisioningKeys {
    pub key: String,
    pub secret: String,
}

/// The key names the profile and is shown; the secret is not.
impl fmt::Debug for ProvisioningKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProvisioningKeys").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What ThingsBoard would show of one device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlatformView {
    pub device: String,
    /// Whether a session is open now.
    pub connected: bool,
    /// What the open session speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mqtt_version: Option<MqttVersion>,
    /// Whether it may use the gateway API.
    #[serde(default)]
    pub gateway: bool,
    /// Unix milliseconds of the last packet from the device.
    pub last_activity_ms: Option<i64>,
    /// The latest value of each telemetry key, sorted by key.
    pub telemetry: Vec<TelemetryValue>,
    pub client_attributes: Map<String, Value>,
    pub shared_attributes: Map<String, Value>,
    /// What the device last allowed by its claim request, whether or not it has run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// At most one of each kind, firmware first.
    #[serde(default)]
    pub packages: Vec<AssignedPackage>,
    /// The latest `fw_state`: the device's own report, or `INITIATED` before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fw_state: Option<String>,
    /// The same of software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sw_state: Option<String>,
    /// The devices that this gateway connected last, sorted by name, connected or not.
    #[serde(default)]
    pub children: Vec<ChildView>,
    /// What goes wrong for this device at the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    #[serde(default)]
    pub rate_limits: RateLimits,
    /// Of what a gateway sends for its devices, all together.
    #[serde(default)]
    pub gateway_rate_limits: RateLimits,
    #[serde(default)]
    pub profile: MqttProfile,
}

/// What ThingsBoard would show of a device behind a gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChildView {
    pub device: String,
    /// Whether it is connected through the gateway now.
    pub connected: bool,
    /// Unix milliseconds of the gateway's last message for it.
    pub last_activity_ms: Option<i64>,
    /// The latest value of each telemetry key, sorted by key.
    pub telemetry: Vec<TelemetryValue>,
    pub client_attributes: Map<String, Value>,
    pub shared_attributes: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// An OTA package that the device may fetch, or is told where to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedPackage {
    #[serde(with = "query::kind")]
    pub kind: PackageKind,
    pub title: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    pub content: PackageContent,
}

/// Where a package's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "snake_case")]
pub enum PackageContent {
    /// ThingsBoard keeps them and sends them in chunks.
    Kept {
        size: u64,
        checksum: String,
        #[serde(with = "query::algorithm")]
        algorithm: ChecksumAlgorithm,
    },
    /// The device is only told the address.
    Linked { url: String },
}

/// The query of a package's upload; the bytes are the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageUpload {
    /// `fw` or `sw`.
    #[serde(with = "query::kind")]
    pub kind: PackageKind,
    pub title: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// ThingsBoard's name; SHA256 by default.
    #[serde(with = "query::algorithm", default = "query::default_algorithm")]
    pub algorithm: ChecksumAlgorithm,
}

/// A package of `size` random bytes, for people without a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratedPackage {
    #[serde(with = "query::kind")]
    pub kind: PackageKind,
    pub title: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(with = "query::algorithm", default = "query::default_algorithm")]
    pub algorithm: ChecksumAlgorithm,
    /// Bytes, from 1 to [`MAX_PACKAGE_BYTES`].
    pub size: usize,
}

/// A package that is fetched elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedPackage {
    #[serde(with = "query::kind")]
    pub kind: PackageKind,
    pub title: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    pub url: String,
}

/// Which package to take away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unassign {
    #[serde(with = "query::kind")]
    pub kind: PackageKind,
}

/// What goes wrong for one device, from now on until it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// CONNECT is refused. An open session goes on.
    RefuseConnect { because: RefusedConnect },
    /// Everything is read and nothing is said, from CONNACK on.
    Silent,
    /// So many packets of the device are still answered; at the next, the connection is dropped without a word.
    DropAfter { packets: u32 },
    /// Each packet to the device waits so long, at most [`MAX_FAULT_DELAY_MS`].
    Delay { ms: u64 },
    /// The next packet to the device is replaced by bytes that are none. Happens once.
    Malformed,
}

/// Why CONNECT is refused: the codes of MQTT 3.1.1 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedConnect {
    /// 5 and 0x86: no device has these credentials.
    UnknownCredentials,
    /// 2 and 0x85: a client id and nothing else.
    NoCredentials,
    /// 5 and 0x87: nothing at all, or a certificate that is not registered.
    NotAuthorized,
    /// 3 and 0x9F: a rate limit is used up.
    TooOften,
    /// 3 and 0x88: the server cannot look the device up.
    Unavailable,
}

impl RefusedConnect {
    pub const ALL: [Self; 5] = [
        Self::UnknownCredentials,
        Self::NoCredentials,
        Self::NotAuthorized,
        Self::TooOften,
        Self::Unavailable,
    ];
}

/// What one device may send, each as ThingsBoard's tenant profile writes it: `count:seconds,count:seconds`,
/// both from 1 on, at most 8 of them. `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// Everything but telemetry and attributes; also opening a session.
    pub messages: Option<String>,
    /// Publishes of telemetry and attributes.
    pub telemetry_messages: Option<String>,
    /// The values in them.
    pub telemetry_data_points: Option<String>,
}

/// What the device's profile says of MQTT (ThingsBoard MqttDeviceProfileTransportConfiguration).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MqttProfile {
    /// Of topics that do not force one: those of version 1, and the short ones without `/j` or `/p`.
    pub payload_type: PayloadFormat,
    /// Whether JSON is taken as well where Protobuf is expected and not forced by `/p`.
    pub accept_json: bool,
    /// Whether a bad payload is acknowledged in MQTT 3.1.1 as well, and the session goes on.
    pub acknowledge_bad_payloads: bool,
    /// A filter with `+` and `#` instead of `v1/devices/me/telemetry`, which is then unknown.
    pub telemetry_topic: Option<String>,
    /// The same instead of `v1/devices/me/attributes` for client attributes.
    pub attributes_topic: Option<String>,
    /// What may be subscribed for shared attributes besides the usual filters.
    pub attributes_filter: Option<String>,
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
    /// Milliseconds, at least [`LEAST_SERVER_CALL_TIMEOUT_MS`](crate::thingsboard::rpc::LEAST_SERVER_CALL_TIMEOUT_MS)
    /// as on ThingsBoard; [`SERVER_CALL_TIMEOUT_MS`] by default.
    #[serde(default = "default_rpc_timeout_ms")]
    pub timeout_ms: u64,
}

fn default_rpc_timeout_ms() -> u64 {
    SERVER_CALL_TIMEOUT_MS
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
