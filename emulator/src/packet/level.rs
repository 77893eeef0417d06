//! Which MQTT version a connection speaks, from the first bytes of CONNECT: rumqttc has a codec for each,
//! and its 3.1.1 codec would take a CONNECT of MQTT 5 and misread it.

use super::{MOST_PACKET_BYTES, Undecodable};
use bytes::{BufMut, BytesMut};
use shared::wire::MqttVersion;
use std::ops::RangeInclusive;

/// A set of packets. MQTT 3.1 has those of 3.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// MQTT 3.1.1, protocol level 4.
    V4,
    /// MQTT 5, protocol level 5.
    V5,
}

impl Version {
    pub(crate) fn name(self) -> MqttVersion {
        match self {
            Self::V4 => MqttVersion::V3_1_1,
            Self::V5 => MqttVersion::V5,
        }
    }

    /// The level as CONNECT carries it.
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }
}

/// What the bytes so far tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Spoken(Version),
    /// MQTT 3.1: to be made MQTT 3.1.1 with [`modernise`].
    Old,
    /// More bytes are needed, at most 13 in all.
    NotYet,
    /// Another packet, another protocol, an unknown level, or more bytes than allowed. The socket is
    /// closed without CONNACK.
    Refused,
}

const CONNECT: u8 = 0x10;
const NAME: &[u8] = b"\0\x04MQTT";
/// Name and level of MQTT 3.1.
const OLD: &[u8] = b"\0\x06MQIsdp\x03";

/// Reads the level byte (MQTT 3.1.1 and 5, section 3.1).
pub(crate) fn of(bytes: &[u8]) -> Level {
    let Some((&first, rest)) = bytes.split_first() else {
        return Level::NotYet;
    };
    if first != CONNECT {
        return Level::Refused;
    }
    let Some(rest) = skip_length(rest) else {
        return Level::Refused;
    };
    let begins = |whole: &[u8]| {
        let compared = rest.len().min(whole.len());
        rest[..compared] == whole[..compared]
    };
    if begins(OLD) {
        return if rest.len() > OLD.len() { Level::Old } else { Level::NotYet };
    }
    if !begins(NAME) {
        return Level::Refused;
    }
    match rest.get(NAME.len()) {
        None => Level::NotYet,
        Some(4) => Level::Spoken(Version::V4),
        Some(5) => Level::Spoken(Version::V5),
        Some(_) => Level::Refused,
    }
}

/// Letters of a client id that MQTT 3.1 allows (its section 3.1; netty's MqttCodecUtil).
const OLD_CLIENT_ID: RangeInclusive<usize> = 1..=23;

/// Turns the CONNECT of MQTT 3.1 at the beginning into one of MQTT 3.1.1; the two differ in name and level.
/// `Ok(false)` when it is not whole yet.
///
/// # Errors
/// The client id is missing or too long.
pub(crate) fn modernise(bytes: &mut BytesMut) -> Result<bool, Undecodable> {
    let body = skip_length(bytes.get(1..).unwrap_or_default()).ok_or(Undecodable)?;
    let header = bytes.len() - body.len();
    let length = remaining_length(&bytes[1..header]);
    if body.len() < length {
        return Ok(false);
    }
    let (body, rest) = body.split_at(length);
    let body = body.strip_prefix(OLD).ok_or(Undecodable)?;
    // Flags and keep-alive come before it.
    let client_id = body.get(3..5).map(|length| usize::from(u16::from_be_bytes([length[0], length[1]])));
    if !client_id.is_some_and(|length| OLD_CLIENT_ID.contains(&length)) {
        return Err(Undecodable);
    }
    let mut modern = BytesMut::with_capacity(bytes.len());
    modern.put_u8(CONNECT);
    put_length(&mut modern, NAME.len() + 1 + body.len());
    modern.extend_from_slice(NAME);
    modern.put_u8(Version::V4.level());
    modern.extend_from_slice(body);
    modern.extend_from_slice(rest);
    *bytes = modern;
    Ok(true)
}

/// Seven bits in each byte, the lowest first (MQTT 3.1.1, section 2.2.3).
fn put_length(bytes: &mut BytesMut, mut length: usize) {
    loop {
        let [low, ..] = length.to_le_bytes();
        length >>= 7;
        bytes.put_u8(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            return;
        }
    }
}

/// Of a length that [`skip_length`] has skipped.
fn remaining_length(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f))
}

/// What follows the remaining length; nothing when that is not complete, `None` when it is too large or
/// longer than four bytes.
fn skip_length(bytes: &[u8]) -> Option<&[u8]> {
    let mut length = 0_u32;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        length |= u32::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return (length <= MOST_PACKET_BYTES).then(|| &bytes[index + 1..]);
        }
    }
    (bytes.len() < 4).then_some(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_read_as_soon_as_it_is_there() {
        let connect = b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0";
        for end in 0..9 {
            assert_eq!(of(&connect[..end]), Level::NotYet, "{end} bytes");
        }
        assert_eq!(of(&connect[..9]), Level::Spoken(Version::V4));
        assert_eq!(of(connect), Level::Spoken(Version::V4));
        assert_eq!(of(b"\x10\x0d\0\x04MQTT\x05"), Level::Spoken(Version::V5));
        assert_eq!(of(b"\x10\x80\x80\x04\0\x04MQTT\x05"), Level::Spoken(Version::V5));
    }

    #[test]
    fn mqtt_3_1_becomes_3_1_1_when_it_is_whole() {
        let old = b"\x10\x0f\0\x06MQIsdp\x03\x02\0\x3c\0\x01x\xc0\0";
        assert_eq!(of(&old[..10]), Level::NotYet);
        assert_eq!(of(old), Level::Old);
        let mut part = BytesMut::from(&old[..16]);
        assert_eq!(modernise(&mut part), Ok(false));
        let mut whole = BytesMut::from(&old[..]);
        assert_eq!(modernise(&mut whole), Ok(true));
        assert_eq!(whole, &b"\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01x\xc0\0"[..]);
        // A length of two bytes.
        let user = [b"\0\xf1".as_slice(), &[b'u'; 241]].concat();
        let long = [b"\x10\x82\x02\0\x06MQIsdp\x03\x82\0\x3c\0\x01x".as_slice(), &user].concat();
        let mut long = BytesMut::from(&long[..]);
        assert_eq!(modernise(&mut long), Ok(true));
        assert_eq!(&long[..10], b"\x10\x80\x02\0\x04MQTT\x04");
        assert_eq!(long.len(), 3 + 256);
        let mut nameless = BytesMut::from(&b"\x10\x0e\0\x06MQIsdp\x03\x02\0\x3c\0\0"[..]);
        assert_eq!(modernise(&mut nameless), Err(Undecodable));
    }

    #[test]
    fn everything_else_is_refused() {
        let others: [&[u8]; 10] = [
            b"\x10\x0e\0\x06MQIsdp\x04",
            b"\x10\x0c\0\x04MQTT\x03",
            b"\x10\x0c\0\x04MQTT\x06",
            b"\x10\x0c\0\x04MQTU",
            b"\x11\x0c\0\x04MQTT\x04",
            b"\x30\x0c",
            b"GET / HTTP/1.1",
            b"\x16\x03\x01",
            b"\x10\x81\x80\x04",
            b"\x10\xff\xff\xff\xff",
        ];
        for bytes in others {
            assert_eq!(of(bytes), Level::Refused, "{bytes:x?}");
        }
    }
}
