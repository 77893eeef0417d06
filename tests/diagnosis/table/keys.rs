//! Key types, key sizes and signature algorithms.

use crate::{
    make::{
        Certificates,
        forge::{LOCAL, authority, server},
        openssl::{all, ca_and_request, issued, openssl, pinned, write_names},
    },
    row::{Python, Row, Tls},
};
use anyhow::Result;
use rcgen::SignatureAlgorithm;
use shared::wire::Verification::{ExactMatch, ExactMatchByCommonName, Strict};
use std::path::Path;

const SELF_SIGNED: &str = "req -new -x509 -key server_key.pem -days 365 -out server.pem -subj /CN=localhost";

fn by_key(algorithm: &'static SignatureAlgorithm) -> Result<Certificates> {
    let authority = authority()?;
    Ok(authority.issue_with(&server("server", LOCAL)?, algorithm)?.uploading(&authority.pem))
}

/// A leaf by a CA, with the server's key and the CA's made by these commands.
fn by_ca(folder: &Path, ca_key: &str, server_key: &str, more: &str) -> Result<Certificates> {
    write_names(folder)?;
    all(
        folder,
        &[
            &format!("{ca_key} -out ca_key.pem"),
            "req -new -x509 -key ca_key.pem -days 365 -subj /CN=Own-CA -out ca.pem",
            &format!("{server_key} -out server_key.pem"),
            "req -new -key server_key.pem -subj /CN=server -out server.csr",
            &format!(
                "x509 -req -in server.csr -CA ca.pem -CAkey ca_key.pem -extfile names.cnf -out server.pem {more}"
            ),
        ],
    )?;
    issued(folder)
}

const P256: &str = "ecparam -name secp256r1 -genkey -noout";
const P521: &str = "ecparam -name secp521r1 -genkey -noout";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = accepted();
    rows.extend(refused());
    rows
}

fn accepted() -> Vec<Row> {
    vec![
        Row::new("A P-384 key is fine", "own CA, leaf with a P-384 key", |_, _| {
            by_key(&rcgen::PKCS_ECDSA_P384_SHA384)
        }),
        Row::new("An Ed25519 key is fine", "openssl: P-256 CA, Ed25519 leaf", |_, folder| {
            by_ca(folder, P256, "genpkey -algorithm ED25519", "-CAcreateserial")
        }),
        Row::new("RSA keys of 2048 bits are fine", "openssl: RSA 2048 CA, RSA 2048 leaf", |_, folder| {
            by_ca(folder, "genrsa", "genrsa", "-CAcreateserial")
        }),
        Row::new("An RSA key of 4096 bits is fine", "openssl: P-256 CA, RSA 4096 leaf", |_, folder| {
            by_ca(folder, P256, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096", "-CAcreateserial")
        }),
        Row::new("P-521 keys are fine in TLS 1.3", "openssl: P-521 CA, P-521 leaf", |_, folder| {
            by_ca(folder, P521, P521, "-CAcreateserial")
        })
        .over(&[Tls::V1_3]),
        Row::new(
            "An uploaded certificate with a P-521 key is fine in TLS 1.3",
            "ThingsBoard's guide with secp521r1 and alternative names",
            |_, folder| {
                openssl(folder, &format!("{P521} -out server_key.pem"))?;
                openssl(folder, &format!("{SELF_SIGNED} -addext subjectAltName=DNS:localhost"))?;
                pinned(folder)
            },
        )
        .uploading("the same certificate")
        .over(&[Tls::V1_3])
        .accepted(ExactMatch, Python::Accepts),
        Row::new(
            "A P-521 authority is fine when the server's own key is not",
            "openssl: P-521 CA, P-256 leaf",
            |_, folder| by_ca(folder, P521, P256, "-CAcreateserial"),
        ),
        Row::new(
            "A certificate signed with SHA-1 by itself is believed when it was uploaded",
            "ThingsBoard's guide with -sha1",
            |_, folder| {
                openssl(folder, "genrsa -out server_key.pem")?;
                openssl(folder, &format!("{SELF_SIGNED} -sha1"))?;
                pinned(folder)
            },
        )
        .uploading("the same certificate")
        .accepted(ExactMatchByCommonName, Python::Accepts),
        Row::new(
            "A negative serial number does not matter",
            "openssl x509 -req -set_serial -5",
            |_, folder| by_ca(folder, P256, P256, "-set_serial -5"),
        )
        .accepted(Strict, Python::Accepts),
    ]
}

fn refused() -> Vec<Row> {
    vec![
        Row::new("A P-521 key is beyond TLS 1.2 here", "openssl: P-521 CA, P-521 leaf", |_, folder| {
            by_ca(folder, P521, P521, "-CAcreateserial")
        })
        .over(&[Tls::V1_2])
        .refused(&["tls-no-common-cipher"], Python::Accepts),
        Row::new("An RSA key of 1024 bits is too short", "openssl: RSA 2048 CA, RSA 1024 leaf", |_, folder| {
            by_ca(folder, "genrsa", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-CAcreateserial")
        })
        .refused(&["certificate-unsuitable: key-too-short"], Python::Certificate(66)),
        Row::new("An RSA key of 1024 bits is too short for an uploaded certificate as well", "ThingsBoard's guide with an RSA key of 1024 bits", |_, folder| {
            openssl(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out server_key.pem")?;
            openssl(folder, SELF_SIGNED)?;
            pinned(folder)
        })
        .uploading("the same certificate")
        .refused(&["certificate-unsuitable: key-too-short"], Python::Certificate(66)),
        Row::new("An authority with an RSA key of 1024 bits is too weak", "openssl: RSA 1024 CA, P-256 leaf", |_, folder| {
            by_ca(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024", P256, "-CAcreateserial")
        })
        .refused(&["signature-mismatch"], Python::Certificate(67)),
        Row::new("A certificate that its CA signed with SHA-1 is refused", "openssl x509 -req -sha1", |_, folder| {
            by_ca(folder, "genrsa", "genrsa", "-CAcreateserial -sha1")
        })
        .refused(&["certificate-unsuitable: signature-algorithm"], Python::Certificate(68)),
        Row::new("A certificate of X.509 version 1 that its CA signed with SHA-1 is refused", "own CA; openssl x509 -req -sha1 without extensions", |_, folder| {
            ca_and_request(folder, "/CN=localhost")?;
            openssl(folder, "x509 -req -in server.csr -CA ca.pem -CAkey ca_key.pem -CAcreateserial -out server.pem -sha1")?;
            issued(folder)
        })
        .refused(&["certificate-unsuitable: old-version"], Python::Certificate(68)),
    ]
}
