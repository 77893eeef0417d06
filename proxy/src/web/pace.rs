//! How fast the bytes of a WebSocket are read, whatever they are.
//!
//! What a session asks for is paced where it is understood. Below that lie pings and the pieces of a frame, which
//! the WebSocket library takes by itself and which cost time even when they are empty: so the bytes are paced too.

use crate::{config::Rate, throttle::Throttle};
use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// The pace of one connection; none until it is a WebSocket's.
#[derive(Clone, Debug)]
pub(super) struct Pace(Arc<Mutex<Throttle>>);

impl Pace {
    pub(super) fn unbounded() -> Self {
        Self(Arc::new(Mutex::new(Throttle::new(None, now()))))
    }

    pub(super) fn set(&self, rate: Option<Rate>) {
        *self.locked() = Throttle::new(rate, now());
    }

    fn locked(&self) -> MutexGuard<'_, Throttle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is read no faster than its pace.
#[derive(Debug)]
pub(super) struct Paced<S> {
    stream: S,
    pace: Pace,
    /// Until more may be read.
    rest: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Pace) -> Self {
        Self { stream, pace, rest: None }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(rest) = &mut self.rest {
            ready!(rest.as_mut().poll(context));
            self.rest = None;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let opens_at = {
            let mut throttle = self.pace.locked();
            throttle.take(buffer.filled().len() - before, now());
            throttle.opens_at()
        };
        self.rest = opens_at.map(|at| Box::pin(sleep_until(at.into())));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::io::AsyncReadExt;

    #[tokio::test(start_paused = true)]
    async fn a_websocket_is_read_at_its_pace_and_loses_nothing() {
        let pace = Pace::unbounded();
        let mut paced = Paced::new(tokio::io::repeat(7).take(1_000), pace.clone());
        let mut bytes = [0; 200];
        let start = Instant::now();
        paced.read_exact(&mut bytes).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO, "plain HTTP has other bounds");
        pace.set(Some(Rate { per_second: 100, burst: 200 }));
        let mut rest = Vec::new();
        paced.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest.len(), 800);
        // 200 at once, 600 at 100 a second.
        assert!(start.elapsed().as_millis().abs_diff(6_000) < 10, "{:?}", start.elapsed());
    }
}
