//! The publish bar: what is typed, and whether it can be sent. The text stays after publishing.

use crate::text::{counted, grouped};
use shared::{
    limits::MAX_PACKET_BYTES,
    thingsboard::topic::Topic,
    topic,
    wire::{MqttVersion, QoS},
};

/// The publish bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishForm {
    pub topic: String,
    pub qos: QoS,
    pub payload: String,
    pub topic_problem: Option<String>,
    pub payload_problem: Option<String>,
    /// What became of the last press of the button.
    pub notice: Option<String>,
}

pub const TOPIC_ID: &str = "publish-topic";
pub const PAYLOAD_ID: &str = "publish-payload";

impl Default for PublishForm {
    fn default() -> Self {
        Self {
            topic: Topic::Telemetry.to_string(),
            qos: QoS::AtLeastOnce,
            payload: r#"{"temperature": 42}"#.to_owned(),
            topic_problem: None,
            payload_problem: None,
            notice: None,
        }
    }
}

impl PublishForm {
    /// Sets the problems of both fields.
    ///
    /// # Errors
    /// The id of the first field with a problem.
    pub fn check(&mut self, version: MqttVersion) -> Result<(), &'static str> {
        self.topic_problem = topic::check_name(&self.topic).err().map(|problem| problem.to_string());
        let size = packet_bytes(&self.topic, self.payload.len(), self.qos, version);
        self.payload_problem = (size > MAX_PACKET_BYTES).then(|| {
            format!(
                "Topic and payload make a packet of {}, more than the {} that ThingsBoard takes: shorten the \
                 payload by {}.",
                counted(size, "byte", "bytes"),
                grouped(MAX_PACKET_BYTES),
                counted(size - MAX_PACKET_BYTES, "byte", "bytes"),
            )
        });
        if self.topic_problem.is_some() {
            Err(TOPIC_ID)
        } else if self.payload_problem.is_some() {
            Err(PAYLOAD_ID)
        } else {
            Ok(())
        }
    }
}

/// The remaining length of a PUBLISH (MQTT 3.1.1 and 5, section 3.3): topic with its length, packet id
/// from QoS 1 on, in version 5 an empty property list, payload.
fn packet_bytes(topic: &str, payload_bytes: usize, qos: QoS, version: MqttVersion) -> usize {
    let id = if qos == QoS::AtMostOnce { 0 } else { 2 };
    let properties = if version == MqttVersion::V5 { 1 } else { 0 };
    2 + topic.len() + id + properties + payload_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_starts_with_telemetry() {
        let mut form = PublishForm::default();
        assert_eq!(form.topic, "v1/devices/me/telemetry");
        assert_eq!(form.qos, QoS::AtLeastOnce);
        assert_eq!(form.check(MqttVersion::V3_1_1), Ok(()));
    }

    #[test]
    fn a_wildcard_is_no_topic_to_publish_to() {
        let mut form = PublishForm { topic: "a/+".into(), ..PublishForm::default() };
        assert_eq!(form.check(MqttVersion::V3_1_1), Err(TOPIC_ID));
        assert!(form.topic_problem.unwrap().contains("wildcards"));
    }

    #[test]
    fn a_packet_over_the_limit_is_refused_with_both_numbers() {
        let fits = MAX_PACKET_BYTES - 2 - 1 - 2;
        let form =
            |bytes| PublishForm { topic: "a".into(), payload: "x".repeat(bytes), ..PublishForm::default() };
        assert_eq!(form(fits).check(MqttVersion::V3_1_1), Ok(()));
        assert_eq!(form(fits).check(MqttVersion::V5), Err(PAYLOAD_ID));
        let mut over = form(fits + 10);
        assert_eq!(over.check(MqttVersion::V3_1_1), Err(PAYLOAD_ID));
        let sentence = over.payload_problem.unwrap();
        assert!(sentence.contains("65,546 bytes"), "{sentence}");
        assert!(sentence.contains("65,536"), "{sentence}");
        assert!(sentence.ends_with("by 10 bytes."), "{sentence}");
    }
}
