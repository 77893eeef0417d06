//! Which MQTT version a connection speaks, from the first bytes of CONNECT: rumqttc has a codec for each,
//! and its 3.1.1 codec would take a CONNECT of MQTT 5 and misread it.

use super::MOST_PACKET_BYTES;

/// A version that ThingsBoard and we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// MQTT 3.1.1, protocol level 4.
    V4,
    /// MQTT 5, protocol level 5.
    V5,
}

impl Version {
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
    /// More bytes are needed, at most 13 in all.
    NotYet,
    /// Another packet, another protocol, an unknown level, or more bytes than allowed. The socket is
    /// closed without CONNACK. MQTT 3.1 (`MQIsdp`) is among them, although ThingsBoard speaks it.
    Refused,
}

const CONNECT: u8 = 0x10;
const NAME: &[u8] = b"\0\x04MQTT";

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
    let compared = rest.len().min(NAME.len());
    if rest[..compared] != NAME[..compared] {
        return Level::Refused;
    }
    match rest[compared..] {
        [] => Level::NotYet,
        [4, ..] => Level::Spoken(Version::V4),
        [5, ..] => Level::Spoken(Version::V5),
        _ => Level::Refused,
    }
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
    fn everything_else_is_refused() {
        let others: [&[u8]; 10] = [
            b"\x10\x0e\0\x06MQIsdp\x03",
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
