//! Bytes against MQTT 3.1.1's own text, both ways.

use super::*;
use bytes::Bytes;
use shared::{
    credentials::{AccessToken, BasicLogin, Credentials},
    payload::Payload,
    wire::{SessionOptions, Will},
};

fn codec() -> V4 {
    V4::new(1000, 2)
}

fn encoded(packet: Outgoing) -> BytesMut {
    let mut buffer = BytesMut::new();
    codec().encode(packet, &mut buffer).unwrap();
    buffer
}

fn publish(id: Option<u16>) -> Outgoing {
    Outgoing::Publish { id, topic: "a/b".into(), retain: false, payload: Bytes::from_static(b"xy") }
}

#[test]
fn connect_is_what_the_standard_says_for_a_token_as_user_name() {
    let connect = Connect {
        credentials: Credentials::AccessToken(AccessToken::parse("TOKEN").unwrap()),
        options: SessionOptions::default(),
    };
    let mut buffer = BytesMut::new();
    codec().encode_connect(&connect, &mut buffer).unwrap();
    assert_eq!(&buffer[..], b"\x10\x13\0\x04MQTT\x04\x82\0\x3c\0\0\0\x05TOKEN");
    assert!(!format!("{connect:?}").contains("TOKEN"));
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
    assert_eq!(&buffer[..], b"\x10\x1a\0\x04MQTT\x04\xec\0\x3c\0\x02me\0\x01w\0\x01x\0\x01u\0\x01p");
}

#[test]
fn packets_are_written_as_the_standard_says() {
    assert_eq!(&encoded(publish(Some(2)))[..], b"\x32\x09\0\x03a/b\0\x02xy");
    assert_eq!(&encoded(publish(None))[..], b"\x30\x07\0\x03a/bxy");
    let subscribe = Outgoing::Subscribe { id: 9, filters: vec![("a/+".into(), QoS::AtLeastOnce)] };
    assert_eq!(&encoded(subscribe)[..], b"\x82\x08\0\x09\0\x03a/+\x01");
    let unsubscribe = Outgoing::Unsubscribe { id: 9, filters: vec!["a/+".into()] };
    assert_eq!(&encoded(unsubscribe)[..], b"\xa2\x07\0\x09\0\x03a/+");
    assert_eq!(&encoded(Outgoing::PubAck { id: 7 })[..], b"\x40\x02\0\x07");
    assert_eq!(&encoded(Outgoing::PingReq)[..], b"\xc0\0");
    assert_eq!(&encoded(Outgoing::Disconnect)[..], b"\xe0\0");
    assert_eq!(&encoded(Outgoing::DisconnectWithWill)[..], b"");
}

#[test]
fn an_acknowledgement_counts_once() {
    let mut codec = codec();
    codec.encode(publish(Some(1)), &mut BytesMut::new()).unwrap();
    let mut twice = BytesMut::from(&b"\x40\x02\0\x01\x40\x02\0\x01\x40\x02\xff\xff"[..]);
    assert_eq!(codec.decode(&mut twice), Ok(Some(Incoming::PubAck { id: 1, refused: None })));
    assert_eq!(codec.decode(&mut twice), Ok(Some(Incoming::Unsolicited)));
    assert_eq!(codec.decode(&mut twice), Ok(Some(Incoming::Unsolicited)));
    assert_eq!(codec.decode(&mut twice), Ok(None));
}

#[test]
fn what_a_server_may_not_send_is_malformed() {
    let bad: [&[u8]; 9] = [
        b"\x34\x07\0\x01a\0\x01xy", // QoS 2
        b"\x32\x07\0\x01a\0\0xy",   // QoS 1 without an id
        b"\x30\x04\0\0xy",          // no topic
        b"\x30\x05\0\x01#xy",       // a wildcard
        b"\x30\x05\0\x01\0xy",      // NUL
        b"\x10\x00",                // CONNECT
        b"\x20\x02\0\0",            // a second CONNACK
        b"\xff\xff\xff\xff\xff",    // no length at all
        b"\x30\xff\xff\x7f",        // longer than we take
    ];
    for bytes in bad {
        assert_eq!(codec().decode(&mut BytesMut::from(bytes)), Err(Malformed), "{bytes:02x?}");
    }
    assert_eq!(codec().decode_connack(&mut BytesMut::from(&b"HTTP/1.1 400 Bad Request"[..])), Err(Malformed));
}

#[test]
fn connack_codes_are_kept() {
    for code in 0..=5 {
        let mut bytes = BytesMut::from(&[0x20, 2, 0, code][..]);
        let connack = codec().decode_connack(&mut bytes).unwrap().unwrap();
        assert_eq!((connack.code, connack.session_present), (code, false));
    }
}
