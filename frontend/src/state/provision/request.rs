//! What is typed in the form that asks for a device, and what is wrong with which field.

use crate::state::form::Secret;
use shared::thingsboard::provision::{Request, RequestProblem, Wanted, secret};

/// A text box of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Key,
    Secret,
    DeviceName,
    Token,
    ClientId,
    UserName,
    Password,
    Certificate,
}

impl Slot {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Key => "provision-key",
            Self::Secret => "provision-secret",
            Self::DeviceName => "provision-device-name",
            Self::Token => "provision-token",
            Self::ClientId => "provision-client-id",
            Self::UserName => "provision-user-name",
            Self::Password => "provision-password",
            Self::Certificate => "provision-certificate",
        }
    }
}

/// The credentials that the new device shall have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WantedKind {
    #[default]
    ServerToken,
    OwnToken,
    Basic,
    Certificate,
}

impl WantedKind {
    pub const ALL: [Self; 4] = [Self::ServerToken, Self::OwnToken, Self::Basic, Self::Certificate];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ServerToken => "Access token, made by the server",
            Self::OwnToken => "Access token of my own",
            Self::Basic => "MQTT Basic",
            Self::Certificate => "X.509 certificate",
        }
    }

    #[must_use]
    pub fn from_label(label: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.label() == label).unwrap_or_default()
    }
}

/// The form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestForm {
    pub key: String,
    pub secret: Secret,
    pub secret_shown: bool,
    pub device_name: String,
    pub wanted: WantedKind,
    pub token: Secret,
    pub client_id: String,
    pub user_name: String,
    pub password: Secret,
    pub certificate: String,
    pub gateway: bool,
    pub problem: Option<(Slot, String)>,
    /// What the form has to say as a whole.
    pub notice: Option<String>,
}

impl RequestForm {
    #[must_use]
    pub fn problem(&self, slot: Slot) -> Option<&str> {
        self.problem.as_ref().filter(|(at, _)| *at == slot).map(|(_, sentence)| sentence.as_str())
    }

    pub(in crate::state) fn typed(&mut self, slot: Slot, text: String) {
        match slot {
            Slot::Key => self.key = text,
            Slot::Secret => self.secret = Secret::new(text),
            Slot::DeviceName => self.device_name = text,
            Slot::Token => self.token = Secret::new(text),
            Slot::ClientId => self.client_id = text,
            Slot::UserName => self.user_name = text,
            Slot::Password => self.password = Secret::new(text),
            Slot::Certificate => self.certificate = text,
        }
        if self.problem.as_ref().is_some_and(|(at, _)| *at == slot) {
            self.problem = None;
        }
        self.notice = None;
    }

    /// The request, or the field with a problem.
    ///
    /// # Errors
    /// The field, and a sentence.
    pub fn check(&self) -> Result<Request, (Slot, String)> {
        let secret = |text: &str| secret::Secret::new(text.to_owned());
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let wanted = match self.wanted {
            WantedKind::ServerToken => Wanted::AccessToken(None),
            WantedKind::OwnToken => Wanted::AccessToken(Some(secret(own_token(self.token.expose())?))),
            WantedKind::Basic => Wanted::MqttBasic {
                client_id: given(&self.client_id),
                user_name: given(&self.user_name),
                password: given(self.password.expose()).map(secret::Secret::new),
            },
            WantedKind::Certificate => Wanted::X509Certificate(self.certificate.trim().to_owned()),
        };
        let request = Request {
            key: secret(self.key.trim()),
            secret: secret(self.secret.expose().trim()),
            device_name: given(self.device_name.trim()),
            gateway: self.gateway,
            wanted,
        };
        match request.payload() {
            Ok(_) => Ok(request),
            Err(problem) => {
                let slot = match problem {
                    RequestProblem::NoKey => Slot::Key,
                    RequestProblem::NoSecret => Slot::Secret,
                    RequestProblem::NoIdentity => Slot::ClientId,
                    RequestProblem::NoCertificate => Slot::Certificate,
                };
                Err((slot, problem.to_string()))
            }
        }
    }
}

/// A token that could be used afterwards.
fn own_token(text: &str) -> Result<&str, (Slot, String)> {
    use shared::credentials::{AccessToken, TokenProblem};
    const EMPTY: &str =
        "The token is missing: type the one that the new device shall have, or let the server make one.";
    match AccessToken::parse(text) {
        Ok(_) => Ok(text),
        Err(TokenProblem::Empty) => Err((Slot::Token, EMPTY.to_owned())),
        Err(problem) => Err((Slot::Token, problem.to_string())),
    }
}
