//! One saved device: what stands in the form, but for the secrets.

use super::sealed::{self, Sealed};
use crate::state::form::{AdvancedAction, Certificates, CredentialsKind, Field, Form, Secret, TrustChoice};
use serde::{Deserialize, Serialize};
use shared::{
    limits::MAX_TRUST_FILE_BYTES,
    trust_file::TrustFile,
    wire::{MqttVersion, QoS},
};

/// Bytes of any of its texts but the certificate.
const MAX_TEXT_BYTES: usize = 2_048;

/// See the module. Its texts are as they were typed: they are checked when connecting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedDevice {
    /// Tells it from all others.
    pub name: String,
    pub host: String,
    pub port: String,
    /// The key of a [`TrustChoice`].
    pub trust: String,
    /// PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// What the person chose, if they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mqtt_version: Option<MqttVersion>,
    /// The key of a [`CredentialsKind`].
    pub credentials: String,
    pub client_id: String,
    pub keep_alive: String,
    pub clean_start: bool,
    pub session_expiry: String,
    pub will_topic: String,
    pub will_qos: QoS,
    pub will_retain: bool,
    pub will_payload: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

impl SavedDevice {
    /// What stands in the form, without its secrets.
    #[must_use]
    pub fn of(name: &str, form: &Form) -> Self {
        let advanced = &form.advanced;
        let certificate = match &form.certificates {
            Certificates::Given(given) => Some(given.file.to_pem()),
            Certificates::None => None,
        };
        Self {
            name: name.to_owned(),
            host: form.host.clone(),
            port: form.port.clone(),
            trust: form.trust.key().to_owned(),
            certificate,
            mqtt_version: form.chosen_version(),
            credentials: advanced.kind.key().to_owned(),
            client_id: advanced.client_id.clone(),
            keep_alive: advanced.keep_alive.clone(),
            clean_start: advanced.clean_start,
            session_expiry: advanced.session_expiry.clone(),
            will_topic: advanced.will_topic.clone(),
            will_qos: advanced.will_qos,
            will_retain: advanced.will_retain,
            will_payload: advanced.will_payload.clone(),
            sealed: None,
        }
    }

    /// Everything that stood in a form goes; this comes in its place. Secrets do not come back by this.
    pub fn fill(&self, form: &mut Form, now_s: i64) {
        *form = Form::default();
        for (field, text) in [
            (Field::Host, &self.host),
            (Field::Port, &self.port),
            (Field::ClientId, &self.client_id),
            (Field::KeepAlive, &self.keep_alive),
            (Field::SessionExpiry, &self.session_expiry),
            (Field::WillTopic, &self.will_topic),
            (Field::WillPayload, &self.will_payload),
        ] {
            form.typed(field, text.clone());
        }
        for action in [
            AdvancedAction::KindChosen(CredentialsKind::from_key(&self.credentials)),
            AdvancedAction::CleanStartChosen(self.clean_start),
            AdvancedAction::WillQosChosen(self.will_qos),
            AdvancedAction::WillRetainChosen(self.will_retain),
        ] {
            form.act_advanced(action);
        }
        if let Some(pem) = &self.certificate {
            form.take_certificates("the saved device".to_owned(), TrustFile::read(pem.as_bytes()), now_s);
        }
        form.choose_trust(TrustChoice::from_key(&self.trust));
        if let Some(version) = self.mqtt_version {
            form.choose_version(version);
        }
    }

    /// The form's secrets as one text, to be sealed; `None` when there are none.
    #[must_use]
    pub fn secrets_of(form: &Form) -> Option<Secret> {
        let advanced = &form.advanced;
        let is_empty = match advanced.kind {
            CredentialsKind::AccessToken => form.token.expose().is_empty(),
            CredentialsKind::Basic => {
                advanced.user_name.expose().is_empty() && advanced.password.expose().is_empty()
            }
        };
        (!is_empty).then(|| sealed::text_of(form))
    }

    /// What its secrets are sealed for: whoever changes the host in the storage or in a file does not get the token
    /// sent there.
    #[must_use]
    pub fn bound(&self) -> String {
        format!("device-console secrets 1\n{}\n{}", self.host, self.port)
    }

    /// Whether it is of the size that a form makes.
    #[must_use]
    pub(super) fn is_plausible(&self) -> bool {
        let texts = [
            &self.host,
            &self.port,
            &self.trust,
            &self.credentials,
            &self.client_id,
            &self.keep_alive,
            &self.session_expiry,
            &self.will_topic,
        ];
        texts.iter().all(|text| text.len() <= MAX_TEXT_BYTES)
            && self.will_payload.len() <= MAX_TRUST_FILE_BYTES
            && self.certificate.as_ref().is_none_or(|pem| pem.len() <= MAX_TRUST_FILE_BYTES)
            && self.sealed.as_ref().is_none_or(Sealed::is_plausible)
    }
}

/// Where a device's secrets belong in the form.
pub(in crate::state) fn typed_secrets(secrets: [Secret; 3]) -> impl Iterator<Item = (Field, Secret)> {
    [Field::Token, Field::UserName, Field::Password].into_iter().zip(secrets)
}
