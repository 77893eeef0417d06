//! Publishing by hand: what is typed, and whether it can be sent. The bar below every tab is the short form, the tab
//! `Raw MQTT` has the long one; both are the same form. The text stays after publishing.

mod content;
mod recent;
pub mod warning;

use super::dialect::PayloadFormat;
use crate::text::{counted, grouped};
use shared::{
    limits::MAX_PACKET_BYTES,
    payload::Payload,
    thingsboard::topic::{Flavour, Topic},
    topic,
    wire::{MqttVersion, QoS},
};
use std::rc::Rc;
use warning::Warning;

pub use content::{ChosenFile, Writing};
pub use recent::{Past, Recent};

/// Which of the two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Topic, QoS and text.
    Bar,
    /// All there is.
    Raw,
}

impl Place {
    #[must_use]
    pub fn topic_id(self) -> &'static str {
        match self {
            Self::Bar => TOPIC_ID,
            Self::Raw => "raw-topic",
        }
    }

    /// The id of what takes the payload.
    #[must_use]
    pub fn payload_id(self, writing: Writing) -> &'static str {
        match (self, writing) {
            (Self::Bar, _) => PAYLOAD_ID,
            (Self::Raw, Writing::File) => RAW_FILE_ID,
            (Self::Raw, Writing::Text | Writing::Hex | Writing::Base64) => "raw-payload",
        }
    }
}

/// A form to publish with.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishForm {
    pub topic: String,
    pub qos: QoS,
    pub retain: bool,
    /// How `payload` is written, or that it is a file.
    pub writing: Writing,
    pub payload: String,
    /// Stays when another way of writing is chosen.
    pub file: Option<Rc<ChosenFile>>,
    pub topic_problem: Option<String>,
    pub payload_problem: Option<String>,
    /// What ThingsBoard will make of it: said, not enforced.
    pub warning: Option<Warning>,
    /// What became of the last press of the button.
    pub notice: Option<String>,
}

/// The tab `Raw MQTT`, but for its subscriptions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raw {
    pub form: PublishForm,
    pub recent: Recent,
}

/// The person worked on one of the two forms.
#[derive(Clone, Debug, PartialEq)]
pub enum PublishAction {
    TopicTyped(String),
    QosChosen(QoS),
    RetainChosen(bool),
    WritingChosen(Writing),
    PayloadTyped(String),
    FileRead(Rc<ChosenFile>),
    /// Why a file was not taken, in a sentence.
    FileRefused(String),
    FileRemoved,
    /// Puts the numbers of the warning's offer into the payload.
    Mend,
    Submit,
}

pub const TOPIC_ID: &str = "publish-topic";
pub const PAYLOAD_ID: &str = "publish-payload";
pub const RAW_FILE_ID: &str = "raw-file";

impl Default for PublishForm {
    fn default() -> Self {
        Self {
            topic: Topic::Telemetry(Flavour::V1).to_string(),
            qos: QoS::AtLeastOnce,
            retain: false,
            writing: Writing::default(),
            payload: r#"{"temperature": 42}"#.to_owned(),
            file: None,
            topic_problem: None,
            payload_problem: None,
            warning: None,
            notice: None,
        }
    }
}

impl PublishForm {
    /// What goes out. Sets the problems of both fields.
    ///
    /// # Errors
    /// The id of the first field with a problem.
    pub fn check(&mut self, place: Place, version: MqttVersion) -> Result<Payload, &'static str> {
        self.topic_problem = topic::check_name(&self.topic).err().map(|problem| problem.to_string());
        let payload = self.payload().and_then(|payload| self.fitting(payload, version));
        self.payload_problem = payload.as_ref().err().cloned();
        match payload {
            _ if self.topic_problem.is_some() => Err(place.topic_id()),
            Err(_) => Err(place.payload_id(self.writing)),
            Ok(payload) => Ok(payload),
        }
    }

    fn payload(&self) -> Result<Payload, String> {
        content::payload(self.writing, &self.payload, self.file.as_deref())
    }

    fn fitting(&self, payload: Payload, version: MqttVersion) -> Result<Payload, String> {
        let size = packet_bytes(&self.topic, payload.len(), self.qos, version);
        if size <= MAX_PACKET_BYTES {
            return Ok(payload);
        }
        Err(format!(
            "Topic and payload make a packet of {}, more than the {} that ThingsBoard takes: shorten the payload by \
             {}.",
            counted(size, "byte", "bytes"),
            grouped(MAX_PACKET_BYTES),
            counted(size - MAX_PACKET_BYTES, "byte", "bytes"),
        ))
    }

    /// Bytes of the payload as written; `None` while it cannot be read.
    #[must_use]
    pub fn payload_bytes(&self) -> Option<usize> {
        self.payload().ok().map(|payload| payload.len())
    }

    /// Looks again at what ThingsBoard will make of it. `profile`: what the device's profile says that payloads are.
    pub fn judge(&mut self, profile: PayloadFormat, now_ms: i64) {
        let payload = self.payload().ok();
        self.warning = payload.and_then(|payload| warning::of(&self.topic, &payload, profile, now_ms));
    }
}

/// The remaining length of a PUBLISH (MQTT 3.1.1 and 5, section 3.3): topic with its length, packet id
/// from QoS 1 on, in version 5 an empty property list, payload.
#[must_use]
pub fn packet_bytes(topic: &str, payload_bytes: usize, qos: QoS, version: MqttVersion) -> usize {
    let id = if qos == QoS::AtMostOnce { 0 } else { 2 };
    let properties = if version == MqttVersion::V5 { 1 } else { 0 };
    2 + topic.len() + id + properties + payload_bytes
}

#[cfg(test)]
mod tests;
