//! Names for the object identifiers that certificates are made of. What is not listed is shown as
//! numbers.

use x509_parser::der_parser::oid::Oid;

type Word = (&'static [u8], &'static str);

/// 2.5.4.x, 0.9.2342.19200300.100.1.x and 1.2.840.113549.1.9.1, with OpenSSL's short names.
const ATTRIBUTES: [Word; 17] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 4], "SN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "street"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 12], "title"),
    (&[0x55, 4, 17], "postalCode"),
    (&[0x55, 4, 42], "GN"),
    (&[0x55, 4, 46], "dnQualifier"),
    (&[0x55, 4, 97], "organizationIdentifier"),
    (&[9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[9, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 1], "emailAddress"),
];

/// 1.2.840.113549.1.1.x, 1.2.840.10045.4.x and 1.3.101.x.
const SIGNATURES: [Word; 13] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 4], "RSA with MD5"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 5], "RSA with SHA-1"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 10], "RSA-PSS"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11], "RSA with SHA-256"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 12], "RSA with SHA-384"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 13], "RSA with SHA-512"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1], "ECDSA with SHA-1"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1], "ECDSA with SHA-224"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "ECDSA with SHA-256"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], "ECDSA with SHA-384"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], "ECDSA with SHA-512"),
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
];

const CURVES: [Word; 4] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "P-256"),
    (&[0x2b, 0x81, 4, 0, 34], "P-384"),
    (&[0x2b, 0x81, 4, 0, 35], "P-521"),
    (&[0x2b, 0x81, 4, 0, 10], "secp256k1"),
];

/// Keys whose type says everything, and the RSA key that is for one padding only.
const KEYS: [Word; 3] = [
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 10], "RSA-PSS"),
];

pub(super) fn attribute(id: &Oid<'_>) -> String {
    find(&ATTRIBUTES, id.as_bytes()).map_or_else(|| id.to_string(), str::to_owned)
}

pub(super) fn signature(id: &Oid<'_>) -> String {
    find(&SIGNATURES, id.as_bytes()).map_or_else(|| id.to_string(), str::to_owned)
}

pub(super) fn curve(id: &[u8]) -> Option<&'static str> {
    find(&CURVES, id)
}

pub(super) fn other_key(id: &Oid<'_>) -> String {
    find(&KEYS, id.as_bytes()).map_or_else(|| format!("key type {id}"), str::to_owned)
}

fn find(words: &[Word], id: &[u8]) -> Option<&'static str> {
    words.iter().find(|(known, _)| *known == id).map(|(_, word)| *word)
}
