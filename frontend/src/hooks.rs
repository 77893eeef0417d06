//! How a component reaches the state, the page's focus and time.

mod use_interval;
pub mod use_session;

pub use use_interval::use_interval;
pub use use_session::{SessionHandle, SessionProvider, Verbs, use_session};
