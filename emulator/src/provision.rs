//! Provisioning: what a device asks for and what it is told (ThingsBoard JsonConverter,
//! convertToProvisionRequestMsg, and DeviceProvisionServiceImpl). Pure; who exists knows [`crate::hub`].

pub(crate) mod session;

use crate::{
    basic_credentials::BasicCredentials,
    upload::{self, PayloadProblem},
};
use serde_json::{Value, json};
use shared::{credentials::AccessToken, thingsboard::json::Json};
use std::collections::BTreeMap;

/// A device that wants to be one. No `Debug`: it holds secrets.
#[derive(PartialEq, Eq)]
pub(crate) struct ProvisionRequest {
    pub(crate) key: String,
    pub(crate) secret: String,
    /// ThingsBoard invents one when there is none.
    pub(crate) device_name: Option<String>,
    pub(crate) gateway: bool,
    pub(crate) wanted: WantedCredentials,
}

/// The credentials asked for.
#[derive(PartialEq, Eq)]
pub(crate) enum WantedCredentials {
    /// With this token, or one that ThingsBoard makes.
    Token(Option<String>),
    Basic(BasicCredentials),
    /// With this certificate, as PEM with or without its first and last line; ThingsBoard calls it `hash`.
    Certificate(Option<String>),
}

impl ProvisionRequest {
    /// The kind of credentials is a token unless it says otherwise; key and secret must be there.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, PayloadProblem> {
        let Json::Object(members) = upload::read(payload)? else {
            return Err(PayloadProblem::Invalid);
        };
        let part = |name| text(&members, name);
        // An empty text is none.
        let named = |name| part(name).map(|text| text.filter(|text| !text.is_empty()));
        let wanted = match part("credentialsType")?.as_deref() {
            None | Some("ACCESS_TOKEN") => WantedCredentials::Token(named("token")?),
            Some("MQTT_BASIC") => WantedCredentials::Basic(BasicCredentials {
                client_id: named("clientId")?,
                user_name: named("username")?,
                password: named("password")?,
            }),
            Some("X509_CERTIFICATE") => WantedCredentials::Certificate(named("hash")?),
            Some(_) => return Err(PayloadProblem::Uncaught),
        };
        Ok(Self {
            key: part("provisionDeviceKey")?.ok_or(PayloadProblem::Uncaught)?,
            secret: part("provisionDeviceSecret")?.ok_or(PayloadProblem::Uncaught)?,
            device_name: named("deviceName")?,
            gateway: matches!(members.get("gateway"), Some(Json::Bool(true))),
            wanted,
        })
    }
}

/// A member as text. One that has none, such as `null`, is not foreseen (Gson's `getAsString`).
fn text(members: &BTreeMap<String, Json>, name: &str) -> Result<Option<String>, PayloadProblem> {
    match members.get(name) {
        None => Ok(None),
        Some(Json::String(text) | Json::Number(text)) => Ok(Some(text.clone())),
        Some(Json::Bool(flag)) => Ok(Some(flag.to_string())),
        Some(Json::Null | Json::Array(_) | Json::Object(_)) => Err(PayloadProblem::Uncaught),
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProvisionOutcome {
    Token(AccessToken),
    Basic(BasicCredentials),
    /// The certificate in one line (EncryptionUtil.certTrimNewLines).
    Certificate(String),
    /// No profile has this key and secret.
    NotFound,
    /// The name is taken, or there is nothing to provision.
    Failure,
}

impl ProvisionOutcome {
    pub(crate) fn reply(&self) -> Value {
        let success =
            |kind, value| json!({ "credentialsValue": value, "credentialsType": kind, "status": "SUCCESS" });
        let failure = |status, text| json!({ "errorMsg": text, "status": status });
        match self {
            Self::Token(token) => success("ACCESS_TOKEN", json!(token.expose())),
            Self::Basic(credentials) => success("MQTT_BASIC", credentials.to_json()),
            Self::Certificate(text) => success("X509_CERTIFICATE", json!(text)),
            Self::NotFound => failure("NOT_FOUND", "Provision data was not found!"),
            Self::Failure => failure("FAILURE", "Failed to provision device!"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_needs_key_and_secret_and_little_else() {
        let read = |payload: &str| ProvisionRequest::read(payload.as_bytes());
        let request = read(r#"{"provisionDeviceKey":"k","provisionDeviceSecret":"s"}"#);
        let expected = ProvisionRequest {
            key: "k".to_owned(),
            secret: "s".to_owned(),
            device_name: None,
            gateway: false,
            wanted: WantedCredentials::Token(None),
        };
        assert!(request == Ok(expected));
        let request = read(
            r#"{"provisionDeviceKey":"k","provisionDeviceSecret":"s","deviceName":"d","gateway":true,
                "credentialsType":"MQTT_BASIC","username":"u","password":"p","clientId":""}"#,
        );
        let wanted = WantedCredentials::Basic(BasicCredentials {
            client_id: None,
            user_name: Some("u".to_owned()),
            password: Some("p".to_owned()),
        });
        assert!(request.is_ok_and(|request| request.wanted == wanted && request.gateway));
        let problems = [
            ("", PayloadProblem::Invalid),
            ("[]", PayloadProblem::Invalid),
            ("{broken", PayloadProblem::Invalid),
            ("{}", PayloadProblem::Uncaught),
            (r#"{"provisionDeviceKey":"k"}"#, PayloadProblem::Uncaught),
            (r#"{"provisionDeviceKey":["k"],"provisionDeviceSecret":"s"}"#, PayloadProblem::Uncaught),
            (r#"{"provisionDeviceKey":null,"provisionDeviceSecret":"s"}"#, PayloadProblem::Uncaught),
            (
                r#"{"provisionDeviceKey":"k","provisionDeviceSecret":"s","credentialsType":"X"}"#,
                PayloadProblem::Uncaught,
            ),
        ];
        for (payload, problem) in problems {
            assert!(read(payload) == Err(problem), "{payload}");
        }
    }
}
