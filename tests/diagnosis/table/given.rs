//! What people find among their files and give.

use crate::{
    make::{
        Certificates,
        forge::{self, LOCAL, authority, issued, server},
        openssl::ecc_recipe,
    },
    row::{Python, Row},
};
use shared::{
    hint::Hint,
    wire::Verification::{ExactMatch, Strict},
};

pub(super) fn rows() -> Vec<Row> {
    let script = "server.keygen.sh, by host name";
    vec![
        Row::new(
            "The .cer file of ThingsBoard's key store script is read as it is",
            "server.keygen.sh",
            |shop, _| Ok(shop.key_store()?.uploading(shop.key_store()?.der.clone())),
        )
        .uploading("server.cer (DER)")
        .dialling("127.0.0.1")
        .accepted(Strict, Python::File),
        Row::new(
            "The .pem file of ThingsBoard's key store script is refused for the key inside",
            script,
            |shop, _| Ok(shop.key_store()?.uploading(shop.key_store()?.both.clone())),
        )
        .uploading("server.pem (certificate and encrypted key)")
        .file_refused("This file holds a private key", Python::Accepts),
        Row::new("The .pk8.pem file of ThingsBoard's key store script is refused", script, |shop, _| {
            Ok(shop.key_store()?.uploading(shop.key_store()?.bare_key.clone()))
        })
        .uploading("server.pk8.pem (a bare private key)")
        .file_refused("This file holds a private key", Python::File),
        Row::new("The .p12 file of ThingsBoard's key store script is refused", script, |shop, _| {
            Ok(shop.key_store()?.uploading(shop.key_store()?.pkcs12.clone()))
        })
        .uploading("server.p12 (PKCS#12)")
        .file_refused("This is a PKCS#12 store", Python::File),
        Row::new(
            "The .jks file of ThingsBoard's key store script is refused for what it is inside",
            script,
            |shop, _| Ok(shop.key_store()?.uploading(shop.key_store()?.store.clone())),
        )
        .uploading("server.jks (PKCS#12, whatever its name says)")
        .file_refused("This is a PKCS#12 store", Python::File),
        Row::new(
            "A file saved by a Windows editor is read",
            "own CA, leaf with alternative names",
            |_, _| {
                let made = issued(&server("server", LOCAL)?)?;
                let text = String::from_utf8(made.upload.unwrap_or_default())?.replace('\n', "\r\n");
                Ok(Certificates { upload: Some(format!("\u{feff}{text}").into_bytes()), ..made })
            },
        )
        .uploading("its CA, with a byte order mark and CRLF")
        .accepted(Strict, Python::Accepts),
        Row::new(
            "The server's own certificate serves as well as its CA's",
            "own CA, leaf with alternative names",
            |_, _| Ok(authority()?.issue(&server("server", LOCAL)?)?.pinned()),
        )
        .uploading("the leaf")
        .accepted(ExactMatch, Python::Certificate(20)),
        Row::new(
            "Another server's certificate is no authority",
            "own CA, leaf with alternative names",
            |_, _| {
                let other =
                    forge::Authority::new(forge::ca("Web CA")?)?.issue(&server("web.example.com", LOCAL)?)?;
                Ok(authority()?.issue(&server("server", LOCAL)?)?.uploading(&other.pem))
            },
        )
        .uploading("the leaf of a web server by another CA")
        .refused(&["unknown-issuer"], Python::Certificate(20))
        .hinting(|_| vec![Hint::UploadedIsNoAuthority { subject: "CN=web.example.com".to_owned() }]),
        Row::new(
            "Public authorities do not know a private one",
            "own CA, leaf with alternative names",
            |_, _| Ok(Certificates { upload: None, ..issued(&server("server", LOCAL)?)? }),
        )
        .uploading("nothing: public certificate authorities")
        .refused(&["unknown-issuer"], Python::Certificate(20)),
        Row::new(
            "Public authorities do not know a guide's certificate",
            "ThingsBoard's guide for elliptic curves",
            |_, folder| Ok(Certificates { upload: None, ..ecc_recipe(folder, "-subj /CN=localhost")? }),
        )
        .uploading("nothing: public certificate authorities")
        .refused(&["unknown-issuer"], Python::Certificate(18)),
    ]
}
