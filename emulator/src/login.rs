//! Whether CONNECT lets a device in (ThingsBoard DefaultTransportApiService and
//! MqttTransportHandler.onValidateDeviceResponse). Devices here have access tokens only.

use crate::packet::{Connect, Refusal};

/// Finds the device by its token. The password and the client id are ignored when there is a token.
pub(crate) fn judge<D>(connect: &Connect, find: impl FnOnce(&str) -> Option<D>) -> Result<D, Refusal> {
    match &connect.username {
        Some(token) => find(token).ok_or(Refusal::UnknownCredentials),
        None if connect.has_password => Err(Refusal::UnknownCredentials),
        None if connect.client_id.trim().is_empty() => Err(Refusal::Nothing),
        None => Err(Refusal::NoCredentials),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(username: &str, password: bool, client_id: &str, expected: Result<(), Refusal>) {
        let connect = Connect {
            client_id: client_id.to_owned(),
            clean: true,
            keep_alive: 60,
            username: (!username.is_empty()).then(|| username.to_owned().into()),
            has_password: password,
        };
        assert_eq!(judge(&connect, |token| (token == "TOKEN").then_some(())), expected);
    }

    #[test]
    fn only_the_token_as_user_name_lets_a_device_in() {
        check("TOKEN", false, "", Ok(()));
        check("TOKEN", true, "any", Ok(()));
        check("token", false, "", Err(Refusal::UnknownCredentials));
        check("TOKEN ", false, "", Err(Refusal::UnknownCredentials));
        check("other", true, "", Err(Refusal::UnknownCredentials));
        check("", true, "", Err(Refusal::UnknownCredentials));
        check("", true, "TOKEN", Err(Refusal::UnknownCredentials));
        check("", false, "TOKEN", Err(Refusal::NoCredentials));
        check("", false, "", Err(Refusal::Nothing));
        check("", false, "  ", Err(Refusal::Nothing));
    }
}
