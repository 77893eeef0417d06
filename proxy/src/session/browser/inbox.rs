//! Reads what the page sends and refuses what breaks the protocol, without quoting it.

use super::End;
use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt, stream::SplitStream};
use shared::{
    failure::Failure,
    limits::{MAX_FRAME_BYTES, MAX_JSON_DEPTH, MAX_MESSAGES_PER_FRAME},
    wire::{ToProxy, decode_frame},
};
use tokio_tungstenite::tungstenite::{
    Error as WebSocketError,
    error::{CapacityError, ProtocolError},
};

/// Something came from the browser.
#[derive(Debug)]
pub(in crate::session) enum Heard {
    /// `bytes`: of the frame's text.
    Frame { requests: Vec<ToProxy>, bytes: usize },
    /// A ping or pong.
    Alive,
}

/// The reading half of the browser's connection.
#[derive(Debug)]
pub(in crate::session) struct Inbox {
    stream: SplitStream<WebSocket>,
    /// A frame was refused before it was read; the stream gives nothing more after that.
    refused: bool,
}

impl Inbox {
    pub(super) fn new(stream: SplitStream<WebSocket>) -> Self {
        Self { stream, refused: false }
    }

    /// The next thing the browser says. Cancel-safe.
    pub(in crate::session) async fn next(&mut self) -> Result<Heard, End> {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => match decode(&text) {
                Ok(requests) => Ok(Heard::Frame { requests, bytes: text.len() }),
                Err(reason) => Err(invalid(reason)),
            },
            Some(Ok(Message::Binary(_))) => Err(invalid("frames must be text".to_owned())),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Heard::Alive),
            Some(Ok(Message::Close(_))) | None => Err(End::BrowserGone),
            Some(Err(error)) => {
                let end = ended(error);
                self.refused = end != End::BrowserGone;
                Err(end)
            }
        }
    }

    /// Reads and drops until the browser has closed. After a refused frame nothing can be read and this
    /// never ends: dropping a connection with bytes unread resets it, and the browser would lose our close.
    /// The caller bounds the wait.
    pub(super) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
        if self.refused {
            std::future::pending::<()>().await;
        }
    }
}

fn ended(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<WebSocketError>() {
        Some(WebSocketError::Capacity(CapacityError::MessageTooLong { .. })) => {
            End::Failed(Failure::FrameTooLarge { limit_bytes: MAX_FRAME_BYTES as u64 })
        }
        Some(WebSocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::BrowserGone,
        Some(WebSocketError::Protocol(_)) => invalid("the WebSocket protocol was broken".to_owned()),
        Some(WebSocketError::Utf8(_)) => invalid("text frames must be UTF-8".to_owned()),
        // Everything else is a connection that is over; there is nobody left to tell.
        _ => End::BrowserGone,
    }
}

fn invalid(reason: String) -> End {
    End::Failed(Failure::FrameInvalid { reason })
}

/// The messages of one frame, or why it is none. The parser's own text is not repeated: it may quote what
/// the page sent.
fn decode(text: &str) -> Result<Vec<ToProxy>, String> {
    if depth(text) > MAX_JSON_DEPTH {
        return Err(format!("JSON is nested deeper than {MAX_JSON_DEPTH}"));
    }
    let messages: Vec<ToProxy> = decode_frame(text).map_err(|error| {
        let what = if error.is_data() {
            "a message does not have the shape of any request"
        } else {
            "it is not JSON"
        };
        if error.column() > 0 { format!("{what} (at byte {})", error.column()) } else { what.to_owned() }
    })?;
    match messages.len() {
        0 => Err("the frame holds no message".to_owned()),
        1..=MAX_MESSAGES_PER_FRAME => Ok(messages),
        _ => Err(format!("a frame holds more than {MAX_MESSAGES_PER_FRAME} messages")),
    }
}

/// The deepest nesting of brackets outside strings.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(r#"{"a":[{"b":"}]]\"{{{{"}]}"#), 3);
        assert_eq!(depth(&"[".repeat(1000)), 1000);
        assert_eq!(depth("]]]]"), 0);
    }

    #[test]
    fn refusals_name_the_place_and_never_quote() {
        let frames = [
            "{",
            r#"{"type":"s3cret","id":1}"#,
            r#"{"type":"publish","id":"s3cret"}"#,
            r#"{"type":"disconnect","id":1,"s3cret":2}"#,
            r#"{"type":"connect","id":1,"endpoint":{"host":"s3 cret","port":1},"trust":"public_authorities","credentials":{"access_token":" s3cret"},"mqtt_version":"3.1.1"}"#,
            "[]",
            "s3cret",
        ];
        for frame in frames {
            let reason = decode(frame).unwrap_err();
            assert!(!reason.contains("s3cret") && !reason.contains("s3 cret"), "{reason}");
        }
        assert_eq!(decode(&"[".repeat(20_000)).unwrap_err(), "JSON is nested deeper than 16");
    }

    #[test]
    fn one_message_or_many_are_read() {
        let one = r#"{"type":"disconnect","id":1}"#;
        assert_eq!(decode(one).unwrap().len(), 1);
        assert_eq!(decode(&format!("[{one},{one}]")).unwrap().len(), 2);
        let many = vec![one; MAX_MESSAGES_PER_FRAME + 1].join(",");
        assert!(decode(&format!("[{many}]")).unwrap_err().contains("more than 256"));
    }
}
