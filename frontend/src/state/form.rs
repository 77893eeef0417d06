//! The connection form: what is typed, what was given as certificate, and what is wrong with which
//! field. An error never changes what was typed.

mod advanced;
mod certificates;
mod secret;

use super::connection::Dial;
use crate::pasted::{self, Login, Pasted};
use shared::{
    credentials::{AccessToken, Credentials},
    endpoint::{Endpoint, Host, parse_port},
    limits::{DEFAULT_HOST, DEFAULT_MQTTS_PORT},
    platform::DemoDevice,
    trust_file::{TrustFile, TrustFileProblem},
    wire::{MqttVersion, Trust},
};
use std::collections::BTreeMap;

pub use advanced::{Advanced, AdvancedAction, CredentialsKind};
pub use certificates::{Certificates, Given, problem_sentence};
use certificates::{holds_secret, pasted_sentence};
pub use secret::Secret;

/// The fields, in the form's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Host,
    Port,
    Token,
    /// In place of the token.
    UserName,
    Password,
    Certificate,
    /// The text box for pasting a certificate; its problems are the certificate's.
    Pasted,
    /// The text box for a line that ThingsBoard shows.
    Line,
    KeepAlive,
    ClientId,
    SessionExpiry,
    WillTopic,
    WillPayload,
}

impl Field {
    /// The id of the element that takes the input.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Host => "connection-host",
            Self::Port => "connection-port",
            Self::Token => "connection-token",
            Self::UserName => "connection-user-name",
            Self::Password => "connection-password",
            Self::Certificate => "connection-certificate",
            Self::Pasted => "connection-pasted",
            Self::Line => "connection-line",
            Self::KeepAlive => "connection-keep-alive",
            Self::ClientId => "connection-client-id",
            Self::SessionExpiry => "connection-session-expiry",
            Self::WillTopic => "connection-will-topic",
            Self::WillPayload => "connection-will-payload",
        }
    }

    /// Whether it stands in the part that is closed at first.
    fn is_advanced(self) -> bool {
        self >= Self::KeepAlive
    }
}

/// The choices of `Trust`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrustChoice {
    #[default]
    UploadedCertificate,
    PublicAuthorities,
}

impl TrustChoice {
    pub const ALL: [Self; 2] = [Self::UploadedCertificate, Self::PublicAuthorities];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::UploadedCertificate => "Uploaded certificate",
            Self::PublicAuthorities => "Public certificate authorities",
        }
    }

    /// The option's value.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::UploadedCertificate => "uploaded",
            Self::PublicAuthorities => "public",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|choice| choice.key() == key).unwrap_or_default()
    }
}

/// The connection form.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub host: String,
    pub port: String,
    pub token: Secret,
    pub token_shown: bool,
    pub trust: TrustChoice,
    pub certificates: Certificates,
    /// The text box for pasting is open.
    pub paste_open: bool,
    /// Pasted text that is no certificate yet.
    pub pasted: Secret,
    /// The text box for a line is open.
    pub line_open: bool,
    /// A line that could not be read yet; it may hold the token.
    pub line: Secret,
    pub advanced: Advanced,
    /// What the person chose; `None` until then.
    version: Option<MqttVersion>,
    problems: BTreeMap<Field, String>,
    /// What the form has to say as a whole.
    pub notice: Option<String>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            host: DEFAULT_HOST.to_owned(),
            port: DEFAULT_MQTTS_PORT.to_string(),
            token: Secret::default(),
            token_shown: false,
            trust: TrustChoice::default(),
            certificates: Certificates::None,
            paste_open: false,
            pasted: Secret::default(),
            line_open: false,
            line: Secret::default(),
            advanced: Advanced::default(),
            version: None,
            problems: BTreeMap::new(),
            notice: None,
        }
    }
}

/// Said when trust is to come from a certificate and there is none.
const NO_CERTIFICATE: &str = "There is no certificate yet: choose the server's CA certificate, or set Trust to \
     Public certificate authorities.";

impl Form {
    #[must_use]
    pub fn problem(&self, field: Field) -> Option<&str> {
        self.problems.get(&field).map(String::as_str)
    }

    /// Takes what was typed and withdraws the field's problem: it was about another text.
    pub fn typed(&mut self, field: Field, text: String) {
        match field {
            Field::Host => self.host = text,
            Field::Port => self.port = text,
            Field::Token => self.token = Secret::new(text),
            Field::Pasted => self.pasted = Secret::new(text),
            Field::Line => self.line = Secret::new(text),
            Field::UserName => self.advanced.user_name = Secret::new(text),
            Field::Password => self.advanced.password = Secret::new(text),
            Field::KeepAlive => self.advanced.keep_alive = text,
            Field::ClientId => self.advanced.client_id = text,
            Field::SessionExpiry => self.advanced.session_expiry = text,
            Field::WillTopic => self.advanced.will_topic = text,
            Field::WillPayload => self.advanced.will_payload = text,
            Field::Certificate => {}
        }
        self.problems.remove(&field);
        self.notice = None;
    }

    /// Puts the first of these into a form that still says the default, when that is none of them.
    pub fn prefer(&mut self, targets: &[Endpoint]) {
        let untouched = self.host == DEFAULT_HOST && self.port == DEFAULT_MQTTS_PORT.to_string();
        let is_default =
            |target: &Endpoint| target.host.as_str() == DEFAULT_HOST && target.port == DEFAULT_MQTTS_PORT;
        if let Some(first) = targets.first()
            && untouched
            && !targets.iter().any(is_default)
        {
            self.host = first.host.to_string();
            self.port = first.port.to_string();
        }
    }

    pub fn choose_trust(&mut self, trust: TrustChoice) {
        self.trust = trust;
        self.problems.remove(&Field::Certificate);
    }

    pub fn act_advanced(&mut self, action: AdvancedAction) {
        self.advanced.act(action);
        // With a clean start there need not be one.
        self.problems.remove(&Field::ClientId);
        self.notice = None;
    }

    pub fn choose_version(&mut self, version: MqttVersion) {
        self.version = Some(version);
    }

    /// What the person chose, if they did.
    #[must_use]
    pub fn chosen_version(&self) -> Option<MqttVersion> {
        self.version
    }

    /// The version to use: the chosen one when the proxy offers it, else the newest offered.
    #[must_use]
    pub fn version(&self, offered: &[MqttVersion]) -> MqttVersion {
        match self.version {
            Some(version) if offered.contains(&version) => version,
            _ if offered.contains(&MqttVersion::V5) => MqttVersion::V5,
            _ => MqttVersion::V3_1_1,
        }
    }

    /// Takes a file or pasted text that was read. A refused one replaces nothing.
    pub fn take_certificates(
        &mut self,
        source: String,
        result: Result<TrustFile, TrustFileProblem>,
        now_s: i64,
    ) {
        match result {
            Ok(file) => {
                self.certificates = Certificates::Given(Given::new(source, file, now_s).into());
                self.trust = TrustChoice::UploadedCertificate;
                self.paste_open = false;
                self.pasted = Secret::default();
                self.problems.remove(&Field::Certificate);
                self.problems.remove(&Field::Pasted);
            }
            Err(problem) => self.set_certificate_problem(problem_sentence(&problem)),
        }
    }

    /// Takes pasted text that is no certificate and says so at its box; a secret is wiped. Returns what is said.
    pub fn refuse_pasted(&mut self, text: Secret, problem: &TrustFileProblem) -> String {
        self.pasted = if holds_secret(problem) { Secret::default() } else { text };
        self.notice = None;
        let mut sentence = pasted_sentence(problem);
        self.add_what_stays(&mut sentence);
        self.problems.insert(Field::Pasted, sentence.clone());
        sentence
    }

    pub fn set_certificate_problem(&mut self, mut sentence: String) {
        self.add_what_stays(&mut sentence);
        self.problems.insert(Field::Certificate, sentence);
    }

    /// Keeps a line that cannot be read in its box, and says why there.
    pub fn refuse_line(&mut self, text: String, sentence: String) {
        self.typed(Field::Line, text);
        self.line_open = true;
        self.problems.insert(Field::Line, sentence);
    }

    /// Fills the form from a line that was read. What the line does not tell stays.
    pub fn take_line(&mut self, line: &Pasted) {
        self.line_open = false;
        self.typed(Field::Line, String::new());
        self.typed(Field::Host, line.host.clone());
        self.typed(Field::Port, line.port.to_string());
        match &line.login {
            Login::Unsaid => {}
            Login::Token(token) => {
                self.advanced.kind = CredentialsKind::AccessToken;
                self.typed(Field::Token, token.clone());
            }
            Login::Basic { client_id, user_name, password } => {
                self.advanced.kind = CredentialsKind::Basic;
                self.typed(Field::ClientId, client_id.clone());
                self.typed(Field::UserName, user_name.clone());
                self.typed(Field::Password, password.clone());
            }
        }
        if let Some(trust) = &line.trust {
            self.choose_trust(match trust {
                pasted::Trust::File(_) => TrustChoice::UploadedCertificate,
                pasted::Trust::PublicAuthorities => TrustChoice::PublicAuthorities,
            });
        }
        self.version = line.version.or(self.version);
        if let Some(seconds) = line.keep_alive {
            self.typed(Field::KeepAlive, seconds.to_string());
        }
    }

    fn add_what_stays(&self, sentence: &mut String) {
        if self.certificates != Certificates::None {
            sentence.push_str(" The certificate given before stays in use.");
        }
    }

    pub fn remove_certificates(&mut self) {
        self.certificates = Certificates::None;
        self.problems.remove(&Field::Certificate);
    }

    /// Fills the form with the demo's device.
    pub fn take_demo(&mut self, device: &DemoDevice, now_s: i64) {
        self.typed(Field::Host, device.endpoint.host.to_string());
        self.typed(Field::Port, device.endpoint.port.to_string());
        self.advanced.kind = CredentialsKind::AccessToken;
        self.typed(Field::Token, device.access_token.expose().to_owned());
        let read = TrustFile::read(device.ca_pem.as_bytes());
        self.take_certificates("the demo's own CA".to_owned(), read, now_s);
    }

    /// Everything needed to connect, or the first field with a problem. Problems stay at their fields.
    ///
    /// # Errors
    /// The first field, in the form's order, that has a problem.
    pub fn check(&mut self, offered: &[MqttVersion]) -> Result<Dial, Field> {
        self.problems.clear();
        self.notice = None;
        let host = Host::parse(&self.host).map_err(|problem| self.refuse(Field::Host, &problem));
        let port = parse_port(&self.port).map_err(|problem| self.refuse(Field::Port, &problem));
        let credentials = self.credentials().map_err(|(field, sentence)| self.refuse(field, &sentence));
        let trust = match (self.trust, &self.certificates) {
            (TrustChoice::PublicAuthorities, _) => Ok(Trust::PublicAuthorities),
            (TrustChoice::UploadedCertificate, Certificates::Given(given)) => {
                Ok(Trust::UploadedCertificate { pem: given.file.to_pem() })
            }
            (TrustChoice::UploadedCertificate, Certificates::None) => {
                Err(self.refuse(Field::Certificate, &NO_CERTIFICATE))
            }
        };
        let mqtt_version = self.version(offered);
        let options = self.advanced.options(mqtt_version).map_err(|problems| {
            let first = problems.first().map_or(Field::KeepAlive, |(field, _)| *field);
            self.problems.extend(problems);
            first
        });
        self.advanced.is_open |= self.problems.keys().any(|field| field.is_advanced());
        Ok(Dial {
            endpoint: Endpoint { host: host?, port: port? },
            credentials: credentials?,
            trust: trust?,
            mqtt_version,
            options: options?,
            fell_back: false,
        })
    }

    /// Who the device says it is, of the kind that was chosen.
    ///
    /// # Errors
    /// The field with a problem.
    pub fn credentials(&self) -> Result<Credentials, (Field, String)> {
        match self.advanced.kind {
            CredentialsKind::AccessToken => AccessToken::parse(self.token.expose())
                .map(Credentials::AccessToken)
                .map_err(|problem| (Field::Token, problem.to_string())),
            CredentialsKind::Basic => self.advanced.login(),
        }
    }

    fn refuse(&mut self, field: Field, problem: &impl ToString) -> Field {
        self.problems.insert(field, problem.to_string());
        field
    }
}

#[cfg(test)]
mod tests;
