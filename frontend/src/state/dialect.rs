//! In which of ThingsBoard's topics and payload formats the tabs speak.

use shared::thingsboard::topic::Flavour;

/// How the tabs `Telemetry`, `Attributes` and `RPC` speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub flavour: Flavour,
    /// The payload type of the device's profile, as the person says it is.
    pub profile: PayloadFormat,
}

/// What a payload is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// The format of payloads: forced by the topics `…/j` and `…/p`, else the profile's
    /// (ThingsBoard MqttTransportHandler).
    #[must_use]
    pub fn format(self) -> PayloadFormat {
        self.forced().unwrap_or(self.profile)
    }

    /// The format that the topics name, when they do.
    #[must_use]
    pub fn forced(self) -> Option<PayloadFormat> {
        match self.flavour {
            Flavour::V1 | Flavour::V2 => None,
            Flavour::V2Json => Some(PayloadFormat::Json),
            Flavour::V2Protobuf => Some(PayloadFormat::Protobuf),
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
    fn topics_that_name_a_format_force_it() {
        let format = |flavour, profile| Dialect { flavour, profile }.format();
        assert_eq!(format(Flavour::V1, PayloadFormat::Protobuf), PayloadFormat::Protobuf);
        assert_eq!(format(Flavour::V2, PayloadFormat::Json), PayloadFormat::Json);
        assert_eq!(format(Flavour::V2Json, PayloadFormat::Protobuf), PayloadFormat::Json);
        assert_eq!(format(Flavour::V2Protobuf, PayloadFormat::Json), PayloadFormat::Protobuf);
    }
}
