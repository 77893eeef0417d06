//! Programs as text: what stands in them and what never does. That they run is shown where the real programs are, in
//! `tests/peers`.

mod quoting;

use super::{Language, Login, MAX_BYTES, MAX_PUBLISHES, Publish, Secret, Session};
use shared::{
    payload::Payload,
    wire::{MqttVersion, QoS},
};

fn session(publishes: &[(&str, &[u8])]) -> Session {
    let publish = |(topic, payload): &(&str, &[u8])| Publish {
        topic: (*topic).to_owned(),
        qos: QoS::AtLeastOnce,
        payload: Payload::from_bytes(payload),
    };
    Session {
        host: "iot.example.org".into(),
        port: 8883,
        version: MqttVersion::V5,
        client_id: String::new(),
        keep_alive_s: 60,
        has_ca_file: true,
        login: Login { user_name: Some(Secret::Masked("TB_TOKEN")), password: None, is_token: true },
        subscriptions: vec![
            ("v1/devices/me/attributes".into(), QoS::AtLeastOnce),
            ("v1/devices/me/rpc/request/+".into(), QoS::AtMostOnce),
            ("my/own/#".into(), QoS::AtMostOnce),
        ],
        publishes: publishes.iter().map(publish).collect(),
        left_out: 0,
        is_older_lost: false,
    }
}

const TELEMETRY: (&str, &[u8]) = ("v1/devices/me/telemetry", br#"{"temperature":42}"#);

fn told(text: &str) -> Option<Secret> {
    Some(Secret::Told(text.to_owned().into()))
}

#[test]
fn each_program_names_server_topic_payload_and_the_file() {
    let session = session(&[TELEMETRY]);
    for language in Language::ALL {
        let program = language.program(&session);
        for wanted in ["iot.example.org", "telemetry", "temperature", "ca.pem", "Left out"] {
            let except = wanted == "Left out" && !matches!(language, Language::ThingsBoard | Language::Curl);
            assert!(program.contains(wanted) || except, "{language:?} lacks {wanted}:\n{program}");
        }
        assert!(program.ends_with('\n') && !program.ends_with("\n\n"));
        assert_eq!(Language::from_key(language.key()), language);
    }
}

#[test]
fn the_token_is_read_from_the_environment_unless_it_was_asked_for() {
    let mut session = session(&[TELEMETRY]);
    for language in Language::ALL {
        let program = language.program(&session);
        let name = if language == Language::Arduino { "YOUR_ACCESS_TOKEN" } else { "TB_TOKEN" };
        assert!(program.contains(name), "{language:?}:\n{program}");
    }
    session.login.user_name = told("A1b2\"C3'd$4");
    for language in Language::ALL {
        let program = language.program(&session);
        assert!(program.contains("A1b2") && !program.contains("TB_TOKEN"), "{language:?}:\n{program}");
    }
    assert!(!format!("{session:?}").contains("A1b2"));
}

#[test]
fn user_name_and_password_are_masked_alike() {
    let login = Login {
        user_name: Some(Secret::Masked("TB_USER_NAME")),
        password: Some(Secret::Masked("TB_PASSWORD")),
        is_token: false,
    };
    let session = Session { login, client_id: "pump 7".into(), ..session(&[TELEMETRY]) };
    for language in Language::ALL {
        let program = language.program(&session);
        if language == Language::Curl {
            assert!(program.contains("knows devices by their access token only"), "{program}");
            assert!(!program.contains("curl "), "{program}");
        } else {
            for wanted in ["TB_USER_NAME", "TB_PASSWORD", "pump 7"] {
                assert!(program.contains(wanted), "{language:?}: {wanted}\n{program}");
            }
        }
    }
}

#[test]
fn with_public_authorities_there_is_no_file() {
    let session = Session { has_ca_file: false, ..session(&[TELEMETRY]) };
    for language in Language::ALL {
        let program = language.program(&session);
        assert!(!program.contains("ca.pem"), "{language:?}:\n{program}");
    }
}

#[test]
fn http_has_its_own_paths_and_says_what_it_has_not() {
    let session = session(&[
        TELEMETRY,
        ("v1/devices/me/attributes", b"@home"),
        ("v1/devices/me/attributes/request/3", br#"{"clientKeys":"a b,c&d","sharedKeys":"e"}"#),
        ("v1/devices/me/rpc/response/7", b"{}"),
        ("v1/devices/me/rpc/request/9", br#"{"method":"m","params":{}}"#),
        ("v2/t/p", &[1, 2, 3]),
        ("v1/gateway/telemetry", b"{}"),
        ("my/topic", b"{}"),
    ]);
    let program = Language::Curl.program(&session);
    for wanted in [
        "-X POST \"$DEVICE\"/'telemetry' -H 'Content-Type: application/json' --data-binary '{\"temperature\":42}'",
        "printf -- '@home' | curl --cacert ca.pem -fsS -X POST \"$DEVICE\"/'attributes'",
        "\"$DEVICE\"/'attributes?clientKeys=a%20b,c%26d&sharedKeys=e'",
        "-X POST \"$DEVICE\"/'rpc/7'",
        "-X POST \"$DEVICE\"/'rpc' ",
        "# Left out: a publish to v2/t/p, for it is Protobuf",
        "# Left out: a publish to v1/gateway/telemetry, for HTTP has nothing for gateways.",
        "# Left out: a publish to my/topic, for it is no topic of ThingsBoard's device API.",
        "\"$DEVICE\"/'attributes/updates?timeout=20000'",
        "\"$DEVICE\"/'rpc?timeout=20000'",
        "# Left out: the filter my/own/#, for HTTP has nothing for it.",
    ] {
        assert!(program.contains(wanted), "{wanted}\n{program}");
    }
    let cloud = Session { host: "mqtt.eu.thingsboard.cloud".into(), ..session };
    assert!(Language::Curl.program(&cloud).contains("'https://eu.thingsboard.cloud'"));
}

#[test]
fn thingsboards_library_is_called_by_its_names() {
    let session = session(&[
        TELEMETRY,
        ("v1/devices/me/attributes", br#"{"a":1}"#),
        ("v1/devices/me/attributes/request/3", br#"{"clientKeys":"a,b"}"#),
        ("v1/devices/me/rpc/request/9", br#"{"method":"m","params":{"x":1}}"#),
        ("v1/devices/me/rpc/response/7", br#"{"ok":true}"#),
        ("v1/devices/me/claim", br#"{"secretKey":"s","durationMs":5}"#),
        ("v1/devices/me/telemetry", b"{temperature:25}"),
        ("my/topic", b"{}"),
    ]);
    let program = Language::ThingsBoard.program(&session);
    for wanted in [
        r#"client.send_telemetry(json.loads("{\"temperature\":42}"), quality_of_service=1).get()"#,
        "client.send_attributes(",
        r#"client.request_attributes("a,b".split(","), None, callback=told)"#,
        r#"client.send_rpc_call(json.loads("\"m\""), json.loads("{\"x\":1}"), told)"#,
        r#"client.send_rpc_reply("7", "#,
        r#"client.claim(json.loads("\"s\""), 5).get()"#,
        "# Left out: a publish to v1/devices/me/telemetry, for its payload is no JSON",
        "# Left out: a publish to my/topic, for the library has no call for this topic.",
        "client.subscribe_to_all_attributes(told)",
        "client.set_server_side_rpc_request_handler(told)",
    ] {
        assert!(program.contains(wanted), "{wanted}\n{program}");
    }
}

#[test]
fn a_long_session_is_cut_at_the_old_end_and_says_so() {
    let payload = vec![b'x'; 100];
    let topics: Vec<String> = (0..=MAX_PUBLISHES).map(|number| format!("t/{number}")).collect();
    let publishes: Vec<(&str, &[u8])> =
        topics.iter().map(|topic| (topic.as_str(), payload.as_slice())).collect();
    let mut many = session(&publishes);
    many.bound();
    assert_eq!((many.publishes.len(), many.left_out), (MAX_PUBLISHES, 1));
    assert_eq!(many.publishes[0].topic, "t/1");
    assert!(Language::Paho.program(&many).contains("Cut: 1 earlier publish is left out"));

    let large = vec![b'x'; MAX_BYTES / 2];
    let mut heavy = session(&[("a", large.as_slice()), ("b", large.as_slice()), ("c", b"1")]);
    heavy.bound();
    assert_eq!((heavy.publishes.len(), heavy.left_out), (2, 1));

    let lost = Session { is_older_lost: true, ..session(&[TELEMETRY]) };
    assert!(Language::Rust.program(&lost).contains("no longer holds its oldest entries"));
}

/// A program is read before it is run: nothing in it may hide.
#[test]
fn no_program_holds_a_character_that_cannot_be_seen() {
    let odd = "a\u{202e}b\u{0}c\u{7f}d\u{200b}\n\t\r".as_bytes();
    let mut session = session(&[("to\u{202e}pic", odd), ("x\u{2066}", &[0xff, 0x00, b'"', b'$', b'`'])]);
    session.host = "ho\u{202e}st".into();
    session.client_id = "id\u{200f}\u{1b}".into();
    session.subscriptions.push(("f\u{202e}/#".into(), QoS::AtMostOnce));
    session.login.user_name = told("t\u{202e}\u{7}k");
    session.login.password = told("p\u{202e}\u{7}k");
    for is_token in [true, false] {
        session.login.is_token = is_token;
        for language in Language::ALL {
            let program = language.program(&session);
            let hidden = program
                .chars()
                .find(|letter| *letter != '\n' && *letter != '\t' && crate::text::is_marked(*letter));
            assert_eq!(hidden, None, "{language:?}:\n{program}");
        }
    }
}
