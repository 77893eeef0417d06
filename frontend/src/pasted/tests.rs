//! Every form of the line, and texts that are none.

use super::{Login, Pasted, Refused, Tool, Trust, is_line, read};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use shared::wire::{MqttVersion, QoS};

const TELEMETRY: &str = "v1/devices/me/telemetry";

fn token(text: &str) -> Login {
    Login::Token(text.to_owned())
}

fn basic(client_id: &str, user_name: &str, password: &str) -> Login {
    Login::Basic { client_id: client_id.into(), user_name: user_name.into(), password: password.into() }
}

#[track_caller]
fn reads(line: &str) -> Pasted {
    match read(line) {
        Ok(pasted) => pasted,
        Err(refused) => panic!("{line}: {}", refused.sentence()),
    }
}

/// Reads as the mosquitto_pub line for TLS that is shown first in Check connectivity.
#[track_caller]
fn reads_as_shown(line: &str) -> Pasted {
    let pasted = reads(line);
    let got = (pasted.host.as_str(), pasted.port, &pasted.login, pasted.topic.as_deref(), pasted.qos);
    assert_eq!(
        got,
        ("iot.example.org", 8883, &token("A1b2C3d4"), Some(TELEMETRY), Some(QoS::AtLeastOnce)),
        "{line}"
    );
    assert_eq!(pasted.payload.as_deref(), Some("{temperature:25}"), "{line}");
    pasted
}

#[test]
fn the_line_for_tls_fills_everything_and_names_the_file_to_drop() {
    let line = r#"mosquitto_pub -d -q 1 --cafile tb-server-chain.pem -h "iot.example.org" -p 8883 -t "v1/devices/me/telemetry" -u "A1b2C3d4" -m "{temperature:25}""#;
    let pasted = reads_as_shown(line);
    assert_eq!(pasted.trust, Some(Trust::File("tb-server-chain.pem".into())));
    assert_eq!(pasted.remarks, ["Now drop the file tb-server-chain.pem on CA certificate."]);
}

#[test]
fn the_same_line_is_read_in_every_spelling() {
    let spellings = [
        // Without quotes, in single quotes, with names in full, with `=`.
        "mosquitto_pub -d -q 1 --cafile ca-root.pem -h iot.example.org -p 8883 -t v1/devices/me/telemetry -u A1b2C3d4 -m {temperature:25}",
        "mosquitto_pub -q 1 --cafile './certs/ca root.pem' -h 'iot.example.org' -t 'v1/devices/me/telemetry' -u 'A1b2C3d4' -m '{temperature:25}'",
        "mosquitto_pub --qos 1 --cafile=ca-root.pem --host=iot.example.org --topic v1/devices/me/telemetry --username A1b2C3d4 --message {temperature:25}",
        // Over several lines, for each shell, and as a box of one line gives it.
        "mosquitto_pub -d -q 1 \\\n  --cafile ca-root.pem -h iot.example.org \\\r\n -t v1/devices/me/telemetry -u A1b2C3d4 -m \"{temperature:25}\"",
        "mosquitto_pub.exe -d -q 1 ^\r\n --cafile C:\\certs\\ca-root.pem -h iot.example.org ^\r\n -t v1/devices/me/telemetry -u A1b2C3d4 -m \"{temperature:25}\"",
        "mosquitto_pub -d -q 1 \\  --cafile ca-root.pem -h iot.example.org \\ -t v1/devices/me/telemetry -u A1b2C3d4 -m \"{temperature:25}\"",
        // With what stands before and after it.
        "$ sudo mosquitto_pub -q 1 --cafile ca-root.pem -h iot.example.org -t v1/devices/me/telemetry -u A1b2C3d4 -m {temperature:25}\n",
        r#""C:\Program Files\mosquitto\mosquitto_pub.exe" -q 1 --cafile "C:\my certs\ca-root.pem" -h iot.example.org -t v1/devices/me/telemetry -u A1b2C3d4 -m "{temperature:25}""#,
        // With variables that the text itself sets.
        "export TOKEN=A1b2C3d4; mosquitto_pub -q 1 --cafile c.pem -h iot.example.org -t v1/devices/me/telemetry -u \"$TOKEN\" -m {temperature:25}",
        "TOKEN=A1b2C3d4\nmosquitto_pub -q 1 --cafile c.pem -h iot.example.org -t v1/devices/me/telemetry -u ${TOKEN} -m {temperature:25}",
        "set TOKEN=A1b2C3d4\r\nmosquitto_pub -q 1 --cafile c.pem -h iot.example.org -t v1/devices/me/telemetry -u \"%TOKEN%\" -m \"{temperature:25}\"",
        "set TOKEN=A1b2C3d4 && mosquitto_pub -q 1 --cafile c.pem -h iot.example.org -t v1/devices/me/telemetry -u %TOKEN% -m \"{temperature:25}\"",
        "$env:TOKEN = \"A1b2C3d4\"\nmosquitto_pub -q 1 --cafile c.pem -h iot.example.org -t v1/devices/me/telemetry -u $env:TOKEN -m \"{temperature:25}\"",
        // The server's address as one.
        "mosquitto_pub -q 1 --cafile c.pem -L mqtts://A1b2C3d4@iot.example.org:8883/v1/devices/me/telemetry -m {temperature:25}",
    ];
    for line in spellings {
        let pasted = reads_as_shown(line);
        assert!(matches!(pasted.trust, Some(Trust::File(_))), "{line}");
    }
}

#[test]
fn dockers_lines_are_read_with_the_script_inside() {
    let shown = [
        "docker run --rm -it thingsboard/mosquitto-clients mosquitto_pub -d -q 1 --cafile ca-root.pem -h iot.example.org -p 8883 -t v1/devices/me/telemetry -u \"A1b2C3d4\" -m \"{temperature:25}\"",
        // Quotes within quotes, which the shell takes off.
        r#"docker run --rm -it thingsboard/mosquitto-clients /bin/sh -c "curl -f -S -o tb-server-chain.pem https://iot.example.org/api/device-connectivity/mqtts/certificate/download && mosquitto_pub -d -q 1 --cafile tb-server-chain.pem -h iot.example.org -p 8883 -t "v1/devices/me/telemetry" -u "A1b2C3d4" -m "{temperature:25}"""#,
        r#"docker run --rm -it --add-host=host.docker.internal:host-gateway thingsboard/mosquitto-clients pub -c "curl -o a.pem http://localhost:8080/api/device-connectivity/mqtts/certificate/download && mosquitto_pub -q 1 --cafile a.pem -h iot.example.org -t v1/devices/me/telemetry -u A1b2C3d4 -m {temperature:25}""#,
        "curl -f -S -o ca-root.pem https://iot.example.org/api/device-connectivity/mqtts/certificate/download\nmosquitto_pub -d -q 1 --cafile ca-root.pem -h iot.example.org -t v1/devices/me/telemetry -u A1b2C3d4 -m {temperature:25}",
    ];
    for line in shown {
        assert_eq!(reads_as_shown(line).remarks.len(), 1, "{line}");
    }
    let pasted = reads(
        "docker run --rm -it --add-host=host.docker.internal:host-gateway thingsboard/mosquitto-clients pub -h host.docker.internal -p 8883 --cafile c.pem -t a -u tok -m 1",
    );
    assert_eq!(pasted.host, "localhost");
    assert!(pasted.remarks[0].starts_with("host.docker.internal is known within Docker only"));
}

#[test]
fn a_line_without_tls_gives_the_port_for_tls_and_says_why() {
    let pasted = reads(
        "mosquitto_pub -d -q 1 -h iot.example.org -p 1883 -t v1/devices/me/telemetry -u \"A1b2C3d4\" -m \"{temperature:25}\"",
    );
    assert_eq!((pasted.port, pasted.trust), (8883, None));
    assert_eq!(
        pasted.remarks,
        [
            "Port 1883 in the line is MQTT without TLS, and this console speaks MQTT over TLS only, for which ThingsBoard's port is 8883."
        ]
    );
    assert_eq!(reads("mosquitto_pub -h h.example -p 18830 -t a -u tok -m 1").port, 8883);
    assert_eq!(reads("mosquitto_pub -h h.example -p 18830 --cafile c -t a -u tok -m 1").port, 18830);
    assert_eq!(reads("mosquitto_pub -h h.example -p 8883 -t a -u tok -m 1").remarks, Vec::<String>::new());
}

#[test]
fn mqtt_basic_comes_in_any_of_its_parts() {
    let of =
        |options: &str| reads(&format!("mosquitto_pub -q 1 -h h.example -p 8883 {options} -m 1 -t a")).login;
    assert_eq!(of(r#"-i "pump" -u "user" -P "pass word""#), basic("pump", "user", "pass word"));
    assert_eq!(of("-u user -P pass"), basic("", "user", "pass"));
    assert_eq!(of("-i pump -u user"), basic("pump", "user", ""));
    assert_eq!(of("-i pump"), basic("pump", "", ""));
    assert_eq!(of("-u user"), token("user"));
}

#[test]
fn quotes_and_escapes_of_each_shell_are_taken_off() {
    let payload = |line: &str| reads(line).payload.unwrap();
    let wanted = r#"{"name":"it's $5"}"#;
    assert_eq!(payload(r#"mosquitto_pub -h h -u tok -t a -m "{\"name\":\"it's \$5\"}""#), wanted);
    assert_eq!(payload(r#"mosquitto_pub -h h -u tok -t a -m '{"name":"it'\''s $5"}'"#), wanted);
    assert_eq!(payload(r#"mosquitto_pub.exe -h h -u tok -t a -m "{\"name\":\"it's $5\"}""#), wanted);
    assert_eq!(payload(r#"mosquitto_pub.exe -h h -u tok -t a -m "{""name"":""it's $5""}""#), wanted);
    assert_eq!(payload(r#"mosquitto_pub.exe -h h -u tok -t a -m "C:\dir\file""#), r"C:\dir\file");
    assert_eq!(payload(r"mosquitto_pub -h h -u tok -t a -m \{a:1\}"), "{a:1}");
    assert_eq!(payload("mosquitto_pub -h h -u tok -t a -n"), "");
    assert_eq!(payload("mosquitto_pub -h h -u tok -t a -m \"\""), "");
    assert_eq!(payload("mosquitto_pub.exe -h h -u tok -t a -m \"\" -d"), "");
    assert_eq!(payload("mosquitto_pub -h h -u tok -t a -m 'two\nlines'"), "two\nlines");
}

#[test]
fn http_lines_give_the_topic_of_their_path() {
    let shown = [
        r#"curl -v -X POST http://iot.example.org:8080/api/v1/A1b2C3d4/telemetry --header Content-Type:application/json --data "{temperature:25}""#,
        r#"curl -v -X POST https://iot.example.org/api/v1/A1b2C3d4/telemetry --header Content-Type:application/json --data "{temperature:25}""#,
        r#"docker run --rm -it --add-host=host.docker.internal:host-gateway curlimages/curl -v -X POST http://iot.example.org:8080/api/v1/A1b2C3d4/telemetry --header Content-Type:application/json --data "{temperature:25}""#,
        r#"curl.exe -XPOST -sSd "{temperature:25}" -H "Content-Type: application/json" "iot.example.org/api/v1/A1b2C3d4/telemetry""#,
    ];
    for line in shown {
        let pasted = reads_as_shown(line);
        assert_eq!((pasted.tool, pasted.remarks.len()), (Tool::Curl, 1), "{line}");
        assert!(pasted.remarks[0].starts_with("The line is HTTP, and this console"), "{:?}", pasted.remarks);
    }
    let of = |path: &str| {
        let pasted = reads(&format!("curl -X POST 'http://h.example/api/v1/tok/{path}' -d '{{}}'"));
        pasted.topic.unwrap_or_default()
    };
    assert_eq!(of("attributes"), "v1/devices/me/attributes");
    assert_eq!(of("rpc"), "v1/devices/me/rpc/request/1");
    assert_eq!(of("rpc/7"), "v1/devices/me/rpc/response/7");
    assert_eq!(of("claim"), "v1/devices/me/claim");
    assert_eq!(of("firmware"), "");
    let asked = reads("curl 'http://h.example/api/v1/tok/attributes?clientKeys=a%2Cb&sharedKeys=c'");
    assert_eq!(asked.topic.as_deref(), Some("v1/devices/me/attributes/request/1"));
    assert_eq!(asked.payload.as_deref(), Some(r#"{"clientKeys":"a,b","sharedKeys":"c"}"#));
}

#[test]
fn coap_lines_give_the_topic_of_their_path() {
    let shown = [
        r#"coap-client -v 6 -m POST -t "application/json" -e "{temperature:25}" coap://iot.example.org:5683/api/v1/A1b2C3d4/telemetry"#,
        r#"coap-client-openssl -v 9 -m POST -e "{temperature:25}" coaps://iot.example.org:5684/api/v1/A1b2C3d4/telemetry"#,
        r#"docker run --rm -it thingsboard/coap-clients coap-client -v 6 -m POST -t "application/json" -e "{temperature:25}" coap://iot.example.org/api/v1/A1b2C3d4/telemetry"#,
    ];
    for line in shown {
        let pasted = reads_as_shown(line);
        assert_eq!((pasted.tool, pasted.remarks.len()), (Tool::CoapClient, 1), "{line}");
        assert!(pasted.remarks[0].starts_with("The line is CoAP, and this console"), "{:?}", pasted.remarks);
    }
}

#[test]
fn thingsboards_cloud_has_its_own_hosts_and_public_authorities() {
    let cloud = |line: &str| {
        let pasted = reads(line);
        assert_eq!(pasted.trust, Some(Trust::PublicAuthorities), "{line}");
        pasted.host
    };
    assert_eq!(
        cloud("curl -X POST https://thingsboard.cloud/api/v1/tok/telemetry -d 1"),
        "mqtt.thingsboard.cloud"
    );
    assert_eq!(
        cloud("coap-client -m POST -e 1 coap://coap.eu.thingsboard.cloud/api/v1/tok/telemetry"),
        "mqtt.eu.thingsboard.cloud"
    );
    assert_eq!(
        cloud("mosquitto_pub -h mqtt.thingsboard.cloud -p 1883 -t a -u tok -m 1"),
        "mqtt.thingsboard.cloud"
    );
    assert_eq!(cloud("mosquitto_pub --tls-use-os-certs -h h.example -t a -u tok -m 1"), "h.example");
    assert_eq!(reads("mosquitto_pub -h notthingsboard.cloud -t a -u tok -m 1").trust, None);
}

#[test]
fn what_cannot_be_carried_over_is_said_by_name() {
    let line = "mosquitto_pub -h h.example --cafile c.pem --cert device.pem --key device.key --insecure -r \
                --will-topic t -f data.json --frobnicate=s3cret -zs3cret -t a -u tok s3cret";
    let pasted = reads(line);
    let all = pasted.remarks.join("\n");
    for wanted in [
        "Left out --cert, --key: ",
        "Left out --insecure: ",
        "Left out -r, --will-topic: ",
        "Left out -f: ",
        "Left out --frobnicate, -z: ",
        "A word that belongs to no option",
    ] {
        assert!(all.contains(wanted), "{wanted}: {all}");
    }
    assert!(!all.contains("s3cret"), "{all}");
    let all = reads("curl -k --cert c.pem -X POST https://h.example/api/v1/tok/telemetry -d @data.json")
        .remarks
        .join("\n");
    for wanted in ["Left out -k: ", "Left out --cert: ", "Left out -d: "] {
        assert!(all.contains(wanted), "{wanted}: {all}");
    }
}

#[test]
fn the_rest_that_the_form_has_is_taken_too() {
    let pasted = reads("mosquitto_pub -V mqttv311 -k 30 -q 0 -h h.example -p 8883 -u tok -t a -m 1");
    assert_eq!(
        (pasted.version, pasted.keep_alive, pasted.qos),
        (Some(MqttVersion::V3_1_1), Some(30), Some(QoS::AtMostOnce))
    );
    assert_eq!(reads("mosquitto_pub -V 5 -h h.example -u tok -t a -m 1").version, Some(MqttVersion::V5));
    let pasted = reads("mosquitto_sub -d -h h.example -p 8883 -u tok -t v1/devices/me/rpc/request/+");
    assert_eq!((pasted.topic, pasted.login), (None, token("tok")));
    assert!(pasted.remarks[0].contains("Raw MQTT"));
    assert_eq!(reads("mosquitto_pub -u tok -t a -m 1").host, "localhost");
}

#[test]
fn a_placeholder_is_no_token() {
    for placeholder in ["$ACCESS_TOKEN", "%ACCESS_TOKEN%", "YOUR_ACCESS_TOKEN", "{TOKEN}", "<token>"] {
        let pasted = reads(&format!("mosquitto_pub -h h.example -p 8883 -t a -u \"{placeholder}\" -m 1"));
        assert_eq!(pasted.login, Login::Unsaid, "{placeholder}");
        assert!(pasted.remarks[0].contains("placeholder"));
    }
}

#[test]
fn what_is_no_line_is_refused_with_cause_and_fix() {
    let refused = |text: &str| read(text).unwrap_err();
    assert_eq!(refused("  \n"), Refused::Empty);
    assert_eq!(refused("hello world"), Refused::NoCommand);
    assert_eq!(refused("-----BEGIN CERTIFICATE-----"), Refused::NoCommand);
    assert_eq!(refused(r#"mosquitto_pub -u "A1b2C3d4 -m 1"#), Refused::Unclosed('"'));
    assert_eq!(refused("curl -v https://example.org/"), Refused::NoAddress(Tool::Curl));
    assert_eq!(refused("curl -v https://example.org/api/v2/x"), Refused::NoDevice(Tool::Curl));
    assert_eq!(refused("curl -d 1 https://example.org/api/v1/provision"), Refused::Provisioning);
    assert_eq!(refused("coap-client -m GET"), Refused::NoAddress(Tool::CoapClient));
    assert_eq!(refused("mosquitto_pub -h h.example -q 2 -u tok -t a -m 1"), Refused::Qos);
    assert!(matches!(refused(r#"mosquitto_pub -h "a b" -u tok -t a -m 1"#), Refused::Host(_)));
    assert!(matches!(refused("mosquitto_pub -h h -p 0 -u tok -t a -m 1"), Refused::Port(_)));
    assert_eq!(
        refused("curl -f -S -o tb.pem https://h/api/device-connectivity/mqtts/certificate/download"),
        Refused::OnlyCertificate("tb.pem".into())
    );
    assert_eq!(refused(&"x".repeat(300_000)), Refused::TooLong);
    for text in ["", "x", "curl https://h/x", "mosquitto_pub -h '", "mosquitto_pub -q 3"] {
        let sentence = refused(text).sentence();
        assert!(sentence.ends_with('.') && sentence.contains(':'), "{sentence}");
    }
}

#[test]
fn only_a_line_is_taken_for_one_in_the_field_host() {
    for line in
        ["mosquitto_pub -h h -u tok", "docker run x curl http://h/api/v1/t/telemetry", " sudo coap-client x"]
    {
        assert!(is_line(line), "{line}");
    }
    for host in ["mosquitto_pub", "curl", "iot.example.org", "", "my host", "mosquitto_pub '"] {
        assert!(!is_line(host), "{host}");
    }
}

#[test]
fn debug_output_has_no_secret() {
    let pasted = reads("mosquitto_pub -h h.example -p 8883 -u s3cret -P s3cret -t a -m s3cret");
    assert!(!format!("{pasted:?} {:?}", pasted.login).contains("s3cret"));
}

fn text_like_a_line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "mosquitto_pub",
            "mosquitto_sub",
            "curl",
            "coap-client",
            "docker",
            "sh",
            "-c",
            "-h",
            "-p",
            "-u",
            "-m",
            "-L",
            "-D",
            "--cert",
            "mqtts://",
            "http://h/api/v1/",
            "%",
            "%41",
            "$",
            "${",
            "}",
            "\"",
            "'",
            "\\",
            "^",
            "`",
            "\n",
            " ",
            "&&",
            ";",
            "=",
            "set ",
            "@",
            ":",
            "[",
            "]",
            "?",
            "é",
            "\u{202e}",
            "\0",
            "-XPOST",
        ])
        .prop_map(str::to_owned),
        any::<String>().prop_map(|text| text.chars().take(6).collect()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn no_text_makes_it_panic(text in text_like_a_line()) {
        let _ = is_line(&text);
        let _ = read(&text).map_err(|refused| refused.sentence());
    }

    /// Whatever token there is: no remark and no refusal quotes it.
    #[test]
    fn the_token_is_never_told(text in text_like_a_line(), at in 0_usize..40) {
        let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        let line = [&text[..at], " -u s3cretT0ken ", &text[at..]].concat();
        match read(&line) {
            Ok(pasted) if !pasted.host.contains("s3cretT0ken") => {
                let told = pasted.remarks.join(" ");
                // A name of a file may be anything.
                let file = matches!(&pasted.trust, Some(Trust::File(name)) if name.contains("s3cretT0ken"));
                assert!(file || !told.contains("s3cretT0ken"), "{line}: {told}");
            }
            Ok(_) => {}
            Err(refused) => assert!(!refused.sentence().contains("s3cretT0ken"), "{line}"),
        }
    }
}
