//! The scenario file: rules of ThingsBoard's device API as a client sees them. Reads `scenario.toml` and knows
//! nothing of how a rule is carried out.

use super::words::{Answer, Filters, Hex, JsonText, PerVersion};
use serde::{Deserialize, de::DeserializeOwned};
use shared::{platform::MqttProfile, wire::MqttVersion};
use std::collections::BTreeMap;

/// All rules, in the file's order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    #[serde(rename = "rule")]
    pub(super) rules: Vec<Rule>,
}

/// One rule: what is done, and what must be seen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Which part of the device API.
    pub(super) part: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) server: Server,
    /// Ways that cannot do it, and why: by name (`paho`) or with the version (`paho 3.1.1`).
    #[serde(default)]
    pub(super) except: BTreeMap<String, String>,
    pub(super) steps: Vec<Step>,
}

/// What the server is started with, where that is not the usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Server {
    /// Whether the device is a gateway.
    pub(super) gateway: bool,
    /// Devices besides `device`.
    pub(super) devices: Vec<String>,
    /// `key` and `secret` provision: `new` devices or `known` ones.
    pub(super) provision: Option<String>,
    pub(super) messages: Option<String>,
    pub(super) telemetry_messages: Option<String>,
    pub(super) telemetry_data_points: Option<String>,
    /// Of what a gateway sends for its devices.
    pub(super) gateway_messages: Option<String>,
    pub(super) gateway_telemetry_messages: Option<String>,
    /// What the device's profile says of MQTT.
    pub(super) profile: MqttProfile,
    /// Milliseconds.
    pub(super) client_rpc: Option<u64>,
    pub(super) server_rpc: Option<u64>,
    pub(super) idle: Option<u64>,
    pub(super) provisioned: Option<u64>,
}

/// One step. In the file the verb is the key of its object: `{ publish = "v2/t", payload = '{"a":1}' }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "toml::Table")]
pub(super) struct Step {
    /// Left out in the other version.
    pub(super) only: Option<MqttVersion>,
    /// The client that does it.
    pub(super) by: String,
    pub(super) verb: Verb,
}

/// The file's client when it names none, and the device that it is.
pub(super) const DEVICE: &str = "device";

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verb {
    Connect(Connect),
    Disconnect(Bare),
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    Publish(Publish),
    /// The next message that comes.
    Message(Message),
    /// The server ends the connection.
    Ends(Ends),
    /// Nothing came that no step has seen.
    Silence(Bare),
    SetShared(OfDevice<JsonText>),
    DeleteShared(OfDevice<Vec<String>>),
    Rpc(Rpc),
    RpcOutcome(Plain<JsonText>),
    Assign(Assign),
    /// A package that is only an address.
    Link(OfDevice<String>),
    Unassign(OfDevice<String>),
    /// From now on CONNECT is refused because the server is not available.
    Unavailable(Bare),
    /// What the platform shows; all of it.
    Telemetry(OfDevice<JsonText>),
    Timestamps(OfDevice<JsonText>),
    ClientAttributes(OfDevice<JsonText>),
    SharedAttributes(OfDevice<JsonText>),
    Claimed(OfDevice<String>),
    Connected(OfDevice<bool>),
}

const VERBS: [&str; 22] = [
    "connect",
    "disconnect",
    "subscribe",
    "unsubscribe",
    "publish",
    "message",
    "ends",
    "silence",
    "set_shared",
    "delete_shared",
    "rpc",
    "rpc_outcome",
    "assign",
    "link",
    "unassign",
    "unavailable",
    "telemetry",
    "timestamps",
    "client_attributes",
    "shared_attributes",
    "claimed",
    "connected",
];

/// A verb with nothing but its client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bare {
    /// The client, or the device.
    pub(super) what: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain<T> {
    pub(super) what: T,
}

/// A verb about one device of the platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfDevice<T> {
    pub(super) what: T,
    pub(super) of: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connect {
    /// The client's name, for later steps.
    pub(super) what: String,
    /// `TOKEN` stands for the device's, and `TOKEN OF name` for another's.
    #[serde(default = "token")]
    pub(super) username: String,
    pub(super) password: Option<String>,
    #[serde(default)]
    pub(super) client_id: String,
    #[serde(default = "yes")]
    pub(super) clean: bool,
    /// CONNACK's.
    pub(super) code: Option<PerVersion<u8>>,
    pub(super) session_present: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subscribe {
    pub(super) what: Filters,
    #[serde(default = "one")]
    pub(super) qos: u8,
    /// SUBACK's; without them all are granted as asked.
    pub(super) codes: Option<PerVersion<Vec<u8>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unsubscribe {
    pub(super) what: Filters,
    /// UNSUBACK's, which has some in MQTT 5 only.
    pub(super) codes: Option<Vec<u8>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    pub(super) what: String,
    #[serde(default)]
    pub(super) payload: String,
    /// Instead of a payload: its bytes.
    pub(super) hex: Option<Hex>,
    /// Instead of a payload: a good one that makes the packet's remaining length this.
    pub(super) remaining: Option<usize>,
    #[serde(default = "one")]
    pub(super) qos: u8,
    /// Without one: taken, or nothing at QoS 0.
    pub(super) answer: Option<PerVersion<Answer>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    /// The topic.
    pub(super) what: String,
    /// Compared as JSON where both are.
    #[serde(default)]
    pub(super) payload: String,
    /// Instead of a payload: its bytes.
    pub(super) hex: Option<Hex>,
    #[serde(default = "one")]
    pub(super) qos: u8,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ends {
    pub(super) what: PerVersion<Answer>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rpc {
    /// The method.
    pub(super) what: String,
    pub(super) of: Option<String>,
    pub(super) params: JsonText,
    #[serde(default)]
    pub(super) one_way: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assign {
    /// `fw` or `sw`.
    pub(super) what: String,
    pub(super) bytes: String,
    #[serde(default = "version")]
    pub(super) version: String,
    #[serde(default = "algorithm")]
    pub(super) algorithm: String,
}

/// What stands for a token that the file cannot know.
pub(super) const TOKEN: &str = "TOKEN";

fn token() -> String {
    TOKEN.to_owned()
}

fn version() -> String {
    "1.2".to_owned()
}

fn algorithm() -> String {
    "SHA256".to_owned()
}

fn one() -> u8 {
    1
}

fn yes() -> bool {
    true
}

impl TryFrom<toml::Table> for Step {
    type Error = String;

    fn try_from(mut table: toml::Table) -> Result<Self, String> {
        let verb = VERBS.into_iter().find(|verb| table.contains_key(*verb));
        let verb = verb.ok_or_else(|| format!("no verb in {table:?}"))?;
        let only = take(&mut table, "only")?;
        let by: Option<String> = take(&mut table, "by")?;
        if let Some(what) = table.remove(verb) {
            table.insert("what".to_owned(), what);
        }
        let tagged = toml::Table::from_iter([(verb.to_owned(), toml::Value::Table(table))]);
        let verb: Verb = toml::Value::Table(tagged).try_into().map_err(|error| format!("{verb}: {error}"))?;
        Ok(Self { only, by: by.unwrap_or_else(|| DEVICE.to_owned()), verb })
    }
}

fn take<T: DeserializeOwned>(table: &mut toml::Table, key: &str) -> Result<Option<T>, String> {
    table.remove(key).map(toml::Value::try_into).transpose().map_err(|error| format!("{key}: {error}"))
}
