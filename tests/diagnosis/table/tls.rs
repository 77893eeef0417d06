//! Versions, ciphers, alerts, client certificates, and a server that has the certificate but not its key.

use crate::{
    make::{
        Certificates, Maker,
        forge::{LOCAL, issued, server},
        openssl::{all, ecc_recipe, issued as issued_by_openssl, write_names},
    },
    row::{BOTH, Python, Row, Tls},
    serve::{Server, mosquitto::Listener, mqtt::Then, openssl::OpenSsl, port::Port, rustls::Handshake},
};
use anyhow::Result;
use shared::{failure::Step, wire::Verification::Strict};
use std::path::Path;

const GOOD: Maker = |_, _| issued(&server("server", LOCAL)?);
const GOOD_RSA: Maker = |_, folder| rsa(folder);

fn rsa(folder: &Path) -> Result<Certificates> {
    write_names(folder)?;
    all(
        folder,
        &[
            "req -x509 -newkey rsa:2048 -nodes -keyout ca_key.pem -days 365 -subj /CN=Own-CA -out ca.pem",
            "req -new -newkey rsa:2048 -nodes -keyout server_key.pem -subj /CN=server -out server.csr",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca_key.pem -CAcreateserial -extfile names.cnf -out server.pem",
        ],
    )?;
    issued_by_openssl(folder)
}

/// A server that answers a ClientHello with one fatal alert.
macro_rules! alert {
    ($code:literal) => {
        Server::Port(Port::Says(&[21, 3, 3, 0, 2, 2, $code]))
    };
}

fn ciphers(names: &'static str) -> Server {
    Server::OpenSsl(OpenSsl::with_ciphers(names))
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = versions_and_ciphers();
    rows.extend(clients_and_impostors());
    rows.extend(alerts());
    rows
}

fn versions_and_ciphers() -> Vec<Row> {
    vec![
        Row::new("A server that speaks TLS 1.1 and older is too old", "OpenSSL with TLS 1.0 and 1.1", GOOD)
            .served_by(Server::OpenSsl(OpenSsl { is_old: true, ..OpenSsl::DEFAULT }))
            .over(&[])
            .refused(&["tls-version-too-old"], Python::Fails("tls")),
        Row::new(
            "A server with CBC suites alone has nothing in common with this console",
            "OpenSSL with ECDHE-ECDSA-AES128-SHA256",
            GOOD,
        )
        .served_by(ciphers("ECDHE-ECDSA-AES128-SHA256"))
        .over(&[Tls::V1_2])
        .refused(&["tls-no-common-cipher"], Python::Accepts),
        Row::new(
            "A server with CBC and SHA-1 alone has nothing in common with anybody now",
            "OpenSSL with ECDHE-ECDSA-AES128-SHA",
            GOOD,
        )
        .served_by(ciphers("ECDHE-ECDSA-AES128-SHA"))
        .over(&[Tls::V1_2])
        .refused(&["tls-no-common-cipher"], Python::Fails("tls")),
        Row::new(
            "A server with finite-field key exchange alone has nothing in common with this console",
            "OpenSSL with DHE-RSA-AES128-GCM-SHA256",
            GOOD_RSA,
        )
        .served_by(ciphers("DHE-RSA-AES128-GCM-SHA256"))
        .over(&[Tls::V1_2])
        .refused(&["tls-no-common-cipher"], Python::Accepts),
        Row::new(
            "A server with RSA key exchange alone has nothing in common with anybody now",
            "OpenSSL with AES128-GCM-SHA256",
            GOOD_RSA,
        )
        .served_by(ciphers("AES128-GCM-SHA256"))
        .over(&[Tls::V1_2])
        .refused(&["tls-no-common-cipher"], Python::Fails("tls")),
        Row::new("ChaCha20 alone is fine", "OpenSSL with ECDHE-ECDSA-CHACHA20-POLY1305", GOOD)
            .served_by(ciphers("ECDHE-ECDSA-CHACHA20-POLY1305"))
            .over(&[Tls::V1_2]),
    ]
}

fn clients_and_impostors() -> Vec<Row> {
    let recipe: Maker = |_, folder| ecc_recipe(folder, "-subj /CN=localhost");
    vec![
        Row::new(
            "A real broker with a certificate of the usual kind is believed",
            "Mosquitto, own CA, leaf with alternative names",
            GOOD,
        )
        .served_by(Server::Mosquitto(Listener::Open))
        .over(&[]),
        Row::new(
            "A server that asks for a client certificate but does without is fine",
            "OpenSSL, client certificate optional, as ThingsBoard does",
            GOOD,
        )
        .served_by(Server::OpenSsl(OpenSsl { wants_client: true, ..OpenSsl::DEFAULT }))
        .accepted(Strict, Python::Accepts),
        Row::new(
            "A broker that demands a client certificate is named so in TLS 1.2",
            "Mosquitto, require_certificate true, TLS 1.2",
            GOOD,
        )
        .served_by(Server::Mosquitto(Listener::DemandsClient12))
        .over(&[])
        .refused(&["client-certificate-required"], Python::Fails("tls")),
        Row::new(
            "A broker that demands a client certificate is named so in TLS 1.3, where it says so late",
            "Mosquitto, require_certificate true, TLS 1.3",
            GOOD,
        )
        .served_by(Server::Mosquitto(Listener::DemandsClient13))
        .over(&[])
        .refused_at(Step::Mqtt, &["client-certificate-required"], Python::Fails("mqtt")),
        Row::new(
            "Another TLS library that demands a client certificate is understood in TLS 1.2",
            "rustls, client certificate required",
            GOOD,
        )
        .served_by(Server::Rustls(Handshake::DemandsClient, Then::Accept))
        .over(&[Tls::V1_2])
        .refused(&["client-certificate-required"], Python::Fails("tls")),
        Row::new(
            "Another TLS library that demands a client certificate is understood in TLS 1.3",
            "rustls, client certificate required",
            GOOD,
        )
        .served_by(Server::Rustls(Handshake::DemandsClient, Then::Accept))
        .over(&[Tls::V1_3])
        .refused_at(Step::Mqtt, &["client-certificate-required"], Python::Fails("mqtt")),
        Row::new(
            "An impostor who shows the uploaded certificate without its key is refused",
            "ThingsBoard's guide for elliptic curves, served with another key",
            recipe,
        )
        .uploading("server.pem, the same certificate")
        .served_by(Server::Rustls(Handshake::Impostor, Then::Accept))
        .over(BOTH)
        .refused(&["certificate-key-not-held"], Python::Fails("tls")),
        Row::new(
            "An impostor who shows a certificate by the uploaded authority without its key is refused",
            "own CA, leaf with alternative names, served with another key",
            GOOD,
        )
        .served_by(Server::Rustls(Handshake::Impostor, Then::Accept))
        .over(BOTH)
        .refused(&["certificate-key-not-held"], Python::Fails("tls")),
    ]
}

fn alerts() -> Vec<Row> {
    let row = |claim, setup, server, codes| {
        Row::new(claim, setup, GOOD).served_by(server).over(&[]).refused(codes, Python::Fails("tls"))
    };
    vec![
        row(
            "The alert protocol_version means a server that is too old",
            "answers with alert 70",
            alert!(70),
            &["tls-version-too-old"],
        ),
        row(
            "The alert handshake_failure means nothing in common",
            "answers with alert 40",
            alert!(40),
            &["tls-no-common-cipher"],
        ),
        row(
            "The alert insufficient_security means nothing in common",
            "answers with alert 71",
            alert!(71),
            &["tls-no-common-cipher"],
        ),
        row(
            "The alert internal_error is passed on by its name",
            "answers with alert 80",
            alert!(80),
            &["tls-failed: internal_error"],
        ),
        row(
            "The alert unrecognized_name is passed on by its name",
            "answers with alert 112",
            alert!(112),
            &["tls-failed: unrecognized_name"],
        ),
        row(
            "An alert that no standard knows is a failure without a name",
            "answers with alert 200",
            alert!(200),
            &["tls-failed"],
        ),
    ]
}
