//! One row of the table: a server, the file a person gives, and what must come of it.

use crate::{
    make::Maker,
    serve::{Server, openssl::OpenSsl},
};
use shared::{failure::Step, hint::Hint, wire::Verification};
use std::fmt;

/// A version of TLS that a row is measured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    V1_2,
    V1_3,
}

/// Both, each measured alone.
pub(crate) const BOTH: &[Tls] = &[Tls::V1_2, Tls::V1_3];

impl fmt::Display for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        })
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What a person may learn from it. Unique.
    pub(crate) claim: &'static str,
    /// The server in words.
    pub(crate) setup: &'static str,
    /// The file in words.
    pub(crate) uploaded: &'static str,
    /// The host typed.
    pub(crate) host: &'static str,
    /// Makes the server's certificate and the file.
    pub(crate) make: Maker,
    pub(crate) server: Server,
    /// Empty for a server that is measured once, whatever it speaks.
    pub(crate) versions: &'static [Tls],
    pub(crate) expected: Expected,
    pub(crate) python: Python,
    /// The second look's findings, given the server's port.
    pub(crate) hints: fn(u16) -> Vec<Hint>,
    /// Measured with short time limits, because waiting is what it is about.
    pub(crate) is_waiting: bool,
}

/// What the console must say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    /// Connected end to end; the server's certificate verified in this way.
    Accepted(Verification),
    /// The code, with a certificate's problem after a colon. More than one where the machine's network
    /// decides; the first is the usual one.
    Refused(Step, &'static [&'static str]),
    /// The file is refused before anything is dialled, with a sentence that begins so.
    FileRefused(&'static str),
}

/// What Python must say about the same server and file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Python {
    Accepts,
    /// OpenSSL's number for what is wrong with the certificate.
    Certificate(u8),
    /// The file is none that OpenSSL reads.
    File,
    /// CONNACK's return code.
    ReturnCode(u8),
    /// The connection fails at `name`, `tcp`, `tls`, `mqtt` or `subscriptions`.
    Fails(&'static str),
}

impl fmt::Display for Python {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepts => formatter.write_str("accepts"),
            Self::Certificate(error) => write!(formatter, "refuses: verify error {error}"),
            Self::File => formatter.write_str("refuses: cannot read the file"),
            Self::ReturnCode(code) => write!(formatter, "refuses: return code {code}"),
            Self::Fails(step) => write!(formatter, "fails: {step}"),
        }
    }
}

impl Row {
    /// A server that lets OpenSSL do its TLS and answers MQTT; its authority is uploaded, `localhost`
    /// dialled, and all is well.
    pub(crate) fn new(claim: &'static str, setup: &'static str, make: Maker) -> Self {
        Self {
            claim,
            setup,
            uploaded: "its CA",
            host: "localhost",
            make,
            server: Server::OpenSsl(OpenSsl::DEFAULT),
            versions: BOTH,
            expected: Expected::Accepted(Verification::Strict),
            python: Python::Accepts,
            hints: |_| Vec::new(),
            is_waiting: false,
        }
    }

    pub(crate) fn uploading(self, uploaded: &'static str) -> Self {
        Self { uploaded, ..self }
    }

    pub(crate) fn dialling(self, host: &'static str) -> Self {
        Self { host, ..self }
    }

    pub(crate) fn served_by(self, server: Server) -> Self {
        Self { server, ..self }
    }

    pub(crate) fn over(self, versions: &'static [Tls]) -> Self {
        Self { versions, ..self }
    }

    pub(crate) fn accepted(self, verification: Verification, python: Python) -> Self {
        Self { expected: Expected::Accepted(verification), python, ..self }
    }

    /// Refused for its TLS.
    pub(crate) fn refused(self, codes: &'static [&'static str], python: Python) -> Self {
        self.refused_at(Step::Tls, codes, python)
    }

    pub(crate) fn refused_at(self, step: Step, codes: &'static [&'static str], python: Python) -> Self {
        Self { expected: Expected::Refused(step, codes), python, ..self }
    }

    pub(crate) fn file_refused(self, sentence: &'static str, python: Python) -> Self {
        Self { expected: Expected::FileRefused(sentence), python, ..self }
    }

    pub(crate) fn hinting(self, hints: fn(u16) -> Vec<Hint>) -> Self {
        Self { hints, ..self }
    }

    pub(crate) fn waiting(self) -> Self {
        Self { is_waiting: true, ..self }
    }
}
