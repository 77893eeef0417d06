//! Why a text fills nothing, in a sentence with the cause and the fix. Quotes nothing of the text but names of files.

use super::Tool;
use crate::text::filled;

/// Why a text fills nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    Empty,
    TooLong,
    /// This quote is opened and never closed.
    Unclosed(char),
    /// None of the programs is called.
    NoCommand,
    /// The line only fetches the CA certificate, into the file of this name.
    OnlyCertificate(String),
    NoAddress(Tool),
    /// The address is not one of a device in ThingsBoard.
    NoDevice(Tool),
    Provisioning,
    Host(String),
    Port(String),
    Qos,
}

impl Refused {
    /// The cause and the fix in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let fixed = match self {
            Self::Empty => {
                "There is no line yet: paste the one that ThingsBoard shows under Check connectivity."
            }
            Self::TooLong => {
                "This text is longer than 256 KiB, more than one command can be: paste one line only."
            }
            Self::NoCommand => {
                "There is no mosquitto_pub, mosquitto_sub, curl or coap-client in this text: copy the whole line that \
                 ThingsBoard shows under Check connectivity."
            }
            Self::Provisioning => {
                "This line asks for the credentials of a new device: do that in the tab Provision & claim."
            }
            Self::Qos => {
                "The line's QoS (-q) is not 0 or 1, and ThingsBoard has no other: correct it and paste again."
            }
            Self::Unclosed(quote) => {
                return [
                    "The quote ",
                    &quote.to_string(),
                    " is opened and not closed: the line may be cut off, copy all of it.",
                ]
                .concat();
            }
            Self::OnlyCertificate(file) => {
                return [
                    "This line only fetches the CA certificate: run it, drop ",
                    file,
                    " on CA certificate, and paste the line with mosquitto_pub here.",
                ]
                .concat();
            }
            Self::NoAddress(tool) => {
                return ["The ", tool.name(), " line has no address that can be read, such as http://HOST:8080/api/v1/TOKEN/telemetry: copy the whole line."]
                    .concat();
            }
            Self::NoDevice(tool) => {
                return ["The address of the ", tool.name(), " line is not that of a device, which reads /api/v1/TOKEN/telemetry: copy the line from Check connectivity."]
                    .concat();
            }
            Self::Host(problem) => return filled("The line's host cannot be used. ¤", &[problem]),
            Self::Port(problem) => return filled("The line's port cannot be used. ¤", &[problem]),
        };
        fixed.to_owned()
    }
}
