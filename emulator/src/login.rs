//! Whether CONNECT lets a device in (ThingsBoard DefaultTransportApiService and
//! MqttTransportHandler.onValidateDeviceResponse).

use crate::{
    packet::{Connect, Refusal},
    upload::UnixMs,
};
use shared::certificate::CertificateSummary;

/// `find` looks for the device; what was missing decides what it is told when there is none.
pub(crate) fn judge<D>(connect: &Connect, find: impl FnOnce(&Connect) -> Option<D>) -> Result<D, Refusal> {
    find(connect).ok_or(match (&connect.username, &connect.password) {
        (Some(_), _) | (None, Some(_)) => Refusal::UnknownCredentials,
        (None, None) if connect.client_id.trim().is_empty() => Refusal::Nothing,
        (None, None) => Refusal::NoCredentials,
    })
}

/// The same of a device that presented a certificate (MqttTransportHandler.processX509CertConnect): whoever
/// it is, all else that CONNECT says does not count.
pub(crate) fn judge_certificate<D>(
    der: &[u8],
    now_ms: UnixMs,
    find: impl FnOnce(&[u8]) -> Option<D>,
) -> Result<D, Refusal> {
    let is_valid = |certificate: &CertificateSummary| {
        (certificate.not_before..=certificate.not_after).contains(&now_ms.div_euclid(1000))
    };
    CertificateSummary::from_der(der).filter(is_valid).and_then(|_| find(der)).ok_or(Refusal::Nothing)
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
            password: password.then(|| "p".to_owned().into()),
        };
        let find =
            |connect: &Connect| connect.username.as_deref().is_some_and(|name| name == "TOKEN").then_some(());
        assert_eq!(judge(&connect, find), expected);
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
