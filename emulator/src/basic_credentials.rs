//! MQTT_BASIC credentials: any of a client id, a user name and a password (ThingsBoard BasicMqttCredentials
//! and DefaultTransportApiService.validateCredentials). Pure.

use crate::packet::Connect;
use serde_json::{Value, json};
use std::fmt;

/// What a device must present; what is `None` may be anything.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct BasicCredentials {
    pub(crate) client_id: Option<String>,
    pub(crate) user_name: Option<String>,
    pub(crate) password: Option<String>,
}

impl BasicCredentials {
    /// Whether both names count; such credentials are looked for before tokens, others after.
    pub(crate) fn has_both_names(&self) -> bool {
        self.client_id.is_some() && self.user_name.is_some()
    }

    /// Whether a device may have these: a password alone names nobody.
    pub(crate) fn has_a_name(&self) -> bool {
        self.client_id.is_some() || self.user_name.is_some()
    }

    /// Whether the two could not be told apart at CONNECT.
    pub(crate) fn has_the_names_of(&self, other: &Self) -> bool {
        self.client_id == other.client_id && self.user_name == other.user_name
    }

    /// Whether some CONNECT could hold both, whatever its password is.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        match (&self.user_name, &other.user_name) {
            (Some(own), Some(other)) => own == other,
            (None, None) => self.client_id == other.client_id,
            // The client id alone counts only without a user name.
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let parts = [&self.client_id, &self.user_name, &self.password];
        parts.into_iter().flatten().map(String::len).sum()
    }

    /// Whether a CONNECT with this user name could hold them.
    pub(crate) fn names(&self, user_name: &str) -> bool {
        self.user_name.as_deref() == Some(user_name)
    }

    pub(crate) fn are_in(&self, connect: &Connect) -> bool {
        let user_name = connect.username.as_deref();
        let names = match (&self.client_id, &self.user_name) {
            (Some(client_id), Some(name)) => connect.client_id == *client_id && user_name == Some(name),
            (None, Some(name)) => user_name == Some(name),
            // The client id alone counts only without a user name.
            (Some(client_id), None) => connect.client_id == *client_id && user_name.is_none(),
            (None, None) => false,
        };
        names && self.password.as_ref().is_none_or(|own| connect.password.as_deref() == Some(own))
    }

    /// As in the reply to a provisioning request.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "clientId": self.client_id, "userName": self.user_name, "password": self.password })
    }
}

/// Says nothing: each part may be a secret.
impl fmt::Debug for BasicCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BasicCredentials(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(client_id: &str, user_name: &str, password: &str) -> BasicCredentials {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        BasicCredentials { client_id: part(client_id), user_name: part(user_name), password: part(password) }
    }

    #[track_caller]
    fn check(own: &BasicCredentials, client_id: &str, user_name: &str, password: &str, expected: bool) {
        let connect = Connect {
            client_id: client_id.to_owned(),
            clean: true,
            keep_alive: 60,
            username: (!user_name.is_empty()).then(|| user_name.to_owned().into()),
            password: (!password.is_empty()).then(|| password.to_owned().into()),
        };
        assert_eq!(own.are_in(&connect), expected, "{client_id} {user_name} {password}");
    }

    #[test]
    fn what_was_configured_must_be_presented() {
        let all = credentials("c", "u", "p");
        check(&all, "c", "u", "p", true);
        check(&all, "c", "u", "", false);
        check(&all, "c", "u", "q", false);
        check(&all, "d", "u", "p", false);
        check(&all, "c", "", "p", false);
        let name = credentials("", "u", "");
        check(&name, "any", "u", "any", true);
        check(&name, "any", "", "", false);
        let client = credentials("c", "", "p");
        check(&client, "c", "", "p", true);
        check(&client, "c", "u", "p", false);
        check(&credentials("", "", "p"), "", "", "p", false);
    }

    #[test]
    fn no_part_is_written_out() {
        assert_eq!(format!("{:?}", credentials("c", "u", "p")), "BasicCredentials(***)");
    }
}
