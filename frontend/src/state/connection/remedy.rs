//! When a server's certificate should be replaced, and the command that makes a good one for its host.

use super::Phase;
use shared::{
    endpoint::Host,
    failure::{CertificateProblem, Failure},
    wire::Verification,
};

/// The id of the element that holds the command.
pub const COMMAND_ID: &str = "certificate-command";

/// What became of a press of Copy.
#[must_use]
pub fn copied_words(taken: bool) -> &'static str {
    if taken {
        "Copied."
    } else {
        "The browser does not let this page use the clipboard: the command is selected, copy it by keyboard or menu."
    }
}

/// The command, when the certificate that was presented is of an old style.
#[must_use]
pub fn remedy(phase: &Phase) -> Option<String> {
    match phase {
        Phase::Connected(session) if session.facts.tls.verification != Verification::Strict => {
            Some(command(&session.dial.endpoint.host))
        }
        Phase::Failed(failed) if failed.reason.told().is_some_and(calls_for_another) => {
            Some(command(&failed.endpoint.host))
        }
        Phase::Connected(_)
        | Phase::Failed(_)
        | Phase::Disconnected { .. }
        | Phase::Connecting(_)
        | Phase::Reconnecting(_) => None,
    }
}

fn calls_for_another(failure: &Failure) -> bool {
    match failure {
        Failure::NameMismatch { names, .. } => names.is_empty(),
        Failure::NotTheGivenCertificate { .. } => true,
        // A revoked one is the authority's to replace.
        Failure::CertificateUnsuitable { problem } => *problem != CertificateProblem::Revoked,
        _ => false,
    }
}

/// Makes a self-signed certificate that every client takes once it is given the certificate itself. The
/// names are those that ThingsBoard looks for.
fn command(host: &Host) -> String {
    let kind = if host.ip().is_some() { "IP" } else { "DNS" };
    // X.509 allows 64 characters; the name that counts is the alternative one.
    let common_name = if host.as_str().len() > 64 { "mqttserver" } else { host.as_str() };
    format!(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256 -days 397 -nodes \
         -keyout mqttserver_key.pem -out mqttserver.pem -subj \"/CN={common_name}\" \
         -addext \"subjectAltName={kind}:{host}\" -addext \"basicConstraints=critical,CA:FALSE\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::connection::{Failed, Reason, Steps};
    use shared::endpoint::Endpoint;
    use std::rc::Rc;

    fn after(host: &str, failure: Failure) -> Option<String> {
        remedy(&Phase::Failed(Box::new(Failed {
            endpoint: Endpoint { host: Host::parse(host).unwrap(), port: 8883 },
            reason: Reason::Told(failure),
            step: None,
            steps: Steps::begun(),
            hints: Vec::new(),
            presented: Rc::default(),
        })))
    }

    #[test]
    fn a_name_and_an_address_stand_where_they_belong() {
        let old = || Failure::CertificateUnsuitable { problem: CertificateProblem::OldVersion };
        let command = after("TB.example", old()).unwrap();
        assert!(command.contains(r#"-subj "/CN=tb.example" -addext "subjectAltName=DNS:tb.example""#));
        assert!(after("192.0.2.7", old()).unwrap().contains("subjectAltName=IP:192.0.2.7"));
        assert!(after("[2001:db8::7]", old()).unwrap().contains("subjectAltName=IP:2001:db8::7"));
        let long = format!("{}.example", "a".repeat(60));
        assert!(after(&long, old()).unwrap().contains("/CN=mqttserver\""));
    }

    #[test]
    fn only_a_certificate_that_should_be_another_calls_for_one() {
        let mismatch = |names| Failure::NameMismatch { host: "tb.example".into(), names, common_name: None };
        assert!(after("tb.example", mismatch(Vec::new())).is_some());
        assert!(after("tb.example", mismatch(vec!["other.example".into()])).is_none());
        assert!(after("tb.example", Failure::ConnectionReset).is_none());
        assert!(remedy(&Phase::default()).is_none());
    }
}
