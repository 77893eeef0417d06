//! Authorities, intermediates and impostors.

use crate::{
    make::{
        Certificates,
        forge::{
            Authority, Change, LOCAL, authority, ca, issued, like_the_guides, pinned, self_signed, server,
        },
        openssl::{self, ca_and_request, ecc_recipe},
    },
    row::{Python, Row},
};
use anyhow::Result;
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use shared::{
    hint::Hint,
    wire::Verification::{ChainByCommonName, Direct, DirectByCommonName, ExactMatch, Strict},
};

/// Root, intermediate and leaf.
fn three() -> Result<(Authority, Authority, crate::make::forge::Made)> {
    let root = authority()?;
    let middle = root.below(ca("Intermediate CA")?)?;
    let leaf = middle.issue(&server("server", LOCAL)?)?;
    Ok((root, middle, leaf))
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = accepted();
    rows.extend(refused());
    rows
}

fn accepted() -> Vec<Row> {
    vec![
        Row::new(
            "A certificate by the uploaded authority is believed by name",
            "own CA, leaf with alternative names",
            |_, _| issued(&server("server", LOCAL)?),
        ),
        Row::new(
            "A certificate by the uploaded authority is believed by IP address",
            "own CA, leaf with alternative names",
            |_, _| issued(&server("server", LOCAL)?),
        )
        .dialling("127.0.0.1"),
        Row::new(
            "A chain over an intermediate authority is believed",
            "root, intermediate, leaf; the server sends leaf and intermediate",
            |_, _| {
                let (root, middle, leaf) = three()?;
                Ok(leaf.chained(&[&middle.pem], &root.pem))
            },
        )
        .uploading("the root"),
        Row::new(
            "A server that also sends its root is believed",
            "root, intermediate, leaf; the server sends all three",
            |_, _| {
                let (root, middle, leaf) = three()?;
                Ok(leaf.chained(&[&middle.pem, &root.pem], &root.pem))
            },
        )
        .uploading("the root"),
        Row::new(
            "A bundle fills in the intermediate that the server forgets",
            "root, intermediate, leaf; the server sends only the leaf",
            |_, _| {
                let (root, middle, leaf) = three()?;
                Ok(leaf.uploading(&format!("{}{}", root.pem, middle.pem)))
            },
        )
        .uploading("root and intermediate in one file"),
        Row::new(
            "One right authority among wrong ones is enough",
            "own CA, leaf with alternative names",
            |_, _| {
                let (right, wrong) = (authority()?, Authority::new(ca("Another CA")?)?);
                let bundle = format!("{}{}", wrong.pem, right.pem);
                Ok(right.issue(&server("server", LOCAL)?)?.uploading(&bundle))
            },
        )
        .uploading("another CA and its CA in one file"),
        Row::new(
            "An intermediate authority is enough, without its root",
            "root, intermediate, leaf; the server sends leaf and intermediate",
            |_, _| {
                let (_, middle, leaf) = three()?;
                Ok(leaf.chained(&[&middle.pem], &middle.pem))
            },
        )
        .uploading("the intermediate")
        .accepted(Strict, Python::Certificate(2)),
        Row::new(
            "A certificate that is no authority is believed about what it signed, when it was uploaded",
            "leaf signed by a self-signed CA:FALSE certificate",
            |_, _| {
                let no_ca = ca("No CA")?.changed(|params| {
                    params.is_ca = IsCa::ExplicitNoCa;
                    params.key_usages.clear();
                });
                let issuer = Authority::new(no_ca)?;
                Ok(issuer.issue(&server("server", LOCAL)?)?.uploading(&issuer.pem))
            },
        )
        .uploading("that certificate")
        .accepted(Strict, Python::Certificate(79)),
        Row::new(
            "A self-signed certificate that says nothing about CA is believed when it was uploaded",
            "self-signed, alternative names, no basic constraints",
            |_, _| pinned(&server("server", LOCAL)?),
        )
        .uploading("the same certificate"),
        Row::new(
            "A self-signed certificate that says CA:FALSE is believed when it was uploaded",
            "self-signed, alternative names, CA:FALSE",
            |_, _| pinned(&server("server", LOCAL)?.changed(|params| params.is_ca = IsCa::ExplicitNoCa)),
        )
        .uploading("the same certificate"),
        Row::new(
            "A self-signed certificate that calls itself an authority is believed when it was uploaded",
            "self-signed, alternative names, CA:TRUE",
            |_, _| pinned(&like_the_guides("server", LOCAL)?),
        )
        .uploading("the same certificate")
        .accepted(ExactMatch, Python::Accepts),
        Row::new(
            "A leaf that calls itself an authority is believed when its CA signed it",
            "own CA, leaf with CA:TRUE and alternative names",
            |_, _| issued(&like_the_guides("server", LOCAL)?),
        )
        .accepted(Direct, Python::Accepts),
        Row::new(
            "A leaf that calls itself an authority and has only a Common Name is believed too",
            "own CA, leaf with CA:TRUE and CN=localhost",
            |_, _| issued(&like_the_guides("localhost", &[])?),
        )
        .accepted(DirectByCommonName, Python::Accepts),
        Row::new(
            "A leaf with only a Common Name is believed over a chain",
            "root, intermediate, leaf with CN=localhost",
            |_, _| {
                let (root, middle, _) = three()?;
                let leaf = middle.issue(&server("localhost", &[])?)?;
                Ok(leaf.chained(&[&middle.pem], &root.pem))
            },
        )
        .uploading("the root")
        .accepted(ChainByCommonName, Python::Accepts),
        Row::new(
            "An authority of X.509 version 1 is an authority",
            "openssl: version 1 CA, version 3 leaf with alternative names",
            |_, folder| {
                ca_and_request(folder, "/CN=server")?;
                openssl::openssl(folder, "req -new -key ca_key.pem -subj /CN=Old-CA -out ca.csr")?;
                openssl::sign_version_1(folder, "ca", openssl::Signer::Itself)?;
                openssl::write_names(folder)?;
                openssl::openssl(
                    folder,
                    "x509 -req -in server.csr -CA ca.pem -CAkey ca_key.pem -CAcreateserial -extfile names.cnf -out server.pem",
                )?;
                openssl::issued(folder)
            },
        ),
        Row::new(
            "A guide's certificate renewed with the same key is believed with the old file",
            "ThingsBoard's guide for elliptic curves, its second command run again",
            |_, folder| {
                let old = ecc_recipe(folder, "-subj /CN=localhost")?;
                openssl::openssl(
                    folder,
                    "req -new -key server_key.pem -x509 -nodes -days 730 -out server.pem -subj /CN=localhost",
                )?;
                let new = openssl::pinned(folder)?;
                Ok(Certificates { upload: old.upload, ..new })
            },
        )
        .uploading("server.pem of the first run")
        .accepted(DirectByCommonName, Python::Certificate(18)),
        Row::new(
            "A self-signed certificate renewed with the same key is believed with the old file",
            "self-signed, alternative names, no basic constraints, made again",
            |_, folder| {
                let recipe = "-subj /CN=localhost -addext subjectAltName=DNS:localhost -config own.cnf";
                std::fs::write(folder.join("own.cnf"), "[req]\ndistinguished_name = name\n[name]\n")?;
                let old = ecc_recipe(folder, recipe)?;
                openssl::openssl(
                    folder,
                    &format!("req -new -key server_key.pem -x509 -nodes -days 730 -out server.pem {recipe}"),
                )?;
                Ok(Certificates { upload: old.upload, ..openssl::pinned(folder)? })
            },
        )
        .uploading("the first certificate")
        .accepted(Strict, Python::Certificate(18)),
        Row::new(
            "A chain in the wrong order is put right",
            "two intermediates, sent upper one first",
            |_, _| {
                let (root, upper, _) = three()?;
                let lower = upper.below(ca("Lower CA")?)?;
                let leaf = lower.issue(&server("server", LOCAL)?)?;
                Ok(leaf.chained(&[&upper.pem, &lower.pem], &root.pem))
            },
        )
        .uploading("the root"),
        Row::new(
            "An authority whose key may not sign certificates is believed when it was uploaded",
            "own CA with key usage digitalSignature, leaf with alternative names",
            |_, _| {
                let authority = Authority::new(ca("Signer")?.changed(|params| {
                    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                }))?;
                Ok(authority.issue(&server("server", LOCAL)?)?.uploading(&authority.pem))
            },
        )
        .accepted(Strict, Python::Certificate(79)),
    ]
}

fn refused() -> Vec<Row> {
    vec![
        Row::new(
            "Another authority is named with both names",
            "own CA, leaf with alternative names",
            |_, _| {
                let other = Authority::new(ca("Another CA")?)?;
                Ok(authority()?.issue(&server("server", LOCAL)?)?.uploading(&other.pem))
            },
        )
        .uploading("another CA")
        .refused(&["unknown-issuer"], Python::Certificate(20)),
        Row::new(
            "An intermediate that nobody sends is missing",
            "root, intermediate, leaf; the server sends only the leaf",
            |_, _| {
                let (root, _, leaf) = three()?;
                Ok(leaf.uploading(&root.pem))
            },
        )
        .uploading("the root")
        .refused(&["unknown-issuer"], Python::Certificate(20)),
        Row::new(
            "An authority of the same name with another key is told apart",
            "own CA, leaf with alternative names",
            |_, _| {
                let other = authority()?;
                Ok(authority()?.issue(&server("server", LOCAL)?)?.uploading(&other.pem))
            },
        )
        .uploading("another CA of the same name")
        .refused(&["signature-mismatch"], Python::Certificate(7)),
        Row::new(
            "A self-signed certificate of the same name with another key is told apart",
            "self-signed, alternative names",
            |_, _| {
                let other = self_signed(&server("server", LOCAL)?)?;
                Ok(self_signed(&server("server", LOCAL)?)?.uploading(&other.pem))
            },
        )
        .uploading("another self-signed certificate of the same name")
        .refused(&["signature-mismatch"], Python::Certificate(18)),
        Row::new(
            "A guide's certificate made anew is not the one in the file",
            "ThingsBoard's guide for elliptic curves, run again",
            |_, folder| {
                let old = ecc_recipe(folder, "-subj /CN=localhost")?;
                let new = ecc_recipe(folder, "-subj /CN=localhost")?;
                Ok(Certificates { upload: old.upload, ..new })
            },
        )
        .uploading("server.pem of the first run")
        .refused(&["not-the-given-certificate"], Python::Certificate(18)),
        Row::new(
            "Another guide's certificate is not the one in the file",
            "self-signed, alternative names, CA:TRUE",
            |_, _| {
                let other = self_signed(&like_the_guides("other", LOCAL)?)?;
                Ok(self_signed(&like_the_guides("server", LOCAL)?)?.uploading(&other.pem))
            },
        )
        .uploading("another such certificate")
        .refused(&["not-the-given-certificate"], Python::Certificate(18)),
        Row::new(
            "A chain over a certificate that is no authority is refused",
            "root, CA:FALSE intermediate, leaf",
            |_, _| {
                let root = authority()?;
                let middle =
                    root.below(server("No CA", &[])?.changed(|params| params.is_ca = IsCa::ExplicitNoCa))?;
                Ok(middle.issue(&server("server", LOCAL)?)?.chained(&[&middle.pem], &root.pem))
            },
        )
        .uploading("the root")
        .refused(&["certificate-unsuitable: issuer-is-no-authority"], Python::Certificate(79)),
        Row::new(
            "A longer chain than the authority allows is refused",
            "root with path length 0, intermediate, leaf",
            |_, _| {
                let root = Authority::new(ca("Short CA")?.changed(|params| {
                    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
                }))?;
                let upper = root.below(ca("Upper CA")?)?;
                let leaf = upper.issue(&server("server", LOCAL)?)?;
                Ok(leaf.chained(&[&upper.pem], &root.pem))
            },
        )
        .uploading("the root")
        .refused(&["certificate-unsuitable: issuer-is-no-authority"], Python::Certificate(25)),
        Row::new(
            "A longer chain than the intermediate allows is refused",
            "root, intermediate with path length 0, another intermediate, leaf",
            |_, _| {
                let root = authority()?;
                let upper = root.below(ca("Short CA")?.changed(|params| {
                    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
                }))?;
                let lower = upper.below(ca("Lower CA")?)?;
                let leaf = lower.issue(&server("server", LOCAL)?)?;
                Ok(leaf.chained(&[&lower.pem, &upper.pem], &root.pem))
            },
        )
        .uploading("the root")
        .refused(&["certificate-unsuitable: other"], Python::Certificate(25)),
        Row::new(
            "An intermediate whose key may not sign certificates is refused",
            "root, CA:TRUE intermediate with key usage digitalSignature, leaf",
            |_, _| {
                let root = authority()?;
                let middle = root.below(ca("Signer")?.changed(|params| {
                    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                }))?;
                Ok(middle.issue(&server("server", LOCAL)?)?.chained(&[&middle.pem], &root.pem))
            },
        )
        .uploading("the root")
        .refused(&["certificate-unsuitable: issuer-is-no-authority"], Python::Certificate(79)),
        Row::new(
            "An intermediate that is for clients only is refused",
            "root, intermediate with extended key usage clientAuth, leaf",
            |_, _| {
                let root = authority()?;
                let middle = root.below(ca("Client CA")?.changed(|params| {
                    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                }))?;
                Ok(middle.issue(&server("server", LOCAL)?)?.chained(&[&middle.pem], &root.pem))
            },
        )
        .uploading("the root")
        .refused(&["certificate-unsuitable: not-for-servers"], Python::Certificate(26)),
        Row::new(
            "A server's certificate in the file speaks for no other server",
            "root, leaf, and another leaf signed with the first one's key",
            |_, _| {
                let first = authority()?.below(server("first server", LOCAL)?)?;
                let second = first.issue(&server("second server", LOCAL)?)?;
                Ok(second.uploading(&first.pem))
            },
        )
        .uploading("the first leaf")
        .refused(&["unknown-issuer"], Python::Certificate(2))
        .hinting(|_| vec![Hint::UploadedIsNoAuthority { subject: "CN=first server".to_owned() }]),
    ]
}
