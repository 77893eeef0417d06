//! What ThingsBoard answers to a provision request (ThingsBoard JsonConverter.toJson of
//! ProvisionDeviceResponseMsg).

use super::secret::Secret;
use crate::credentials::{AccessToken, BasicLogin, Credentials};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// The new device's credentials. Connect again with them: this session can do nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provisioned {
    AccessToken(AccessToken),
    MqttBasic {
        client_id: Option<String>,
        user_name: Option<String>,
        password: Option<Secret>,
    },
    /// The certificate as PEM, or its hash.
    X509Certificate(String),
}

impl Provisioned {
    /// What to connect with. `None` for a certificate, and for MQTT Basic credentials that cannot be sent from
    /// here; the client id of those is apart.
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        match self {
            Self::AccessToken(token) => Some(Credentials::AccessToken(token.clone())),
            Self::MqttBasic { user_name, password, .. } => {
                let user_name = user_name.as_deref().unwrap_or_default();
                let password = password.as_ref().map_or("", Secret::expose);
                BasicLogin::new(user_name, password).ok().map(Credentials::Basic)
            }
            Self::X509Certificate(_) => None,
        }
    }
}

/// Why there are no credentials. Never quotes any.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplyProblem {
    #[error(
        "No device profile has this key and secret (NOT_FOUND): copy both again from the profile's tab Device provisioning."
    )]
    NotFound,
    #[error(
        "ThingsBoard did not provision the device (FAILURE): with the strategy Allow to create new devices the name must be new, with Check for pre-provisioned devices it must exist and not be provisioned yet."
    )]
    Failure,
    #[error("ThingsBoard did not provision the device: its status is {0}.")]
    Status(String),
    #[error("ThingsBoard's reply is not understood: it is no JSON object with a status.")]
    Unreadable,
    #[error("ThingsBoard provisioned the device, but its credentials of type {0} are not understood here.")]
    Credentials(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    status: String,
    credentials_type: Option<String>,
    credentials_value: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Basic {
    client_id: Option<String>,
    user_name: Option<String>,
    password: Option<String>,
}

/// Reads the payload of `/provision/response`.
///
/// # Errors
/// The server's refusal, or a reply that is not understood.
pub fn read(payload: &str) -> Result<Provisioned, ReplyProblem> {
    let reply: Reply = serde_json::from_str(payload).map_err(|_| ReplyProblem::Unreadable)?;
    match reply.status.as_str() {
        "SUCCESS" => {}
        "NOT_FOUND" => return Err(ReplyProblem::NotFound),
        "FAILURE" => return Err(ReplyProblem::Failure),
        other => return Err(ReplyProblem::Status(other.chars().take(40).collect())),
    }
    let kind = reply.credentials_type.unwrap_or_else(|| "ACCESS_TOKEN".to_owned());
    let provisioned = match (kind.as_str(), reply.credentials_value) {
        ("ACCESS_TOKEN", Some(Value::String(token))) => {
            AccessToken::try_from(token).ok().map(Provisioned::AccessToken)
        }
        ("X509_CERTIFICATE", Some(Value::String(certificate))) => {
            Some(Provisioned::X509Certificate(certificate))
        }
        ("MQTT_BASIC", Some(value)) => basic(value),
        _ => None,
    };
    provisioned.ok_or_else(|| ReplyProblem::Credentials(kind.chars().take(40).collect()))
}

/// An object; the same object written as a text is taken as well.
fn basic(value: Value) -> Option<Provisioned> {
    let basic: Basic = match value {
        Value::String(text) => serde_json::from_str(&text),
        other => serde_json::from_value(other),
    }
    .ok()?;
    Some(Provisioned::MqttBasic {
        client_id: basic.client_id,
        user_name: basic.user_name,
        password: basic.password.map(Secret::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_by_their_type() {
        let token =
            read(r#"{"credentialsValue":"t0ken","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}"#);
        assert_eq!(token, Ok(Provisioned::AccessToken(AccessToken::parse("t0ken").unwrap())));
        let expected = Provisioned::MqttBasic {
            client_id: Some("c".to_owned()),
            user_name: None,
            password: Some(Secret::new("p4ss".to_owned())),
        };
        let basic = read(
            r#"{"credentialsValue":{"clientId":"c","userName":null,"password":"p4ss"},
                "credentialsType":"MQTT_BASIC","status":"SUCCESS"}"#,
        );
        assert_eq!(basic, Ok(expected));
        assert_eq!(token.clone().unwrap().credentials().unwrap().expose_user_name(), "t0ken");
        let login = basic.clone().unwrap().credentials().unwrap();
        assert_eq!((login.expose_user_name(), login.expose_password()), ("", "p4ss"));
        let printed = format!("{basic:?} {token:?}");
        assert!(!printed.contains("p4ss") && !printed.contains("t0ken"), "{printed}");
        let certificate =
            read(r#"{"credentialsValue":"PEM","credentialsType":"X509_CERTIFICATE","status":"SUCCESS"}"#);
        assert_eq!(certificate, Ok(Provisioned::X509Certificate("PEM".to_owned())));
        assert_eq!(certificate.unwrap().credentials(), None);
    }

    #[test]
    fn refusals_are_told_apart() {
        let replies = [
            (r#"{"errorMsg":"Provision data was not found!","status":"NOT_FOUND"}"#, ReplyProblem::NotFound),
            (r#"{"errorMsg":"Failed to provision device!","status":"FAILURE"}"#, ReplyProblem::Failure),
            (r#"{"status":"UNKNOWN"}"#, ReplyProblem::Status("UNKNOWN".to_owned())),
            ("{}", ReplyProblem::Unreadable),
            ("", ReplyProblem::Unreadable),
            ("[1]", ReplyProblem::Unreadable),
            (
                r#"{"credentialsValue":"x","credentialsType":"LWM2M_CREDENTIALS","status":"SUCCESS"}"#,
                ReplyProblem::Credentials("LWM2M_CREDENTIALS".to_owned()),
            ),
            (
                r#"{"credentialsValue":" s3cret","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}"#,
                ReplyProblem::Credentials("ACCESS_TOKEN".to_owned()),
            ),
            (
                r#"{"credentialsValue":5,"credentialsType":"MQTT_BASIC","status":"SUCCESS"}"#,
                ReplyProblem::Credentials("MQTT_BASIC".to_owned()),
            ),
        ];
        for (payload, problem) in replies {
            assert!(!problem.to_string().contains("s3cret"));
            assert_eq!(read(payload), Err(problem), "{payload}");
        }
    }
}
