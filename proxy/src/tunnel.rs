//! The tunnel for other people's MQTT clients: the bytes of a WebSocket go through verified TLS to the one
//! server that the operator chose, and back. Nothing is parsed.
//!
//! Each direction reads only after its last write was taken, so that a slow side slows the other and nothing
//! piles up. Knows neither MQTT nor who may come in.

use crate::{
    config::SessionLimits,
    lifetime::{Due, Lifetime},
    opening::{
        Means,
        route::Route,
        steps::{Failed, Steps},
    },
    throttle::Throttle,
    tls::{Secured, Stream},
};
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::{Bytes, BytesMut};
use futures_util::{
    Sink, SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use shared::{
    endpoint::Endpoint,
    failure::Failure,
    wire::{StepPassed, Trust},
};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf},
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::{
    Error as WebSocketError,
    error::{CapacityError, ProtocolError},
};
use tokio_util::sync::CancellationToken;

/// Bytes asked of the server at one read: one frame to the client.
const READ_BYTES: usize = 16 * 1024;

/// Bytes that a frame counts for beyond its own, about what one costs us.
const FRAME_COST: usize = 256;

/// How long the client's own close is waited for.
const CLOSE_ECHO: Duration = Duration::from_millis(500);

/// Why a tunnel is over, as one word for the log and for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Client,
    Server,
    /// Text where MQTT needs bytes (MQTT 5 section 6).
    Text,
    Invalid,
    TooLarge,
    Silent,
    Stalled,
    Idle,
    TooLong,
    Stopping,
}

impl End {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Client => "client-gone",
            Self::Server => "server-closed",
            Self::Text | Self::Invalid => "frame-invalid",
            Self::TooLarge => "frame-too-large",
            Self::Silent => "client-silent",
            Self::Stalled => "stalled",
            Self::Idle => "session-idle",
            Self::TooLong => "session-too-long",
            Self::Stopping => "proxy-stopping",
        }
    }

    fn close_frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::Client => (close_code::NORMAL, ""),
            Self::Server => (close_code::NORMAL, "the server closed the connection"),
            Self::Text => (close_code::UNSUPPORTED, "MQTT needs binary frames"),
            Self::Invalid => (close_code::PROTOCOL, "the WebSocket protocol was broken"),
            Self::TooLarge => (close_code::SIZE, "a frame was too large"),
            Self::Silent => (close_code::POLICY, "nothing was heard in time"),
            Self::Stalled => (close_code::AGAIN, "one side took nothing"),
            Self::Idle => (close_code::POLICY, "nothing was sent for long"),
            Self::TooLong => (close_code::AGAIN, "the session lasted as long as one may"),
            Self::Stopping => (close_code::AWAY, "the proxy is being shut down"),
        };
        CloseFrame { code, reason: reason.into() }
    }
}

/// Opens the way to the server: name, TCP, verified TLS.
pub(crate) async fn open(
    endpoint: &Endpoint,
    trust: &Trust,
    means: &Means,
    report: impl FnMut(StepPassed),
) -> Result<Secured, Box<Failed>> {
    let mut steps = Steps::new(0, report);
    let route = Route::new(endpoint.clone(), trust.clone(), means)
        .map_err(|_| Box::new(steps.failed(Failure::ProxyFault)))?;
    let limit = means.opening.all;
    match timeout(limit, route.secure(&mut steps)).await {
        Ok(Ok((secured, _))) => Ok(secured),
        Ok(Err(failed)) => Err(Box::new(failed)),
        Err(_) => Err(Box::new(steps.failed(route.timed_out(steps.step(), limit)))),
    }
}

/// Carries bytes both ways until one side is gone or a bound is reached, and closes both in order.
pub(crate) async fn run(
    socket: WebSocket,
    server: Stream,
    limits: &SessionLimits,
    stopping: &CancellationToken,
) -> End {
    let (mut to_client, mut from_client) = socket.split();
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let lifetime = Mutex::new(Lifetime::new(limits.life, limits.idle, limits.end_warning, now()));
    let end = {
        let up = uplink(&mut from_client, &mut to_server, limits, &lifetime);
        let down = downlink(&mut from_server, &mut to_client, limits, &lifetime);
        tokio::pin!(up, down);
        // What is dropped half-way here belongs to a tunnel that is over.
        tokio::select! {
            biased;
            () = stopping.cancelled() => End::Stopping,
            end = &mut up => end,
            end = &mut down => end,
            end = over(&lifetime) => end,
        }
    };
    // A side that does not take its goodbye in time is left.
    let goodbye = async {
        let _: std::io::Result<()> = to_server.shutdown().await;
        let _: Result<(), axum::Error> = to_client.send(Message::Close(Some(end.close_frame()))).await;
    };
    let _: Result<(), _> = timeout(limits.close, goodbye).await;
    // A connection that is dropped with bytes unread is reset, and the client would lose our close. After a frame that
    // was refused nothing can be read, only waited.
    let echo = async {
        while let Some(Ok(_)) = from_client.next().await {}
        if matches!(end, End::TooLarge | End::Invalid) {
            std::future::pending::<()>().await;
        }
    };
    if end != End::Client {
        let _: Result<(), _> = timeout(CLOSE_ECHO, echo).await;
    }
    end
}

/// Waits until the tunnel has rested or lasted too long.
async fn over(lifetime: &Mutex<Lifetime>) -> End {
    loop {
        let deadline = locked(lifetime).deadline();
        let Some(deadline) = deadline else { return std::future::pending().await };
        sleep_until(deadline.into()).await;
        // MQTT has no word for a warning; bytes that went meanwhile have moved the deadline.
        match locked(lifetime).poll(now()) {
            Some(Due::Over(Failure::SessionIdle { .. })) => return End::Idle,
            Some(Due::Over(_)) => return End::TooLong,
            Some(Due::Warn(_)) | None => {}
        }
    }
}

fn locked(lifetime: &Mutex<Lifetime>) -> MutexGuard<'_, Lifetime> {
    lifetime.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

async fn uplink(
    client: &mut SplitStream<WebSocket>,
    server: &mut WriteHalf<Stream>,
    limits: &SessionLimits,
    lifetime: &Mutex<Lifetime>,
) -> End {
    let mut bytes_pace = Throttle::new(limits.byte_rate, now());
    let mut frames_pace = Throttle::new(limits.message_rate, now());
    loop {
        let bytes: Bytes = match timeout(limits.browser_silence, client.next()).await {
            Err(_) => return End::Silent,
            Ok(Some(Err(error))) => return of_error(&error),
            Ok(None | Some(Ok(Message::Close(_)))) => return End::Client,
            Ok(Some(Ok(Message::Text(_)))) => return End::Text,
            // Pings and empty frames are free for the client, not for us: they cost time, and keep nothing open.
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => Bytes::new(),
            Ok(Some(Ok(Message::Binary(bytes)))) => bytes,
        };
        bytes_pace.take(bytes.len() + FRAME_COST, now());
        frames_pace.take(1, now());
        for at in [bytes_pace.opens_at(), frames_pace.opens_at()].into_iter().flatten() {
            sleep_until(at.into()).await;
        }
        if bytes.is_empty() {
            continue;
        }
        locked(lifetime).active(now());
        let written = async {
            server.write_all(&bytes).await?;
            server.flush().await
        };
        match timeout(limits.broker_write, written).await {
            Err(_) => return End::Stalled,
            Ok(Err(_)) => return End::Server,
            Ok(Ok(())) => {}
        }
    }
}

async fn downlink(
    server: &mut ReadHalf<Stream>,
    client: &mut SplitSink<WebSocket, Message>,
    limits: &SessionLimits,
    lifetime: &Mutex<Lifetime>,
) -> End {
    let mut pings = interval_at(Instant::now() + limits.browser_ping, limits.browser_ping);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut buffer = BytesMut::new();
    let mut bytes_pace = Throttle::new(limits.server_byte_rate, now());
    let mut reads_pace = Throttle::new(limits.server_message_rate, now());
    loop {
        buffer.reserve(READ_BYTES);
        let opens_at = [bytes_pace.opens_at(), reads_pace.opens_at()].into_iter().flatten().max();
        let message = tokio::select! {
            read = read_at(opens_at, server, &mut buffer) => match read {
                Ok(0) | Err(_) => return End::Server,
                Ok(count) => {
                    locked(lifetime).active(now());
                    bytes_pace.take(count, now());
                    reads_pace.take(1, now());
                    Message::Binary(buffer.split().freeze())
                }
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
        };
        match timeout(limits.browser_stall, send(client, message)).await {
            Err(_) => return End::Stalled,
            Ok(Err(_)) => return End::Client,
            Ok(Ok(())) => {}
        }
    }
}

/// Reads once that time has come. Nothing is lost when it is dropped before.
async fn read_at(
    opens_at: Option<std::time::Instant>,
    server: &mut ReadHalf<Stream>,
    buffer: &mut BytesMut,
) -> std::io::Result<usize> {
    if let Some(at) = opens_at {
        sleep_until(at.into()).await;
    }
    server.read_buf(buffer).await
}

async fn send(
    client: &mut (impl Sink<Message, Error = axum::Error> + Unpin),
    message: Message,
) -> Result<(), axum::Error> {
    client.send(message).await
}

fn of_error(error: &axum::Error) -> End {
    match std::error::Error::source(error).and_then(|source| source.downcast_ref()) {
        Some(WebSocketError::Capacity(CapacityError::MessageTooLong { .. })) => End::TooLarge,
        Some(WebSocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::Client,
        Some(WebSocketError::Protocol(_)) => End::Invalid,
        _ => End::Client,
    }
}
