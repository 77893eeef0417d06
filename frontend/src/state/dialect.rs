//! In which of ThingsBoard's topics and payload formats the tabs speak.

pub use shared::thingsboard::format::PayloadFormat;

use shared::thingsboard::topic::Flavour;

/// How the tabs `Telemetry`, `Attributes` and `RPC` speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub flavour: Flavour,
    /// The payload type of the device's profile, as the person says it is.
    pub profile: PayloadFormat,
}

/// The person chose how to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialectAction {
    FlavourChosen(Flavour),
    ProfileChosen(PayloadFormat),
}

impl Default for Dialect {
    fn default() -> Self {
        Self { flavour: Flavour::V1, profile: PayloadFormat::default() }
    }
}

impl Dialect {
    /// The format of payloads.
    #[must_use]
    pub fn format(self) -> PayloadFormat {
        self.format_on(self.flavour)
    }

    /// The format on topics that may be others than the chosen ones.
    #[must_use]
    pub fn format_on(self, flavour: Flavour) -> PayloadFormat {
        flavour.format(self.profile)
    }

    /// The format that the topics name, when they do.
    #[must_use]
    pub fn forced(self) -> Option<PayloadFormat> {
        self.flavour.forced()
    }

    /// What to know of the format on the chosen topics.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self.forced() {
            None => "These topics carry what the device profile says: choose the same here.",
            Some(PayloadFormat::Json) => "These topics carry JSON, whatever the device profile says.",
            Some(PayloadFormat::Protobuf) if self.profile.has_schemas() => {
                "These topics carry Protobuf, whatever the device profile says."
            }
            Some(PayloadFormat::Protobuf) => {
                "These topics carry Protobuf, but a device profile for JSON has no schemas: ThingsBoard refuses \
                 telemetry, attributes and answers here. If the profile says Protobuf, choose that with the \
                 topics v1 first."
            }
        }
    }

    pub(super) fn update(&mut self, action: DialectAction) {
        match action {
            DialectAction::FlavourChosen(flavour) => self.flavour = flavour,
            DialectAction::ProfileChosen(profile) => self.profile = profile,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_for_json_is_warned_of_topics_for_protobuf_only() {
        let hint = |flavour, profile| Dialect { flavour, profile }.hint();
        for (flavour, profile) in [
            (Flavour::V2Protobuf, PayloadFormat::Protobuf),
            (Flavour::V2Json, PayloadFormat::Json),
            (Flavour::V2, PayloadFormat::Json),
        ] {
            assert!(!hint(flavour, profile).contains("refuses"), "{flavour:?} {profile:?}");
        }
        assert!(hint(Flavour::V2Protobuf, PayloadFormat::Json).contains("refuses telemetry"));
    }
}
