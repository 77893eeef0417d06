//! Provisioning: how something that is no device yet asks ThingsBoard to make it one, and what it is told
//! (ThingsBoard JsonConverter.convertToProvisionRequestMsg and DeviceProvisionServiceImpl).
//!
//! Secrets do not print. Knows nothing of topics or sessions.

pub mod reply;
pub mod secret;

use secret::Secret;
use serde::Serialize;
use thiserror::Error;
use zeroize::Zeroizing;

/// User name, or client id, of the session that may provision and do nothing else.
pub const USER_NAME: &str = "provision";

/// Seconds after its reply until ThingsBoard closes such a session.
pub const CLOSES_AFTER_S: u32 = 60;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The device profile's key.
    pub key: Secret,
    /// The device profile's secret.
    pub secret: Secret,
    /// ThingsBoard makes one up when there is none.
    pub device_name: Option<String>,
    pub gateway: bool,
    pub wanted: Wanted,
}

/// The credentials that the new device shall have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This token, or one that ThingsBoard makes up.
    AccessToken(Option<Secret>),
    /// At least one of client id and user name.
    MqttBasic { client_id: Option<String>, user_name: Option<String>, password: Option<Secret> },
    /// The device's certificate, as PEM.
    X509Certificate(String),
}

/// Why a request cannot be sent: ThingsBoard would close the connection. Never quotes a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RequestProblem {
    #[error(
        "The provision device key is missing: copy it from the device profile's tab Device provisioning."
    )]
    NoKey,
    #[error(
        "The provision device secret is missing: copy it from the device profile's tab Device provisioning."
    )]
    NoSecret,
    #[error("MQTT Basic credentials need a client id or a user name: fill in one of them.")]
    NoIdentity,
    #[error("The certificate is missing: give the device's certificate as PEM.")]
    NoCertificate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<&'a str>,
    provision_device_key: &'a str,
    provision_device_secret: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    gateway: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
}

impl Request {
    /// The payload of `/provision/request`. Empty texts are left out.
    ///
    /// # Errors
    /// What is missing.
    pub fn payload(&self) -> Result<Zeroizing<String>, RequestProblem> {
        if self.key.is_empty() {
            return Err(RequestProblem::NoKey);
        }
        if self.secret.is_empty() {
            return Err(RequestProblem::NoSecret);
        }
        let mut payload = Payload {
            device_name: given(self.device_name.as_deref()),
            provision_device_key: self.key.expose(),
            provision_device_secret: self.secret.expose(),
            gateway: self.gateway,
            credentials_type: None,
            token: None,
            client_id: None,
            username: None,
            password: None,
            hash: None,
        };
        match &self.wanted {
            Wanted::AccessToken(token) => {
                payload.token = given(token.as_ref().map(Secret::expose));
                payload.credentials_type = payload.token.map(|_| "ACCESS_TOKEN");
            }
            Wanted::MqttBasic { client_id, user_name, password } => {
                payload.credentials_type = Some("MQTT_BASIC");
                payload.client_id = given(client_id.as_deref());
                payload.username = given(user_name.as_deref());
                payload.password = given(password.as_ref().map(Secret::expose));
                if payload.client_id.or(payload.username).is_none() {
                    return Err(RequestProblem::NoIdentity);
                }
            }
            Wanted::X509Certificate(certificate) => {
                payload.credentials_type = Some("X509_CERTIFICATE");
                payload.hash = given(Some(certificate));
                if payload.hash.is_none() {
                    return Err(RequestProblem::NoCertificate);
                }
            }
        }
        // Texts and flags always have a JSON form.
        Ok(Zeroizing::new(serde_json::to_string(&payload).unwrap_or_default()))
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn request(wanted: Wanted) -> Request {
        Request { key: secret("k3y"), secret: secret("s3cret"), device_name: None, gateway: false, wanted }
    }

    fn payload(request: &Request) -> Value {
        serde_json::from_str(&request.payload().unwrap()).unwrap()
    }

    #[test]
    fn a_request_holds_what_was_given_and_no_more() {
        let expected = json!({"provisionDeviceKey": "k3y", "provisionDeviceSecret": "s3cret"});
        assert_eq!(payload(&request(Wanted::AccessToken(None))), expected);
        assert_eq!(payload(&request(Wanted::AccessToken(Some(secret(""))))), expected);
        let full = Request {
            device_name: Some("d \"1\"".to_owned()),
            gateway: true,
            ..request(Wanted::AccessToken(Some(secret("t0ken"))))
        };
        let expected = json!({
            "provisionDeviceKey": "k3y", "provisionDeviceSecret": "s3cret", "deviceName": "d \"1\"",
            "gateway": true, "credentialsType": "ACCESS_TOKEN", "token": "t0ken",
        });
        assert_eq!(payload(&full), expected);
    }

    #[test]
    fn other_credentials_may_be_asked_for() {
        let basic = request(Wanted::MqttBasic {
            client_id: Some(String::new()),
            user_name: Some("u".to_owned()),
            password: Some(secret("p")),
        });
        let expected = json!({
            "provisionDeviceKey": "k3y", "provisionDeviceSecret": "s3cret",
            "credentialsType": "MQTT_BASIC", "username": "u", "password": "p",
        });
        assert_eq!(payload(&basic), expected);
        let certificate = payload(&request(Wanted::X509Certificate("PEM".to_owned())));
        assert_eq!(certificate["credentialsType"], "X509_CERTIFICATE");
        assert_eq!(certificate["hash"], "PEM");
    }

    #[test]
    fn what_thingsboard_would_close_the_connection_at_is_refused() {
        let whole = request(Wanted::AccessToken(None));
        let no_key = Request { key: secret(""), ..whole.clone() };
        assert_eq!(no_key.payload(), Err(RequestProblem::NoKey));
        let no_secret = Request { secret: secret(""), ..whole };
        assert_eq!(no_secret.payload(), Err(RequestProblem::NoSecret));
        let nobody = Wanted::MqttBasic { client_id: None, user_name: None, password: Some(secret("p")) };
        assert_eq!(request(nobody).payload(), Err(RequestProblem::NoIdentity));
        let nothing = Wanted::X509Certificate(String::new());
        assert_eq!(request(nothing).payload(), Err(RequestProblem::NoCertificate));
    }

    #[test]
    fn a_request_does_not_print_its_secrets() {
        let basic = Wanted::MqttBasic {
            client_id: Some("c".to_owned()),
            user_name: None,
            password: Some(secret("p4ssword")),
        };
        for wanted in [basic, Wanted::AccessToken(Some(secret("t0ken")))] {
            let text = format!("{:?}", request(wanted));
            assert!(
                !["k3y", "s3cret", "p4ssword", "t0ken"].iter().any(|secret| text.contains(secret)),
                "{text}"
            );
        }
    }
}
