//! Bytes against MQTT 5's own text, both ways.

use super::*;
use shared::{
    credentials::{AccessToken, BasicLogin, Credentials},
    payload::Payload,
    wire::{SessionOptions, Will},
};

fn codec() -> V5 {
    V5::new(1000, 2)
}

fn encoded(packet: Outgoing) -> BytesMut {
    let mut buffer = BytesMut::new();
    codec().encode(packet, &mut buffer).unwrap();
    buffer
}

fn publish(id: Option<u16>) -> Outgoing {
    Outgoing::Publish { id, topic: "a/b".into(), retain: false, payload: Bytes::from_static(b"xy") }
}

fn decoded(bytes: &[u8]) -> Result<Option<Incoming>, Malformed> {
    codec().decode(&mut BytesMut::from(bytes))
}

fn connack(bytes: &[u8]) -> Result<Option<ConnAck>, Malformed> {
    codec().decode_connack(&mut BytesMut::from(bytes))
}

#[test]
fn connect_is_what_the_standard_says_for_a_token_as_user_name() {
    let connect = Connect {
        credentials: Credentials::AccessToken(AccessToken::parse("TOKEN").unwrap()),
        options: SessionOptions::default(),
    };
    let mut buffer = BytesMut::new();
    codec().encode_connect(&connect, &mut buffer).unwrap();
    // Properties: maximum packet size 1000.
    assert_eq!(&buffer[..], b"\x10\x19\0\x04MQTT\x05\x82\0\x3c\x05\x27\0\0\x03\xe8\0\0\0\x05TOKEN");
}

#[test]
fn connect_carries_the_options_and_a_login() {
    let will =
        Will { topic: "w".into(), qos: QoS::AtLeastOnce, retain: true, payload: Payload::from_text("x") };
    let connect = Connect {
        credentials: Credentials::Basic(BasicLogin::new("u", "p").unwrap()),
        options: SessionOptions {
            client_id: "me".into(),
            clean_start: false,
            session_expiry_s: 600,
            will: Some(will),
            ..SessionOptions::default()
        },
    };
    let mut buffer = BytesMut::new();
    codec().encode_connect(&connect, &mut buffer).unwrap();
    assert_eq!(&buffer[..], b"\x10\x26\0\x04MQTT\x05\xec\0\x3c\x0a\x11\0\0\x02\x58\x27\0\0\x03\xe8\0\x02me\0\0\x01w\0\x01x\0\x01u\0\x01p");
}

#[test]
fn packets_are_written_as_the_standard_says() {
    assert_eq!(&encoded(publish(Some(2)))[..], b"\x32\x0a\0\x03a/b\0\x02\0xy");
    assert_eq!(&encoded(publish(None))[..], b"\x30\x08\0\x03a/b\0xy");
    let subscribe = Outgoing::Subscribe { id: 9, filters: vec![("a/+".into(), QoS::AtLeastOnce)] };
    assert_eq!(&encoded(subscribe)[..], b"\x82\x09\0\x09\0\0\x03a/+\x01");
    let unsubscribe = Outgoing::Unsubscribe { id: 9, filters: vec!["a/+".into()] };
    assert_eq!(&encoded(unsubscribe)[..], b"\xa2\x08\0\x09\0\0\x03a/+");
    assert_eq!(&encoded(Outgoing::PubAck { id: 7 })[..], b"\x40\x02\0\x07");
    assert_eq!(&encoded(Outgoing::PingReq)[..], b"\xc0\0");
    assert_eq!(&encoded(Outgoing::Disconnect)[..], b"\xe0\0");
    assert_eq!(&encoded(Outgoing::DisconnectWithWill)[..], b"\xe0\x01\x04");
}

#[test]
fn a_refused_publish_has_its_code_and_text() {
    let mut codec = codec();
    for id in 1..=2 {
        codec.encode(publish(Some(id)), &mut BytesMut::new()).unwrap();
    }
    let mut bytes = BytesMut::from(&b"\x40\x02\0\x01\x40\x09\0\x02\x99\x05\x1f\0\x02no\x40\x02\0\x02"[..]);
    assert_eq!(codec.decode(&mut bytes), Ok(Some(Incoming::PubAck { id: 1, refused: None })));
    let refused = Some(ServerReason { code: 0x99, text: Some("no".into()) });
    assert_eq!(codec.decode(&mut bytes), Ok(Some(Incoming::PubAck { id: 2, refused })));
    assert_eq!(codec.decode(&mut bytes), Ok(Some(Incoming::Unsolicited)));
}

#[test]
fn a_disconnect_may_be_short() {
    let disconnect = |code, text: Option<&str>| {
        Ok(Some(Incoming::Disconnect(ServerReason { code, text: text.map(str::to_owned) })))
    };
    assert_eq!(decoded(b"\xe0\0"), disconnect(0, None));
    assert_eq!(decoded(b"\xe0\x01\x8e"), disconnect(0x8e, None));
    assert_eq!(decoded(b"\xe0\x02\x8e\0"), disconnect(0x8e, None));
    assert_eq!(decoded(b"\xe0\x07\x99\x05\x1f\0\x02no"), disconnect(0x99, Some("no")));
    assert_eq!(decoded(b"\xe0\x02\xfe\0"), disconnect(0xfe, None));
    assert_eq!(decoded(b"\xe0"), Ok(None));
    assert_eq!(decoded(b"\xe0\x02\x8e"), Ok(None));
}

#[test]
fn connack_brings_the_servers_limits() {
    // Receive maximum 5, maximum QoS 0, maximum packet size 2000, server keep-alive 30.
    let bytes = b"\x20\x10\0\0\x0d\x21\0\x05\x24\0\x27\0\0\x07\xd0\x13\0\x1e";
    let limits = ServerLimits {
        in_flight: Some(5),
        packet_bytes: Some(2000),
        only_qos_0: true,
        keep_alive_s: Some(30),
    };
    assert_eq!(connack(bytes), Ok(Some(ConnAck { code: 0, session_present: false, limits })));
    let refused = connack(b"\x20\x03\0\x86\0").unwrap().unwrap();
    assert_eq!(refused.code, 0x86);
}

#[test]
fn a_server_of_the_older_version_refuses_in_its_own_words() {
    assert_eq!(connack(b"\x20\x02\0\x01").unwrap().unwrap().code, 0x84);
    assert_eq!(connack(b"\x20\x02\0\0"), Err(Malformed));
    assert_eq!(connack(b"\x20\x02\0"), Ok(None));
    assert_eq!(connack(b"HTTP"), Err(Malformed));
}

#[test]
fn a_packet_over_the_limit_is_not_waited_for() {
    assert_eq!(decoded(b"\xe0\xff\xff\xff\x7f"), Err(Malformed));
    assert_eq!(decoded(b"\xe0\xe9\x07"), Err(Malformed));
    assert_eq!(decoded(b"\xe0\xe8\x07"), Ok(None));
    assert_eq!(connack(b"\x20\xff\xff\xff\x7f"), Err(Malformed));
}

#[test]
fn what_a_server_may_not_send_is_malformed() {
    let bad: [&[u8]; 6] = [
        b"\x34\x08\0\x01a\0\x01\0xy",
        b"\x32\x08\0\x01a\0\0\0xy",
        b"\x30\x05\0\0\0xy",
        b"\x10\x00",
        b"\xff\xff\xff\xff\xff",
        b"\x30\xff\xff\x7f",
    ];
    for bytes in bad {
        assert_eq!(decoded(bytes), Err(Malformed), "{bytes:02x?}");
    }
}
