//! Which format the payloads of a topic have, and whether the server can read it (ThingsBoard
//! MqttTransportHandler, DeviceSessionCtx.getAdaptor and ProtoMqttAdaptor). Knows nothing of what is in them.

use super::topic::{Flavour, Topic};
use serde::{Deserialize, Serialize};

/// What a payload is written in; of a device profile, its payload type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadFormat {
    #[default]
    Json,
    /// By the default schemas of a device profile.
    Protobuf,
}

impl PayloadFormat {
    pub const ALL: [Self; 2] = [Self::Json, Self::Protobuf];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Protobuf => "Protobuf",
        }
    }

    /// Whether a device profile of this payload type has schemas. Without them the server refuses what is
    /// [by schema](is_by_schema) where the topic forces Protobuf.
    #[must_use]
    pub fn has_schemas(self) -> bool {
        self == Self::Protobuf
    }
}

impl Flavour {
    /// The format that the topics name, when they do.
    #[must_use]
    pub fn forced(self) -> Option<PayloadFormat> {
        match self {
            Self::V1 | Self::V2 => None,
            Self::V2Json => Some(PayloadFormat::Json),
            Self::V2Protobuf => Some(PayloadFormat::Protobuf),
        }
    }

    /// The format on these topics: the one that they name, else the payload type of the device's profile.
    #[must_use]
    pub fn format(self, profile: PayloadFormat) -> PayloadFormat {
        self.forced().unwrap_or(profile)
    }
}

/// Whether a schema of the device profile describes the Protobuf that a device publishes there. The other
/// messages are the transport's own, and every profile reads them.
#[must_use]
pub fn is_by_schema(published: Topic) -> bool {
    matches!(published, Topic::Telemetry(_) | Topic::Attributes(_) | Topic::RpcResponse(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_that_name_a_format_force_it() {
        use PayloadFormat::{Json, Protobuf};
        for (flavour, for_json, for_protobuf) in [
            (Flavour::V1, Json, Protobuf),
            (Flavour::V2, Json, Protobuf),
            (Flavour::V2Json, Json, Json),
            (Flavour::V2Protobuf, Protobuf, Protobuf),
        ] {
            let formats = [Json, Protobuf].map(|profile| flavour.format(profile));
            assert_eq!(formats, [for_json, for_protobuf], "{flavour:?}");
        }
    }

    #[test]
    fn calls_and_requests_need_no_schema() {
        let by_schema = |topic: &str| is_by_schema(Topic::parse(topic).unwrap());
        for topic in ["v2/t/p", "v2/a/p", "v2/r/res/p/1"] {
            assert!(by_schema(topic), "{topic}");
        }
        for topic in ["v2/a/req/p/1", "v2/r/req/p/1", "v1/devices/me/claim"] {
            assert!(!by_schema(topic), "{topic}");
        }
    }
}
