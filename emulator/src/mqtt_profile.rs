//! What a device profile says of MQTT: the type of payloads, topics of one's own, and what becomes of bad
//! payloads (ThingsBoard MqttDeviceProfileTransportConfiguration and MqttTopicFilterFactory). Pure.

use crate::topic::{Flavour, Uplink};
use shared::{
    platform,
    thingsboard::format::PayloadFormat,
    topic::{TopicProblem, check_filter, matches},
};

pub use shared::thingsboard::format::PayloadFormat as PayloadType;

/// The settings of one device. The default is a profile of ThingsBoard's transport type `DEFAULT`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MqttProfile {
    /// Of topics that do not force one.
    pub payload_type: PayloadFormat,
    /// Whether JSON is taken as well where Protobuf is expected and not forced
    /// (`enableCompatibilityWithJsonPayloadFormat`).
    pub accept_json: bool,
    /// Whether a bad payload is acknowledged in MQTT 3.1.1 as well, and the session goes on
    /// (`sendAckOnValidationException`).
    pub acknowledge_bad_payloads: bool,
    /// Where telemetry is published instead of `v1/devices/me/telemetry`. The short topics remain.
    pub telemetry_topic: Option<TopicFilter>,
    /// The same of client attributes.
    pub attributes_topic: Option<TopicFilter>,
    /// What may be subscribed for shared attributes besides the usual filters.
    pub attributes_filter: Option<TopicFilter>,
}

/// A filter with `+` and `#` that a profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicFilter(String);

impl TopicFilter {
    /// Takes what a person typed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TopicProblem> {
        check_filter(text).map(|()| Self(text.to_owned()))
    }

    pub(crate) fn matches(&self, topic: &str) -> bool {
        matches(&self.0, topic)
    }
}

impl MqttProfile {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// When one of the topics is none.
    pub fn parse(profile: &platform::MqttProfile) -> Result<Self, TopicProblem> {
        let filter = |text: &Option<String>| text.as_deref().map(TopicFilter::parse).transpose();
        Ok(Self {
            payload_type: profile.payload_type,
            accept_json: profile.accept_json,
            acknowledge_bad_payloads: profile.acknowledge_bad_payloads,
            telemetry_topic: filter(&profile.telemetry_topic)?,
            attributes_topic: filter(&profile.attributes_topic)?,
            attributes_filter: filter(&profile.attributes_filter)?,
        })
    }

    pub(crate) fn view(&self) -> platform::MqttProfile {
        let text = |filter: &Option<TopicFilter>| filter.as_ref().map(|filter| filter.0.clone());
        platform::MqttProfile {
            payload_type: self.payload_type,
            accept_json: self.accept_json,
            acknowledge_bad_payloads: self.acknowledge_bad_payloads,
            telemetry_topic: text(&self.telemetry_topic),
            attributes_topic: text(&self.attributes_topic),
            attributes_filter: text(&self.attributes_filter),
        }
    }

    /// What a publish is. A topic that the profile replaced is unknown; one that the profile names comes
    /// before all others, attributes first (MqttTransportHandler.processDevicePublish).
    pub(crate) fn uplink<'a>(&self, topic: &'a str) -> Uplink<'a> {
        let named = |filter: &Option<TopicFilter>| filter.as_ref().is_some_and(|own| own.matches(topic));
        if named(&self.attributes_topic) {
            return Uplink::Attributes(Flavour::V1);
        }
        if named(&self.telemetry_topic) {
            return Uplink::Telemetry(Flavour::V1);
        }
        match Uplink::of(topic) {
            Uplink::Attributes(Flavour::V1) if self.attributes_topic.is_some() => Uplink::Unknown,
            Uplink::Telemetry(Flavour::V1) if self.telemetry_topic.is_some() => Uplink::Unknown,
            uplink => uplink,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Option<TopicFilter> {
        Some(TopicFilter::parse(text).unwrap())
    }

    #[test]
    fn topics_of_ones_own_replace_the_long_ones_and_leave_the_short_ones() {
        let profile = MqttProfile {
            telemetry_topic: filter("plant/+/data/#"),
            attributes_topic: filter("plant/facts"),
            ..MqttProfile::default()
        };
        let uplinks = [
            ("plant/7/data", Uplink::Telemetry(Flavour::V1)),
            ("plant/7/data/a/b", Uplink::Telemetry(Flavour::V1)),
            ("plant/facts", Uplink::Attributes(Flavour::V1)),
            ("plant/7", Uplink::Unknown),
            ("v1/devices/me/telemetry", Uplink::Unknown),
            ("v1/devices/me/attributes", Uplink::Unknown),
            ("v2/t", Uplink::Telemetry(Flavour::V2)),
            ("v2/a/j", Uplink::Attributes(Flavour::V2Json)),
            ("v1/devices/me/attributes/request/1", Uplink::AttributesRequest(Flavour::V1, Some(1))),
        ];
        for (topic, uplink) in uplinks {
            assert_eq!(profile.uplink(topic), uplink, "{topic}");
        }
        let all = MqttProfile { telemetry_topic: filter("#"), ..MqttProfile::default() };
        assert_eq!(all.uplink("v1/devices/me/rpc/request/1"), Uplink::Telemetry(Flavour::V1));
        assert_eq!(MqttProfile::default().uplink("v1/devices/me/claim"), Uplink::Claim);
    }

    #[test]
    fn a_profile_comes_back_as_it_was() {
        let typed = platform::MqttProfile {
            payload_type: PayloadFormat::Protobuf,
            accept_json: true,
            acknowledge_bad_payloads: true,
            telemetry_topic: Some("a/+".to_owned()),
            attributes_topic: None,
            attributes_filter: Some("b".to_owned()),
        };
        assert_eq!(MqttProfile::parse(&typed).unwrap().view(), typed);
        let bad = platform::MqttProfile { telemetry_topic: Some("a#".to_owned()), ..typed };
        assert!(MqttProfile::parse(&bad).is_err());
    }
}
