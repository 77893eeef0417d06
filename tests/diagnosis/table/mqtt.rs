//! TLS stands, and then.

use crate::{
    make::{
        Maker,
        forge::{LOCAL, issued, server},
    },
    row::{Python, Row},
    serve::{Server, mosquitto::Listener, mqtt::Then, rustls::Handshake},
};
use shared::failure::Step;

const GOOD: Maker = |_, _| issued(&server("server", LOCAL)?);

pub(super) fn rows() -> Vec<Row> {
    let row = |claim, setup, then| {
        Row::new(claim, setup, GOOD).served_by(Server::Rustls(Handshake::Ordinary, then)).over(&[])
    };
    let refusal = |claim, code: u8, codes| {
        row(claim, "CONNACK with that code", Then::Answer(code)).refused_at(
            Step::Mqtt,
            codes,
            Python::ReturnCode(code),
        )
    };
    let failing = |claim, setup, then, codes| {
        row(claim, setup, then).refused_at(Step::Mqtt, codes, Python::Fails("mqtt"))
    };
    vec![
        row(
            "A server that accepts the device is connected end to end",
            "rustls, CONNACK 0, both subscriptions granted",
            Then::Accept,
        ),
        refusal("Return code 1 means the MQTT version", 1, &["mqtt-version-refused"]),
        refusal("Return code 2 means the client id", 2, &["client-id-refused"]),
        refusal("Return code 3 means that the server is unavailable", 3, &["server-unavailable"]),
        refusal("Return code 4 means the token, on old servers", 4, &["credentials-refused"]),
        refusal("Return code 5 means the token", 5, &["credentials-refused"]),
        refusal("A return code that no standard knows is told by its number", 6, &["connect-refused"]),
        refusal("A return code of MQTT 5 is told by its number", 134, &["connect-refused"]),
        Row::new(
            "A real broker that does not know the token says so",
            "Mosquitto, allow_anonymous false",
            GOOD,
        )
        .served_by(Server::Mosquitto(Listener::KnowsNobody))
        .over(&[])
        .refused_at(Step::Mqtt, &["credentials-refused"], Python::ReturnCode(5)),
        failing(
            "A server that never answers CONNECT is told after the limit",
            "reads CONNECT, never answers",
            Then::StaySilent,
            &["mqtt-timed-out"],
        )
        .waiting(),
        failing(
            "A server that closes instead of answering CONNECT is told",
            "reads CONNECT and closes",
            Then::Close,
            &["mqtt-closed"],
        ),
        failing(
            "A server that breaks the connection instead of answering CONNECT is told",
            "reads CONNECT and resets",
            Then::Reset,
            &["mqtt-closed"],
        ),
        failing(
            "An HTTPS port is recognised",
            "answers HTTP 400 over TLS",
            Then::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            &["mqtt-not-spoken"],
        ),
        failing(
            "A packet that is no CONNACK is no answer",
            "answers with PINGRESP, then closes",
            Then::Say(b"\xd0\x00\xd0\x00"),
            &["mqtt-not-spoken"],
        ),
        failing(
            "Half a CONNACK is no answer",
            "answers with two bytes, then closes",
            Then::Say(b"\x20\x02"),
            &["mqtt-closed"],
        ),
        row(
            "A server that refuses ThingsBoard's subscriptions is told",
            "CONNACK 0, SUBACK 128",
            Then::RefuseSubscriptions(128),
        )
        .refused_at(Step::Subscriptions, &["subscription-refused"], Python::Fails("subscriptions")),
        row(
            "A server that closes at the first subscription is told",
            "CONNACK 0, closes at SUBSCRIBE",
            Then::CloseAtSubscription,
        )
        .refused_at(Step::Subscriptions, &["server-closed"], Python::Fails("subscriptions")),
    ]
}
