//! The files of `files/`, and how to dress and damage them.
#![allow(dead_code, unused_macros, reason = "each test program uses its own part")]

use shared::{
    der::{SEQUENCE, element},
    trust_file::pem,
};

/// The bytes of a file of the folder.
macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/", $name))
    };
}

/// A file of the folder that is text.
macro_rules! text {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/", $name))
    };
}

pub(crate) fn utf16_le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(crate) fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// What stands between the BEGIN and the END line, on one line.
pub(crate) fn body(pem: &str) -> String {
    let after_begin = pem.lines().skip_while(|line| !line.starts_with("-----BEGIN")).skip(1);
    after_begin.take_while(|line| !line.starts_with("-----END")).collect()
}

/// The root with another signature of `length` bytes: a certificate in form, which is all that reading
/// looks at, as different and as long as wanted.
pub(crate) fn with_signature(length: usize, fill: u8) -> Vec<u8> {
    let (_, root, _) = element(file!("root.der")).unwrap();
    let (_, _, after_body) = element(root).unwrap();
    let (_, _, signature) = element(after_body).unwrap();
    let signed = &root[..root.len() - signature.len()];
    let bits = [&[0], &*vec![fill; length]].concat();
    sequence(&[signed, &wrapped(0x03, &bits)].concat())
}

/// A certificate whose base64 ends in padding, as PEM.
pub(crate) fn padded() -> String {
    (64..67).map(|length| pem(&with_signature(length, 1))).find(|pem| pem.contains('=')).unwrap()
}

/// That many different certificates as PEM.
pub(crate) fn many(count: u8) -> String {
    (0..count).map(|fill| pem(&with_signature(64, fill))).collect()
}

pub(crate) fn sequence(content: &[u8]) -> Vec<u8> {
    wrapped(SEQUENCE, content)
}

/// The same structure with BER's open length, as stores made while writing have it.
pub(crate) fn open_length(der: &[u8]) -> Vec<u8> {
    let (tag, content, _) = element(der).unwrap();
    [&[tag, 0x80], content, &[0, 0]].concat()
}

fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84], &length[..], content].concat()
}
