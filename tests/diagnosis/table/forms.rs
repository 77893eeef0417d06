//! Purposes and extensions.

use crate::{
    make::{
        Certificates,
        forge::{Change, LOCAL, ca, issued, like_the_guides, pinned, server, unknown_critical},
    },
    row::{Python, Row, Tls},
    serve::{Server, mqtt::Then, rustls::Handshake},
};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "A certificate for servers and clients is fine",
            "own CA, leaf with extended key usage for both",
            |_, _| {
                issued(&server("server", LOCAL)?.changed(|params| {
                    params.extended_key_usages =
                        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
                }))
            },
        ),
        Row::new(
            "A key that may only agree on keys is fine",
            "own CA, leaf with key usage keyAgreement",
            |_, _| {
                issued(
                    &server("server", LOCAL)?
                        .changed(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]),
                )
            },
        )
        .over(&[Tls::V1_3]),
        Row::new(
            "A certificate for clients only is refused",
            "own CA, leaf with extended key usage clientAuth",
            |_, _| {
                issued(&server("server", LOCAL)?.changed(|params| {
                    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                }))
            },
        )
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new(
            "A certificate for clients only is refused although it was uploaded",
            "self-signed, CA:TRUE, extended key usage clientAuth",
            |_, _| {
                pinned(&like_the_guides("server", LOCAL)?.changed(|params| {
                    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                }))
            },
        )
        .uploading("the same certificate")
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new(
            "A certificate for any purpose is not one for servers",
            "own CA, leaf with extended key usage anyExtendedKeyUsage",
            |_, _| {
                issued(&server("server", LOCAL)?.changed(|params| {
                    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
                }))
            },
        )
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new(
            "A certificate for any purpose is not one for servers although it was uploaded",
            "self-signed, CA:TRUE, extended key usage anyExtendedKeyUsage",
            |_, _| {
                pinned(&like_the_guides("server", LOCAL)?.changed(|params| {
                    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
                }))
            },
        )
        .uploading("the same certificate")
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new(
            "A key that may only sign certificates is not one for servers",
            "own CA, leaf with key usage keyCertSign",
            |_, _| {
                issued(
                    &server("server", LOCAL)?
                        .changed(|params| params.key_usages = vec![KeyUsagePurpose::KeyCertSign]),
                )
            },
        )
        .over(&[Tls::V1_3])
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new(
            "A critical extension that nobody knows is refused",
            "own CA, leaf with an unknown critical extension",
            |_, _| issued(&server("server", LOCAL)?.changed(unknown_critical)),
        )
        .refused(&["certificate-unsuitable: unknown-critical-extension"], Python::Certificate(34)),
        Row::new(
            "A critical extension that nobody knows is refused although the certificate was uploaded",
            "self-signed, CA:TRUE, with an unknown critical extension",
            |_, _| pinned(&like_the_guides("server", LOCAL)?.changed(unknown_critical)),
        )
        .uploading("the same certificate")
        .refused(&["certificate-unsuitable: unknown-critical-extension"], Python::Certificate(34)),
        Row::new(
            "A key that may only sign certificates is not one for servers although the certificate was uploaded",
            "self-signed, CA:TRUE, key usage keyCertSign and cRLSign",
            |_, _| {
                let mut params = ca("Own CA")?;
                params.subject_alt_names = server("", LOCAL)?.subject_alt_names;
                pinned(&params)
            },
        )
        .uploading("the same certificate")
        .over(&[Tls::V1_3])
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new("A damaged certificate is called damaged", "rustls, presents bytes that are no certificate", |_, _| {
            let made = issued(&server("server", LOCAL)?)?;
            Ok(Certificates { chain: shared::trust_file::pem(b"no certificate"), ..made })
        })
        .served_by(Server::Rustls(Handshake::Ordinary, Then::Accept))
        .refused(&["certificate-unsuitable: malformed"], Python::Fails("tls")),
    ]
}
