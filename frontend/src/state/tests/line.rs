//! A line that ThingsBoard shows, pasted into its box or into the field Host.

use super::*;
use crate::state::form::CredentialsKind;

const LINE: &str = r#"mosquitto_pub -d -q 1 --cafile ca-root.pem -h "iot.example.org" -p 8883 -t "v1/devices/me/attributes" -u "A1b2C3d4" -m "{on:true}""#;

fn paste(page: &mut Page, field: Field, text: &str) {
    page.act(Action::Form(FormAction::Typed(field, text.into())));
}

fn filled(page: &Page) {
    let State { form, publish, .. } = &page.state;
    assert_eq!((form.host.as_str(), form.port.as_str()), ("iot.example.org", "8883"));
    assert_eq!(form.token.expose(), "A1b2C3d4");
    assert_eq!(form.trust, TrustChoice::UploadedCertificate);
    let bar = (publish.topic.as_str(), publish.qos, publish.payload.as_str());
    assert_eq!(bar, ("v1/devices/me/attributes", QoS::AtLeastOnce, "{on:true}"));
    let notice = form.notice.as_deref().unwrap();
    assert!(
        notice.starts_with("Filled from the mosquitto_pub line: Host, Port, Access token, Trust"),
        "{notice}"
    );
    assert!(notice.ends_with("drop the file ca-root.pem on CA certificate."), "{notice}");
    assert!(!notice.contains("A1b2C3d4"));
}

#[test]
fn a_line_in_its_box_fills_the_form_and_is_gone() {
    let mut page = Page::new();
    page.act(Action::Form(FormAction::ToggleLine));
    assert_eq!(page.effects, [Effect::Focus("connection-line")]);
    paste(&mut page, Field::Line, LINE);
    filled(&page);
    assert!(!page.state.form.line_open && page.state.form.line.expose().is_empty());
    assert_eq!(page.effects, [Effect::Focus("connection-certificate")], "the file is what is missing");
    assert!(page.sent.is_empty(), "nothing connects by itself");
}

#[test]
fn a_line_in_the_field_host_is_known_for_what_it_is() {
    let mut page = Page::new();
    paste(&mut page, Field::Host, LINE);
    filled(&page);
    paste(&mut page, Field::Host, "mosquitto_pub");
    assert_eq!(page.state.form.host, "mosquitto_pub", "a word is a host, however odd");
}

#[test]
fn a_line_that_cannot_be_read_stays_in_the_box_with_the_reason() {
    let mut page = Page::new();
    let before = page.state.form.host.clone();
    let line = "mosquitto_pub -h iot.example.org -q 2 -u A1b2C3d4 -t a -m 1";
    paste(&mut page, Field::Host, line);
    let form = &page.state.form;
    assert_eq!(form.host, before);
    assert!(form.line_open);
    assert_eq!(form.line.expose(), line);
    assert!(form.problem(Field::Line).unwrap().contains("QoS (-q) is not 0 or 1"));
    assert_eq!(page.effects, [Effect::Focus("connection-line")]);
    assert!(!page.state.announcement.text.contains("A1b2C3d4"));
    assert!(!format!("{:?}", page.state.form).contains("A1b2C3d4"));
    let corrected = line.replace("-q 2", "-q 1");
    paste(&mut page, Field::Line, &corrected);
    assert_eq!(page.state.form.problem(Field::Line), None);
    assert_eq!(page.state.form.line.expose(), corrected, "a letter was typed: nothing is read yet");
    page.act(Action::Form(FormAction::ReadLine));
    assert_eq!(page.state.form.host, "iot.example.org");
    assert!(!page.state.form.line_open);
}

#[test]
fn mqtt_basic_turns_to_user_name_and_password() {
    let mut page = Page::new();
    paste(&mut page, Field::Line, "mosquitto_pub -h h.example -p 8883 -i pump -u user -P pass -t a -m 1");
    let form = &page.state.form;
    assert_eq!(form.advanced.kind, CredentialsKind::Basic);
    let advanced = &form.advanced;
    let login = (advanced.client_id.as_str(), advanced.user_name.expose(), advanced.password.expose());
    assert_eq!(login, ("pump", "user", "pass"));
    paste(&mut page, Field::Line, LINE);
    assert_eq!(page.state.form.advanced.kind, CredentialsKind::AccessToken);
}

#[test]
fn a_plain_line_gives_the_port_for_tls_and_leaves_trust_alone() {
    let mut page = Page::new();
    paste(&mut page, Field::Line, "mosquitto_pub -h h.example -p 1883 -t a -u tok -m 1");
    let form = &page.state.form;
    assert_eq!((form.port.as_str(), form.trust), ("8883", TrustChoice::PublicAuthorities));
    assert!(form.notice.as_deref().unwrap().contains("Port 1883 in the line is MQTT without TLS"));
    assert_eq!(page.effects, [Effect::Focus("connection-host")]);
}

#[test]
fn a_line_that_is_typed_is_not_read_before_its_end() {
    let mut page = Page::new();
    page.act(Action::Form(FormAction::ToggleLine));
    page.act(Action::Form(FormAction::ReadLine));
    assert!(page.state.form.problem(Field::Line).unwrap().starts_with("There is no line yet: "));
    let line = "mosquitto_pub -h h.example -p 8883 -u tok -t a -m 1";
    for end in 1..=line.len() {
        paste(&mut page, Field::Line, &line[..end]);
        assert_eq!(page.state.form.line.expose(), &line[..end]);
    }
    page.act(Action::Form(FormAction::ReadLine));
    assert_eq!(page.state.form.host, "h.example");
    for end in 1..=line.len() {
        paste(&mut page, Field::Host, &line[..end]);
    }
    assert_eq!(page.state.form.host, line, "what is typed where a host belongs is a host");
}
