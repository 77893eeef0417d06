//! What a second look found after a failure: each a fact that was tried, not a guess.

use serde::{Deserialize, Serialize};

/// A finding of a second look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case", try_from = "Flat")]
pub enum Hint {
    /// The port answers MQTT without TLS.
    SpeaksPlainMqtt { port: u16 },
    /// The port answers like a web server.
    SpeaksHttp { port: u16 },
    /// Another of MQTT's usual ports takes connections on this host: 8883 (with TLS) or 1883 (without).
    OtherPortOpen { port: u16 },
    /// With the public authorities the same server would be believed.
    PublicAuthoritiesFit,
    /// The uploaded file holds the server's own web certificate or another leaf, not the authority.
    UploadedIsNoAuthority { subject: String },
    /// The host stands in the certificate as a DNS name although it is an IP address.
    AddressAsDnsName { address: String },
}

impl Hint {
    /// The finding and what it means, in one or two sentences.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::SpeaksPlainMqtt { port } => format!(
                "Port {port} speaks MQTT without TLS. Use the port for MQTT over TLS, usually 8883; this console does not send a token unencrypted."
            ),
            Self::SpeaksHttp { port } => {
                format!("Port {port} belongs to a web server. MQTT over TLS usually listens on 8883.")
            }
            Self::OtherPortOpen { port: 1883 } => {
                "Port 1883 (MQTT without TLS) is open on this host, so the server runs but TLS is switched off: set MQTT_SSL_ENABLED=true.".to_owned()
            }
            Self::OtherPortOpen { port } => format!("Port {port} is open on this host: try that one."),
            Self::PublicAuthoritiesFit => {
                "The server's certificate is from a public certificate authority: trust those instead of the file.".to_owned()
            }
            Self::UploadedIsNoAuthority { subject } => format!(
                "The certificate in your file ({subject}) is not an authority and issues no others: give the certificate of its issuer."
            ),
            Self::AddressAsDnsName { address } => format!(
                "The certificate lists {address} as a DNS name; an IP address must stand there as IP: issue it again with subjectAltName=IP:{address}"
            ),
        }
    }
}

/// A hint as it stands in JSON; read in one piece for the reason that `failure::flat` gives.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Flat {
    code: String,
    port: Option<u16>,
    subject: Option<String>,
    address: Option<String>,
}

impl TryFrom<Flat> for Hint {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        read(flat).ok_or("no hint has this code and these fields")
    }
}

fn read(flat: Flat) -> Option<Hint> {
    Some(match flat.code.as_str() {
        "speaks-plain-mqtt" => Hint::SpeaksPlainMqtt { port: flat.port? },
        "speaks-http" => Hint::SpeaksHttp { port: flat.port? },
        "other-port-open" => Hint::OtherPortOpen { port: flat.port? },
        "public-authorities-fit" => Hint::PublicAuthoritiesFit,
        "uploaded-is-no-authority" => Hint::UploadedIsNoAuthority { subject: flat.subject? },
        "address-as-dns-name" => Hint::AddressAsDnsName { address: flat.address? },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_is_read_back_as_it_was_written() {
        let all = [
            Hint::SpeaksPlainMqtt { port: 1883 },
            Hint::SpeaksHttp { port: 443 },
            Hint::OtherPortOpen { port: 8883 },
            Hint::PublicAuthoritiesFit,
            Hint::UploadedIsNoAuthority { subject: "CN=a".into() },
            Hint::AddressAsDnsName { address: "192.0.2.7".into() },
        ];
        for hint in all {
            // A hint that is missing above does not compile here.
            match hint {
                Hint::SpeaksPlainMqtt { .. }
                | Hint::SpeaksHttp { .. }
                | Hint::OtherPortOpen { .. }
                | Hint::PublicAuthoritiesFit
                | Hint::UploadedIsNoAuthority { .. }
                | Hint::AddressAsDnsName { .. } => {}
            }
            let json = serde_json::to_string(&hint).unwrap();
            assert_eq!(serde_json::from_str::<Hint>(&json).unwrap(), hint, "{json}");
        }
        assert!(serde_json::from_str::<Hint>(r#"{"code":"speaks-http"}"#).is_err());
        assert!(serde_json::from_str::<Hint>(r#"{"code":"something-else","port":1}"#).is_err());
    }
}
