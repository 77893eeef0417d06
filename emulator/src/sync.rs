//! A lock that a panic elsewhere does not poison: one session that panicked must not end the others. Kept
//! state is simple enough that each change is complete or not begun.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
