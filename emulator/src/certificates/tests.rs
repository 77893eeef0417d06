use super::*;
use std::{fs, path::PathBuf};

/// A directory of its own, removed with the test.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        let name = format!("device-console-emulator-{}", random::alphanumeric(12).unwrap());
        Self(std::env::temp_dir().join(name))
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn names(texts: &[&str]) -> Vec<ServerName<'static>> {
    texts.iter().map(|text| ServerName::try_from((*text).to_owned()).unwrap()).collect()
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn summary(pem: &str) -> shared::certificate::CertificateSummary {
    shared::certificate::CertificateSummary::from_der(&der(pem)).unwrap()
}

#[test]
fn the_server_certificate_is_what_clients_expect() {
    let ca = make_ca(SystemTime::now()).unwrap();
    let all = names(&["localhost", "127.0.0.1", "::1", "tb.example"]);
    let server = make_server(&ca, &all, SystemTime::now()).unwrap();
    let (ca, leaf) = (summary(&ca.certificate), summary(&server.certificate));
    assert!(ca.is_authority && !leaf.is_authority);
    assert!(ca.subject.contains("Device Console emulator CA "), "{}", ca.subject);
    assert_eq!(leaf.issuer, ca.subject);
    assert_eq!(leaf.names, ["localhost", "127.0.0.1", "::1", "tb.example"]);
    let days = |seconds: i64| seconds / (24 * 60 * 60);
    assert!(days(leaf.not_after - leaf.not_before) <= 398);
    assert_eq!(days(ca.not_after - ca.not_before), 3651);
}

#[test]
fn each_ca_has_its_own_name() {
    let make = || summary(&make_ca(SystemTime::now()).unwrap().certificate).subject;
    assert_ne!(make(), make());
}

#[test]
fn without_a_state_directory_everything_is_new() {
    let (_, first) = obtain(None, &names(&["localhost"])).unwrap();
    let (_, second) = obtain(None, &names(&["localhost"])).unwrap();
    assert_ne!(first, second);
}

#[test]
fn a_state_directory_is_used_again() {
    let dir = Dir::new();
    let (_, ca) = obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    let server = dir.read("server.pem");
    assert_eq!(dir.read("ca.pem"), ca);
    let (_, again) = obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    assert_eq!((again, dir.read("server.pem")), (ca, server));
}

#[test]
fn a_new_name_makes_a_new_server_certificate_under_the_same_ca() {
    let dir = Dir::new();
    let (_, ca) = obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    let (_, again) = obtain(Some(&dir.0), &names(&["localhost", "tb.example"])).unwrap();
    assert_eq!(again, ca);
    assert_eq!(summary(&dir.read("server.pem")).names, ["localhost", "tb.example"]);
    let server = dir.read("server.pem");
    obtain(Some(&dir.0), &names(&["tb.example"])).unwrap();
    assert_eq!(dir.read("server.pem"), server, "fewer names need no new certificate");
}

#[test]
fn a_server_certificate_about_to_expire_is_made_again() {
    let dir = Dir::new();
    let (_, ca_pem) = obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    let files = Files::open(&dir.0).unwrap();
    let ca = files.read_ca().unwrap().unwrap();
    let old = make_server(&ca, &names(&["localhost"]), SystemTime::now() - DAY * 370).unwrap();
    files.write_server(&old).unwrap();
    let (_, again) = obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    assert_eq!(again, ca_pem);
    assert_ne!(dir.read("server.pem"), old.certificate);
}

#[test]
fn a_ca_that_does_not_last_or_is_damaged_is_made_again() {
    let dir = Dir::new();
    let files = Files::open(&dir.0).unwrap();
    let old = make_ca(SystemTime::now() - DAY * 3600).unwrap();
    let other = make_ca(SystemTime::now()).unwrap();
    let mixed = Pair { certificate: old.certificate.clone(), key: other.key.clone() };
    let damaged = Pair { certificate: "no certificate".to_owned(), key: other.key.clone() };
    for stored in [old, mixed, damaged] {
        files.write_ca(&stored).unwrap();
        let (_, ca) = obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
        assert_ne!(ca, stored.certificate);
    }
}

#[test]
fn a_certificate_without_its_key_is_a_question_for_the_owner() {
    let dir = Dir::new();
    obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    fs::remove_file(dir.0.join("ca-key.pem")).unwrap();
    let error = obtain(Some(&dir.0), &names(&["localhost"])).unwrap_err().to_string();
    assert!(error.contains("lacks ca-key.pem"), "{error}");
}

#[test]
fn an_unusable_directory_is_named() {
    let dir = Dir::new();
    fs::write(&dir.0, "a file").unwrap();
    let error = obtain(Some(&dir.0), &names(&["localhost"])).unwrap_err().to_string();
    fs::remove_file(&dir.0).unwrap();
    assert!(error.contains(&dir.0.display().to_string()), "{error}");
    assert!(error.contains("another state directory"), "{error}");
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new();
    obtain(Some(&dir.0), &names(&["localhost"])).unwrap();
    for key in ["ca-key.pem", "server-key.pem"] {
        let mode = fs::metadata(dir.0.join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
}
