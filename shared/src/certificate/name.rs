//! X.509 names as text. Shows whatever stands there: a name that breaks the rules is still a name that
//! somebody has to recognise.

use super::words;
use x509_parser::{asn1_rs::Any, asn1_rs::Tag, x509::X509Name};

/// All parts in the certificate's order, as `CN=a, O=b`.
pub(super) fn text(name: &X509Name<'_>) -> String {
    let parts: Vec<String> = name
        .iter()
        .map(|part| {
            let attributes: Vec<String> = part
                .iter()
                .map(|attribute| {
                    let name = words::attribute(attribute.attr_type());
                    format!("{name}={}", escape(&value(attribute.attr_value())))
                })
                .collect();
            attributes.join(" + ")
        })
        .collect();
    parts.join(", ")
}

/// Strings by their own encoding, with Latin-1 where that does not fit; anything else in hex.
fn value(value: &Any<'_>) -> String {
    let bytes = value.data;
    match value.tag() {
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::T61String
        | Tag::NumericString
        | Tag::VisibleString => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
        _ => bytes.iter().fold("#".to_owned(), |hex, byte| format!("{hex}{byte:02X}")),
    }
}

/// Keeps a value from looking like two.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace(',', "\\,").replace('+', "\\+")
}
