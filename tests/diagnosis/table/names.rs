//! The host typed against the names in the certificate.

use crate::{
    make::{
        Certificates,
        forge::{
            Authority, Change, LOCAL, ca, dns_name, issued, like_the_guides, only_under, pinned, server,
        },
    },
    row::{Python, Row},
};
use anyhow::Result;
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, string::BmpString};
use shared::{
    hint::Hint,
    wire::Verification::{ChainByCommonName, Strict},
};

/// A leaf by an authority that may only issue under `name`.
fn constrained(name: &str, leaf: &CertificateParams) -> Result<Certificates> {
    let authority = Authority::new(ca("Constrained CA")?.changed(|params| only_under(params, name)))?;
    Ok(authority.issue(leaf)?.uploading(&authority.pem))
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = accepted();
    rows.extend(refused());
    rows
}

fn accepted() -> Vec<Row> {
    vec![
        Row::new(
            "A name only in the Common Name is found there",
            "own CA, leaf with CN=localhost",
            |_, _| issued(&server("localhost", &[])?),
        )
        .accepted(ChainByCommonName, Python::Accepts),
        Row::new(
            "An alternative name that is no DNS name leaves the Common Name valid",
            "own CA, leaf with CN=localhost and alternative name IP 127.0.0.1",
            |_, _| issued(&server("localhost", &["127.0.0.1"])?),
        )
        .accepted(ChainByCommonName, Python::Accepts),
        Row::new(
            "A Common Name in another encoding is read",
            "own CA, leaf with CN=localhost as BMPString",
            |_, _| {
                let name = DnValue::BmpString(BmpString::try_from("localhost")?);
                issued(&server("", &[])?.changed(|params| {
                    params.distinguished_name = DistinguishedName::new();
                    params.distinguished_name.push(DnType::CommonName, name);
                }))
            },
        )
        .accepted(ChainByCommonName, Python::Accepts),
        Row::new("Letter case does not matter", "own CA, leaf with alternative name LOCALHOST", |_, _| {
            issued(&server("server", &["LOCALHOST"])?)
        }),
        Row::new(
            "A name that its authority may issue is believed",
            "CA limited to localhost, leaf with alternative name localhost",
            |_, _| constrained("localhost", &server("server", &["localhost"])?),
        )
        .accepted(Strict, Python::Accepts),
    ]
}

fn refused() -> Vec<Row> {
    vec![
        Row::new(
            "A certificate for another name says for which",
            "own CA, leaf for mqtt.example.com",
            |_, _| issued(&server("server", &["mqtt.example.com"])?),
        )
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "An uploaded certificate for another name is refused as well",
            "self-signed, CA:TRUE, alternative name mqtt.example.com",
            |_, _| pinned(&like_the_guides("mqtt.example.com", &["mqtt.example.com"])?),
        )
        .uploading("the same certificate")
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "The Common Name does not count beside a DNS name",
            "own CA, leaf with CN=localhost and alternative name mqtt.example.com",
            |_, _| issued(&server("localhost", &["mqtt.example.com"])?),
        )
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "The Common Name does not count beside a DNS name in an uploaded certificate either",
            "self-signed, CA:TRUE, CN=localhost and alternative name mqtt.example.com",
            |_, _| pinned(&like_the_guides("localhost", &["mqtt.example.com"])?),
        )
        .uploading("the same certificate")
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "A wildcard does not cover its own parent",
            "own CA, leaf with alternative name *.localhost",
            |_, _| issued(&server("server", &["*.localhost"])?),
        )
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "A wildcard for a part of a label covers nothing",
            "own CA, leaf with alternative name local*",
            |_, _| {
                let name = dns_name("local*")?;
                issued(&server("server", &[])?.changed(|params| params.subject_alt_names.push(name)))
            },
        )
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new("A bare wildcard as Common Name covers nothing", "own CA, leaf with CN=*", |_, _| {
            issued(&server("*", &[])?)
        })
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "An IP address as Common Name counts only in the uploaded certificate itself",
            "own CA, leaf with CN=127.0.0.1",
            |_, _| issued(&server("127.0.0.1", &[])?),
        )
        .dialling("127.0.0.1")
        .refused(&["name-mismatch"], Python::Certificate(64)),
        Row::new(
            "A host name in the certificate does not cover the host's IP address",
            "own CA, leaf with alternative name localhost",
            |_, _| issued(&server("server", &["localhost"])?),
        )
        .dialling("127.0.0.1")
        .refused(&["name-mismatch"], Python::Certificate(64)),
        Row::new(
            "An IP address written as DNS name does not count, and that is said",
            "own CA, leaf with DNS name 127.0.0.1",
            |_, _| {
                let name = dns_name("127.0.0.1")?;
                issued(&server("server", &[])?.changed(|params| params.subject_alt_names.push(name)))
            },
        )
        .dialling("127.0.0.1")
        .refused(&["name-mismatch"], Python::Certificate(64))
        .hinting(|_| vec![Hint::AddressAsDnsName { address: "127.0.0.1".to_owned() }]),
        Row::new(
            "A name that its authority may not issue is refused",
            "CA limited to example.com, leaf with alternative name localhost",
            |_, _| constrained("example.com", &server("server", LOCAL)?),
        )
        .refused(&["certificate-unsuitable: name-constraint"], Python::Certificate(47)),
        Row::new(
            "A Common Name does not slip past an authority's limits",
            "CA limited to example.com, leaf with CN=localhost",
            |_, _| constrained("example.com", &server("localhost", &[])?),
        )
        .refused(&["name-mismatch"], Python::Accepts),
        Row::new(
            "A Common Name is not taken from a limited authority, even within its limits",
            "CA limited to localhost, leaf with CN=localhost",
            |_, _| constrained("localhost", &server("localhost", &[])?),
        )
        .refused(&["name-mismatch"], Python::Accepts),
        Row::new(
            "A certificate without any name is for no host",
            "own CA, leaf without alternative names, CN=server",
            |_, _| issued(&server("server", &[])?),
        )
        .refused(&["name-mismatch"], Python::Certificate(62)),
    ]
}
