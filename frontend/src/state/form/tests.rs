use super::*;

const BOTH: [MqttVersion; 2] = [MqttVersion::V3_1_1, MqttVersion::V5];
const PEM: &str = include_str!("../../../../shared/src/trust_file/test-certificate.pem");

fn good() -> Form {
    let mut form = Form::default();
    form.typed(Field::Host, "TB.example".into());
    form.typed(Field::Token, "A1_TEST_TOKEN".into());
    form.take_certificates("ca.pem".into(), TrustFile::read(PEM.as_bytes()), 0);
    form
}

#[test]
fn a_new_form_names_thingsboards_own_host_and_port() {
    let form = Form::default();
    assert_eq!((form.host.as_str(), form.port.as_str()), ("mqtt.thingsboard.cloud", "8883"));
    assert_eq!(form.trust.label(), "Uploaded certificate");
}

#[test]
fn a_good_form_becomes_a_dial_with_nothing_but_certificates() {
    let dial = good().check(&BOTH).unwrap();
    assert_eq!(dial.endpoint.to_string(), "tb.example:8883");
    assert_eq!(dial.mqtt_version, MqttVersion::V5);
    let Trust::UploadedCertificate { pem } = dial.trust else { panic!("{:?}", dial.trust) };
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
}

#[test]
fn every_problem_is_at_its_field_and_the_first_is_named() {
    let mut form = Form::default();
    form.typed(Field::Host, "https://tb.example".into());
    form.typed(Field::Port, "0".into());
    assert_eq!(form.check(&BOTH), Err(Field::Host));
    assert!(form.problem(Field::Host).unwrap().contains("leave that out"));
    assert!(form.problem(Field::Port).unwrap().contains("1 to 65535"));
    assert!(form.problem(Field::Token).unwrap().contains("missing"));
    assert!(form.problem(Field::Certificate).unwrap().contains("Public certificate authorities"));
    assert_eq!(form.host, "https://tb.example");
    form.typed(Field::Host, "tb.example".into());
    assert_eq!(form.problem(Field::Host), None);
    assert_eq!(form.check(&BOTH), Err(Field::Port));
}

#[test]
fn public_authorities_need_no_file() {
    let mut form = Form::default();
    form.typed(Field::Token, "T".into());
    form.choose_trust(TrustChoice::PublicAuthorities);
    assert_eq!(form.check(&BOTH).unwrap().trust, Trust::PublicAuthorities);
}

#[test]
fn giving_a_certificate_chooses_to_trust_it() {
    let mut form = Form::default();
    form.choose_trust(TrustChoice::PublicAuthorities);
    form.take_certificates("ca.pem".into(), TrustFile::read(PEM.as_bytes()), 0);
    assert_eq!(form.trust, TrustChoice::UploadedCertificate);
}

#[test]
fn a_refused_file_replaces_nothing_and_says_so() {
    let mut form = good();
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    form.typed(Field::Pasted, key.into());
    form.take_certificates("key.pem".into(), TrustFile::read(key.as_bytes()), 0);
    let sentence = form.problem(Field::Certificate).unwrap();
    assert!(sentence.contains("private key"), "{sentence}");
    assert!(sentence.contains("It did not leave your browser."), "{sentence}");
    assert!(sentence.ends_with("The certificate given before stays in use."), "{sentence}");
    assert_eq!(form.pasted.expose(), key, "this was another file");
    assert!(matches!(&form.certificates, Certificates::Given(given) if given.source == "ca.pem"));
}

#[test]
fn the_version_is_the_newest_offered_until_chosen() {
    let mut form = Form::default();
    assert_eq!(form.version(&BOTH), MqttVersion::V5);
    assert_eq!(form.version(&[MqttVersion::V3_1_1]), MqttVersion::V3_1_1);
    form.choose_version(MqttVersion::V3_1_1);
    assert_eq!(form.version(&BOTH), MqttVersion::V3_1_1);
}

#[test]
fn secrets_do_not_print() {
    let mut form = good();
    form.typed(Field::Pasted, "s3cret".into());
    let debug = format!("{form:?}");
    assert!(!debug.contains("A1_TEST_TOKEN") && !debug.contains("s3cret"), "{debug}");
}
