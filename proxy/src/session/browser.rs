//! The browser side: frames in, frames out. Knows JSON and WebSocket, not MQTT.
//!
//! Reading ([`inbox`]) stays with the session's task and is cancel-safe; writing ([`writer`]) is a task of
//! its own, so that a slow browser never keeps the session from pinging the server.

mod inbox;
mod writer;

use super::{End, queue::Share};
use crate::{broker::packet::PacketId, config::SessionLimits};
use axum::extract::ws::{CloseFrame, WebSocket, close_code};
use futures_util::StreamExt;
pub(super) use inbox::{Heard, Inbox};
use shared::{
    failure::Failure,
    wire::{Disconnected, ToBrowser, encode_frame},
};
use std::time::Duration;
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
    time::timeout,
};
use writer::Outbound;

/// Frames without a share of the queue (reports, pings, the last word) that may wait besides it.
const SPARE_FRAMES: usize = 64;

/// How long we listen for the browser's own close after ours, so that it reads ours before the
/// connection goes.
const CLOSE_ECHO: Duration = Duration::from_millis(500);

/// What the browser's connection took: one frame's share of the queue, and what to acknowledge for it.
#[derive(Debug, Default)]
pub(super) struct Receipt {
    pub(super) share: Share,
    pub(super) acknowledge: Vec<PacketId>,
}

/// The browser's connection.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) inbox: Inbox,
    pub(super) outbox: Outbox,
    /// One for each frame that was sent with one; ends when the browser is gone.
    pub(super) receipts: mpsc::Receiver<Receipt>,
    writer: JoinHandle<()>,
}

/// Where frames for the browser go. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    frames: mpsc::Sender<Outbound>,
    /// What a browser is told that takes too little.
    patience: Duration,
}

impl Outbox {
    /// Hands one frame over without waiting.
    ///
    /// # Errors
    /// The browser is gone, or takes so little that more frames wait than the queue's bound allows.
    pub(super) fn send(&self, messages: &[ToBrowser], receipt: Option<Receipt>) -> Result<(), End> {
        self.hand_over(Outbound::Frame { text: encode_frame(messages), receipt })
    }

    /// Asks the browser for a sign of life.
    pub(super) fn ping(&self) -> Result<(), End> {
        self.hand_over(Outbound::Ping)
    }

    fn hand_over(&self, outbound: Outbound) -> Result<(), End> {
        self.frames.try_send(outbound).map_err(|error| match error {
            TrySendError::Full(_) => {
                End::Failed(Failure::BrowserTooSlow { after_s: self.patience.as_secs() })
            }
            TrySendError::Closed(_) => End::BrowserGone,
        })
    }
}

impl Browser {
    pub(super) fn new(socket: WebSocket, limits: &SessionLimits) -> Self {
        let (sink, stream) = socket.split();
        let capacity = limits.queue_messages + SPARE_FRAMES;
        let (frames, outbound) = mpsc::channel(capacity);
        let (receipts_in, receipts) = mpsc::channel(capacity);
        let writer = tokio::spawn(writer::run(sink, outbound, receipts_in));
        Self {
            inbox: Inbox::new(stream),
            outbox: Outbox { frames, patience: limits.browser_stall },
            receipts,
            writer,
        }
    }

    /// Says the last word and closes, all within `limit`.
    pub(super) async fn close(mut self, end: &End, limit: Duration) {
        if let Some(last_word) = last_word(end) {
            // A browser that is gone or full cannot be told.
            let _: Result<(), End> = self.outbox.send(&[ToBrowser::Disconnected(last_word)], None);
        }
        let _: Result<(), End> = self.outbox.hand_over(Outbound::Close(close_frame(end)));
        drop(self.outbox);
        // Receipts are no longer wanted; dropping their receiver would stop the writer early.
        if timeout(limit, &mut self.writer).await.is_err() {
            self.writer.abort();
            return;
        }
        // Reading on lets the closing handshake end, whichever side began it. Waiting is a courtesy: whether
        // the other's close comes changes nothing.
        let _: Result<(), _> = timeout(CLOSE_ECHO, self.inbox.drain()).await;
    }
}

fn last_word(end: &End) -> Option<Disconnected> {
    match end {
        End::Asked { id } => Some(Disconnected { id: Some(*id), failure: None }),
        End::Failed(failure) => Some(Disconnected { id: None, failure: Some(failure.clone()) }),
        End::BrowserGone | End::NotOpened => None,
    }
}

fn close_frame(end: &End) -> CloseFrame {
    let (code, reason) = match end {
        End::Asked { .. } | End::BrowserGone | End::NotOpened => (close_code::NORMAL, ""),
        End::Failed(failure) => match failure {
            Failure::ProxyStopping => (close_code::AWAY, "the proxy is being shut down"),
            Failure::FrameInvalid { .. } => (close_code::POLICY, "a frame broke the protocol"),
            Failure::BrowserSilent { .. } => (close_code::POLICY, "nothing was heard in time"),
            Failure::FrameTooLarge { .. } => (close_code::SIZE, "a frame was too large"),
            Failure::SessionIdle { .. } => (close_code::POLICY, "nothing was sent or received for long"),
            Failure::SessionTooLong { .. } => (close_code::POLICY, "the session lasted as long as one may"),
            Failure::TooManyAttempts { .. } => (close_code::AGAIN, "too many connection attempts"),
            Failure::TargetBusy { .. } => (close_code::AGAIN, "too many sessions to that server"),
            Failure::BrowserTooSlow { .. } => (close_code::AGAIN, "messages were read too slowly"),
            Failure::ProxyFault => (close_code::ERROR, "a defect in the proxy"),
            _ => (close_code::NORMAL, ""),
        },
    };
    CloseFrame { code, reason: reason.into() }
}
