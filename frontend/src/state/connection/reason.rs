//! Why there is no connection: what the proxy or the socket told, or what only the page can see.

use shared::{
    advice::Advice,
    failure::{Failure, Hop},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    Told(Failure),
    /// Another client seems to want the same session (`state::contest`). `last`: how the last one ended.
    Contested {
        last: Failure,
    },
    /// The demo has this device no more.
    DemoDeviceGone {
        last: Failure,
    },
    /// The proxy sent a frame that this page does not understand. `detail`: the parser's words.
    Undecodable {
        detail: String,
    },
}

impl Reason {
    /// What was told of an attempt with the demo's own device: the demo's authority and tokens are made anew when it
    /// starts.
    #[must_use]
    pub(in crate::state) fn of_demo(failure: Failure) -> Self {
        match failure {
            Failure::CredentialsRefused { .. }
            | Failure::UnknownIssuer { .. }
            | Failure::NotTheGivenCertificate { .. }
            | Failure::SignatureMismatch { .. } => Self::DemoDeviceGone { last: failure },
            other => Self::Told(other),
        }
    }

    /// The words for it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Told(failure) => failure.advice(),
            Self::Contested { last } => Advice {
                cause: "Another client seems to use the same access token: the server ended three sessions \
                        within a minute, each right after its start."
                    .to_owned(),
                fix: "ThingsBoard keeps one session per device and ends the older one: stop the other client, or \
                      give each client a device of its own. This page no longer reconnects by itself, because it \
                      would push the other one out each time; press Connect to try again."
                    .to_owned(),
                evidence: vec![("Last end", last.advice().cause)],
            },
            Self::DemoDeviceGone { last } => Advice {
                cause: "The demo has the device that it gave you no more: it was started again, or the device rested while \
                        others needed room."
                    .to_owned(),
                fix: "Press Use the demo device, then Connect.".to_owned(),
                evidence: vec![("What was seen", last.advice().cause)],
            },
            Self::Undecodable { detail } => Advice {
                cause: "The proxy sent something that this page does not understand.".to_owned(),
                fix: "Reload the page: page and proxy are probably of different versions.".to_owned(),
                evidence: vec![("Detail", detail.clone())],
            },
        }
    }

    #[must_use]
    pub fn hop(&self) -> Hop {
        match self {
            Self::Told(failure) => failure.hop(),
            Self::Contested { .. } | Self::DemoDeviceGone { .. } => Hop::ProxyToServer,
            Self::Undecodable { .. } => Hop::BrowserToProxy,
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Told(failure) => failure.code(),
            Self::Contested { .. } => "session-contested".to_owned(),
            Self::DemoDeviceGone { .. } => "demo-device-gone".to_owned(),
            Self::Undecodable { .. } => "frame-not-understood".to_owned(),
        }
    }

    /// The failure itself, when it is no more than that.
    #[must_use]
    pub fn told(&self) -> Option<&Failure> {
        match self {
            Self::Told(failure) => Some(failure),
            Self::Contested { .. } | Self::DemoDeviceGone { .. } | Self::Undecodable { .. } => None,
        }
    }
}
