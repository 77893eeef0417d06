//! Writes frames to the browser, one after the other, and gives a receipt for each that was taken.

use super::Receipt;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::{SinkExt, stream::SplitSink};
use tokio::sync::mpsc;

/// One thing to write.
#[derive(Debug)]
pub(super) enum Outbound {
    Frame { text: String, receipt: Option<Receipt> },
    Ping,
    Close(CloseFrame),
}

/// Runs until the browser is gone or nobody has anything more to write. The owner bounds its life.
pub(super) async fn run(
    mut sink: SplitSink<WebSocket, Message>,
    mut outbound: mpsc::Receiver<Outbound>,
    receipts: mpsc::Sender<Receipt>,
) {
    while let Some(next) = outbound.recv().await {
        let (message, receipt) = match next {
            Outbound::Frame { text, receipt } => (Message::Text(text.into()), receipt),
            Outbound::Ping => (Message::Ping(Bytes::new()), None),
            Outbound::Close(frame) => (Message::Close(Some(frame)), None),
        };
        // Flushed: the frame has left for the browser's connection when this returns.
        if sink.send(message).await.is_err() {
            return;
        }
        if let Some(receipt) = receipt
            && receipts.send(receipt).await.is_err()
        {
            return;
        }
    }
}
