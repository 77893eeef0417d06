//! Work that takes a processor for a while, kept away from the threads that serve connections. Little of it runs
//! at once, and little waits. Knows nothing of what the work is.

use std::sync::Arc;
use thiserror::Error;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// As much work waits as may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The server prepares as many packages as it can just now: try again in a few seconds.")]
pub(super) struct Busy;

/// The queue; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    /// For what runs and what waits.
    places: Arc<Semaphore>,
    /// For what runs.
    turns: Arc<Semaphore>,
}

impl Queue {
    pub(super) fn new(at_once: usize, waiting: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(at_once.saturating_add(waiting)), turns: semaphore(at_once) }
    }

    /// Waits for a turn and then for the work. Work that has begun keeps its turn to its end, also when nobody
    /// waits for it any more.
    ///
    /// # Errors
    /// When too much waits, or the program is about to end.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Busy)?;
        let worked = spawn_blocking(move || {
            let _kept = (place, turn);
            work()
        });
        worked.await.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn little_runs_at_once_little_waits_and_the_rest_is_refused() {
        let queue = Queue::new(2, 1);
        let (begun, begins) = channel();
        let mut ends = Vec::new();
        let mut works = Vec::new();
        for number in 0..3 {
            let (end, ended) = channel::<()>();
            let (queue, begun) = (queue.clone(), begun.clone());
            ends.push(Some(end));
            works.push(tokio::spawn(async move {
                let work = move || {
                    begun.send(number).unwrap();
                    // Until the test lets it go.
                    let _ = ended.recv();
                    number
                };
                queue.run(work).await
            }));
        }
        // This thread serves on although two threads are kept busy.
        while queue.places.available_permits() > 0 {
            yield_now().await;
        }
        let running = [begins.recv().unwrap(), begins.recv().unwrap()];
        assert_eq!(queue.run(|| 9).await, Err(Busy));
        assert!(begins.try_recv().is_err(), "the third waits");
        ends[running[0]] = None;
        let first = (&mut works[running[0]]).await.unwrap();
        assert_eq!(first, Ok(running[0]));
        let third = loop {
            match begins.try_recv() {
                Ok(number) => break number,
                Err(_) => yield_now().await,
            }
        };
        assert_eq!(third, 3 - running[0] - running[1]);
        ends.clear();
        drop(works);
        // Also what nobody waits for any more gives its place back.
        while queue.places.available_permits() < 3 {
            yield_now().await;
        }
        assert_eq!(queue.run(|| 9).await, Ok(9));
    }
}
