//! Packets byte by byte, written by hand, so that a mistake in the codec does not hide on both ends.

use super::*;

fn codec(version: Version) -> Codec {
    Codec::new(version)
}

fn decode(version: Version, bytes: &[u8]) -> Result<Option<In>, CodecError> {
    codec(version).decode(&mut BytesMut::from(bytes))
}

#[track_caller]
fn encoded(version: Version, packet: Out) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    codec(version).encode(packet, &mut bytes).unwrap();
    bytes.to_vec()
}

#[track_caller]
fn check_encoded(packet: Out, v4: &[u8], v5: &[u8]) {
    assert_eq!(encoded(Version::V4, packet.clone()), v4, "3.1.1");
    assert_eq!(encoded(Version::V5, packet), v5, "5");
}

#[track_caller]
fn connect(version: Version, bytes: &[u8]) -> Connect {
    match decode(version, bytes) {
        Ok(Some(In::Connect(connect))) => connect,
        _ => panic!("no CONNECT"),
    }
}

#[test]
fn connect_gives_the_token_and_the_rest() {
    let v4 = connect(Version::V4, b"\x10\x11\0\x04MQTT\x04\x82\0\x01\0\0\0\x03TOK");
    assert_eq!(v4.username.as_deref().map(String::as_str), Some("TOK"));
    assert_eq!((v4.client_id.as_str(), v4.clean, v4.keep_alive, v4.password.is_some()), ("", true, 1, false));

    let v5 = connect(Version::V5, b"\x10\x17\0\x04MQTT\x05\xc0\0\x3c\0\0\x02id\0\x03TOK\0\x01p");
    assert_eq!(v5.username.as_deref().map(String::as_str), Some("TOK"));
    assert_eq!(
        (v5.client_id.as_str(), v5.clean, v5.keep_alive, v5.password.is_some()),
        ("id", false, 60, true)
    );
}

#[test]
fn publishes_come_with_everything_they_say() {
    let wanted = Publish {
        topic: "a/b".to_owned(),
        payload: Bytes::from_static(b"hi"),
        qos: Qos::One,
        retain: true,
        id: 258,
    };
    let packets: [(Version, &[u8]); 2] =
        [(Version::V4, b"\x33\x09\0\x03a/b\x01\x02hi"), (Version::V5, b"\x33\x0a\0\x03a/b\x01\x02\0hi")];
    for (version, bytes) in packets {
        assert!(matches!(decode(version, bytes), Ok(Some(In::Publish(found))) if found == wanted));
    }
}

#[test]
fn subscribe_and_unsubscribe_keep_their_order() {
    let packets: [(Version, &[u8]); 2] = [
        (Version::V4, b"\x82\x0a\0\x07\0\x01a\x00\0\x01b\x02"),
        (Version::V5, b"\x82\x0b\0\x07\0\0\x01a\x00\0\x01b\x02"),
    ];
    for (version, bytes) in packets {
        let Ok(Some(In::Subscribe { id: 7, filters })) = decode(version, bytes) else {
            panic!("no SUBSCRIBE");
        };
        assert_eq!(filters, [("a".to_owned(), Qos::Zero), ("b".to_owned(), Qos::Two)]);
    }
    let packets: [(Version, &[u8]); 2] =
        [(Version::V4, b"\xa2\x05\0\x07\0\x01a"), (Version::V5, b"\xa2\x06\0\x07\0\0\x01a")];
    for (version, bytes) in packets {
        let found = decode(version, bytes);
        assert!(matches!(found, Ok(Some(In::Unsubscribe { id: 7, filters })) if filters == ["a"]));
    }
}

#[test]
fn every_legal_disconnect_is_one() {
    assert!(matches!(decode(Version::V4, b"\xe0\0"), Ok(Some(In::Disconnect))));
    let forms: [&[u8]; 3] = [b"\xe0\0", b"\xe0\x01\0", b"\xe0\x02\x04\0"];
    for bytes in forms {
        assert!(matches!(decode(Version::V5, bytes), Ok(Some(In::Disconnect))), "{bytes:x?}");
    }
}

#[test]
fn a_packet_is_read_only_when_it_is_whole() {
    for version in [Version::V4, Version::V5] {
        let mut codec = codec(version);
        let mut bytes = BytesMut::new();
        for byte in *b"\xc0\0\xc0" {
            bytes.extend_from_slice(&[byte]);
        }
        assert!(matches!(codec.decode(&mut bytes), Ok(Some(In::PingReq))));
        assert!(matches!(codec.decode(&mut bytes), Ok(None)));
        assert!(matches!(decode(version, b"\xe0"), Ok(None)));
    }
}

#[test]
fn what_is_too_large_or_no_packet_is_refused_before_it_is_read() {
    for version in [Version::V4, Version::V5] {
        // 65,536 is the most; of the rest nothing has come yet.
        assert!(matches!(decode(version, b"\x30\x80\x80\x04"), Ok(None)));
        assert!(matches!(decode(version, b"\x30\x81\x80\x04"), Err(CodecError::Undecodable)));
        assert!(matches!(decode(version, b"\x30\xff\xff\xff\xff"), Err(CodecError::Undecodable)));
        assert!(matches!(decode(version, b"\x00\0"), Err(CodecError::Undecodable)));
        // QoS 3.
        assert!(matches!(decode(version, b"\x36\x05\0\x01a\0\x01"), Err(CodecError::Undecodable)));
        // A topic that is no UTF-8.
        assert!(matches!(decode(version, b"\x30\x05\0\x02\xff\xff\0"), Err(CodecError::Undecodable)));
    }
}

#[test]
fn answers_to_connect() {
    let answer = |refusal, session_present| Out::ConnAck { refusal, session_present };
    check_encoded(answer(None, false), b"\x20\x02\0\0", b"\x20\x03\0\0\0");
    check_encoded(answer(None, true), b"\x20\x02\x01\0", b"\x20\x03\x01\0\0");
    let refused = |refusal| answer(Some(refusal), false);
    check_encoded(refused(Refusal::UnknownCredentials), b"\x20\x02\0\x05", b"\x20\x03\0\x86\0");
    check_encoded(refused(Refusal::NoCredentials), b"\x20\x02\0\x02", b"\x20\x03\0\x85\0");
    check_encoded(refused(Refusal::Nothing), b"\x20\x02\0\x05", b"\x20\x03\0\x87\0");
    check_encoded(refused(Refusal::TooOften), b"\x20\x02\0\x03", b"\x20\x03\0\x9f\0");
    check_encoded(refused(Refusal::Unavailable), b"\x20\x02\0\x03", b"\x20\x03\0\x88\0");
}

#[test]
fn acknowledgements() {
    check_encoded(
        Out::SubAck { id: 7, granted: vec![Some(Qos::Zero), None, Some(Qos::One)] },
        b"\x90\x05\0\x07\x00\x80\x01",
        b"\x90\x06\0\x07\0\x00\x8f\x01",
    );
    check_encoded(
        Out::UnsubAck { id: 7, verdicts: vec![UnsubVerdict::Done, UnsubVerdict::NotSubscribed] },
        b"\xb0\x02\0\x07",
        b"\xb0\x05\0\x07\0\x00\x11",
    );
    let ack = |verdict| Out::PubAck { id: 7, verdict };
    check_encoded(ack(AckVerdict::Taken), b"\x40\x02\0\x07", b"\x40\x02\0\x07");
    check_encoded(ack(AckVerdict::UnknownTopic), b"\x40\x02\0\x07", b"\x40\x04\0\x07\x90\0");
    check_encoded(ack(AckVerdict::BadPayload), b"\x40\x02\0\x07", b"\x40\x04\0\x07\x99\0");
    check_encoded(ack(AckVerdict::Failed), b"\x40\x02\0\x07", b"\x40\x04\0\x07\x83\0");
    check_encoded(ack(AckVerdict::Quota), b"\x40\x02\0\x07", b"\x40\x04\0\x07\x97\0");
    check_encoded(Out::PingResp, b"\xd0\0", b"\xd0\0");
}

#[test]
fn publishes_to_a_device() {
    let publish = |qos, id| {
        Out::Publish(Publish {
            topic: "a/b".to_owned(),
            payload: Bytes::from_static(b"hi"),
            qos,
            retain: false,
            id,
        })
    };
    check_encoded(publish(Qos::Zero, 0), b"\x30\x07\0\x03a/bhi", b"\x30\x08\0\x03a/b\0hi");
    check_encoded(publish(Qos::One, 258), b"\x32\x09\0\x03a/b\x01\x02hi", b"\x32\x0a\0\x03a/b\x01\x02\0hi");
}

#[test]
fn only_mqtt_5_is_told_why_it_is_closed() {
    for reason in [0x81, 0x86, 0x8e, 0x99] {
        check_encoded(Out::Disconnect { reason }, b"", &[0xe0, 2, reason, 0]);
    }
}
