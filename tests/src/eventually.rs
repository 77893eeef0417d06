//! Assertions about what becomes true in a moment, without a guess how long that moment is.

use crate::PATIENCE;
use std::{fmt::Debug, future::Future, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks until `probe` finds something, and returns that.
///
/// # Panics
/// Nothing was found within [`PATIENCE`].
#[track_caller]
pub fn eventually<T>(what: &str, probe: impl FnMut() -> Option<T>) -> impl Future<Output = T> {
    let what = what.to_owned();
    let place = std::panic::Location::caller();
    async move {
        match look(probe, PATIENCE).await {
            Some(found) => found,
            None => panic!("{place}: not within {PATIENCE:?}: {what}"),
        }
    }
}

/// Looks until both are equal, and shows the last value otherwise.
///
/// # Panics
/// They were not equal within [`PATIENCE`].
pub async fn eventually_equal<T: PartialEq + Debug>(mut value: impl FnMut() -> T, wanted: T) {
    let found = look(|| (value() == wanted).then_some(()), PATIENCE).await;
    if found.is_none() {
        assert_eq!(value(), wanted, "not within {PATIENCE:?}");
    }
}

/// Looks for at most `limit`.
pub async fn look<T>(mut probe: impl FnMut() -> Option<T>, limit: Duration) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = probe() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        sleep(PAUSE).await;
    }
}

/// Waits for `work`, which should be done at once.
///
/// # Panics
/// It was not done within [`PATIENCE`].
pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    within(PATIENCE, what, work).await
}

/// Waits for `work` and insists on `limit`.
///
/// # Panics
/// It was not done in time.
pub async fn within<T>(limit: Duration, what: &str, work: impl Future<Output = T>) -> T {
    match timeout(limit, work).await {
        Ok(value) => value,
        Err(_) => panic!("not within {limit:?}: {what}"),
    }
}
