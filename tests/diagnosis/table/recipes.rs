//! As the guides of ThingsBoard and TBMQ make them, command for command.

use crate::{
    make::{
        keytool,
        openssl::{self, Signer, ca_and_request, ecc_recipe, sign_version_1},
    },
    row::{Python, Row},
};
use shared::wire::Verification::{DirectByCommonName, ExactMatch, ExactMatchByCommonName, Strict};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "ThingsBoard's guide for elliptic curves works as it stands",
            "openssl ecparam -name secp256r1; req -x509 -subj /CN=localhost: self-signed, CA:TRUE, no alternative name",
            |_, folder| ecc_recipe(folder, "-subj /CN=localhost"),
        )
        .uploading("server.pem, the same certificate")
        .accepted(ExactMatchByCommonName, Python::Accepts),
        Row::new(
            "ThingsBoard's guide for RSA works as it stands",
            "openssl req -x509 -newkey rsa:4096 -sha256 -subj /CN=localhost: self-signed, CA:TRUE, no alternative name",
            |_, folder| {
                let output = "-keyout server_key.pem -out server.pem -sha256 -days 365 -nodes -subj /CN=localhost";
                openssl::openssl(folder, &format!("req -x509 -newkey rsa:4096 {output}"))?;
                openssl::pinned(folder)
            },
        )
        .uploading("mqttserver.pem, the same certificate")
        .accepted(ExactMatchByCommonName, Python::Accepts),
        Row::new(
            "The guide followed by pressing Enter at every question gives a certificate without any name",
            "the same guide, all prompts skipped: no Common Name",
            |_, folder| ecc_recipe(folder, ""),
        )
        .uploading("server.pem, the same certificate")
        .refused(&["name-mismatch"], Python::Certificate(62)),
        Row::new(
            "A guide's certificate made for an IP address is believed at that address",
            "the same guide with -subj /CN=127.0.0.1",
            |_, folder| ecc_recipe(folder, "-subj /CN=127.0.0.1"),
        )
        .uploading("server.pem, the same certificate")
        .dialling("127.0.0.1")
        .accepted(ExactMatchByCommonName, Python::Certificate(64)),
        Row::new(
            "A guide's certificate with alternative names needs no Common Name",
            "the same guide with -addext subjectAltName: self-signed, CA:TRUE",
            |_, folder| ecc_recipe(folder, "-subj /CN=tb -addext subjectAltName=DNS:localhost,IP:127.0.0.1"),
        )
        .uploading("server.pem, the same certificate")
        .accepted(ExactMatch, Python::Accepts),
        Row::new(
            "The command that this console advises makes a certificate of the strict kind",
            "openssl req -x509 -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE",
            |_, folder| {
                let names = "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
                // Without a section of its own the configuration file would add CA:TRUE beside it.
                std::fs::write(folder.join("own.cnf"), "[req]\ndistinguished_name = name\n[name]\n")?;
                ecc_recipe(folder, &format!("{names} -addext basicConstraints=critical,CA:FALSE -config own.cnf"))
            },
        )
        .uploading("server.pem, the same certificate")
        .accepted(Strict, Python::Accepts),
        Row::new(
            "TBMQ's guide works as it stands",
            "own CA; openssl x509 -req without extensions: X.509 version 1, name only in the Common Name",
            |_, folder| {
                ca_and_request(folder, "/CN=localhost")?;
                sign_version_1(folder, "server", Signer::Ca)?;
                openssl::issued(folder)
            },
        )
        .accepted(DirectByCommonName, Python::Accepts),
        Row::new(
            "ThingsBoard's key store script works by IP address",
            "server.keygen.sh: keytool -genkeypair, CN=localhost, alternative name ip:127.0.0.1",
            |shop, _| Ok(shop.key_store()?.uploading(shop.key_store()?.certificate.clone())),
        )
        .uploading("server.pub.pem")
        .dialling("127.0.0.1")
        .accepted(Strict, Python::Accepts),
        Row::new(
            "ThingsBoard's key store script works by host name, which it puts only into the Common Name",
            "server.keygen.sh, as above",
            |shop, _| Ok(shop.key_store()?.uploading(shop.key_store()?.certificate.clone())),
        )
        .uploading("server.pub.pem")
        .accepted(ExactMatchByCommonName, Python::Accepts),
        Row::new(
            "ThingsBoard's key store script without alternative names works by host name",
            "keytool -genkeypair, CN=localhost, no alternative name",
            |_, folder| keytool::without_alternative_name(folder),
        )
        .uploading("the same certificate")
        .accepted(ExactMatchByCommonName, Python::Accepts),
        Row::new(
            "A self-signed certificate of X.509 version 1 is believed when it was uploaded",
            "openssl x509 -req -signkey: version 1, self-signed, CN=localhost",
            |_, folder| {
                ca_and_request(folder, "/CN=localhost")?;
                sign_version_1(folder, "server", Signer::Itself)?;
                openssl::pinned(folder)
            },
        )
        .uploading("the same certificate")
        .accepted(ExactMatchByCommonName, Python::Accepts),
    ]
}
