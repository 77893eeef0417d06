//! MQTT 5's reason codes in words (MQTT 5 section 2.4), and what they mean on ThingsBoard where that is more.

/// A reason code of a refusal in words, for example `payload format invalid`.
#[must_use]
pub fn words(code: u8) -> &'static str {
    match code {
        0x00 => "no reason given",
        0x80 => "unspecified error",
        0x81 => "malformed packet",
        0x82 => "protocol error",
        0x83 => "implementation specific error",
        0x84 => "unsupported protocol version",
        0x85 => "client identifier not valid",
        0x86 => "bad user name or password",
        0x87 => "not authorized",
        0x88 => "server unavailable",
        0x89 => "server busy",
        0x8a => "banned",
        0x8b => "server shutting down",
        0x8c => "bad authentication method",
        0x8d => "keep alive timeout",
        0x8e => "session taken over",
        0x8f => "topic filter invalid",
        0x90 => "topic name invalid",
        0x91 => "packet identifier in use",
        0x93 => "receive maximum exceeded",
        0x94 => "topic alias invalid",
        0x95 => "packet too large",
        0x96 => "message rate too high",
        0x97 => "quota exceeded",
        0x98 => "administrative action",
        0x99 => "payload format invalid",
        0x9a => "retain not supported",
        0x9b => "QoS not supported",
        0x9c => "use another server",
        0x9d => "server moved",
        0x9e => "shared subscriptions not supported",
        0x9f => "connection rate exceeded",
        0xa0 => "maximum connect time",
        0xa1 => "subscription identifiers not supported",
        0xa2 => "wildcard subscriptions not supported",
        _ => "a reason outside the standard",
    }
}

/// Why a server did not take a publish, with what to do about it. `text` is the server's own.
#[must_use]
pub fn refused_publish(code: u8, text: Option<&str>) -> String {
    let fix = match code {
        0x90 => " ThingsBoard does not know this topic: compare it with the device API.",
        0x97 => " A limit of the tenant is reached: send less, or slower.",
        0x99 => " ThingsBoard cannot read this payload for this topic: check its JSON.",
        _ => "",
    };
    format!("The server refused the message: {}.{fix}", with_code(code, text))
}

/// Why a server did not grant a filter.
#[must_use]
pub fn refused_filter(code: u8) -> String {
    let reason = if code == 0x80 { String::new() } else { format!(": {}", with_code(code, None)) };
    format!(
        "The server refused this filter{reason}; ThingsBoard takes only the exact filters of its device API."
    )
}

/// Words, code and the server's own text.
#[must_use]
pub fn with_code(code: u8, text: Option<&str>) -> String {
    match text {
        Some(text) if !text.is_empty() => format!("{} (0x{code:02X}), in its words: {text}", words(code)),
        _ => format!("{} (0x{code:02X})", words(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_reason_code_and_fix() {
        let sentence = refused_publish(0x99, Some("bad json"));
        assert!(sentence.contains("payload format invalid (0x99), in its words: bad json"), "{sentence}");
        assert!(sentence.contains("check its JSON"), "{sentence}");
        assert!(refused_filter(0x8f).contains("topic filter invalid (0x8F)"));
        assert!(!refused_filter(0x80).contains("0x80"), "MQTT 3.1.1 gives no other reason");
    }
}
