//! How a component reaches the state, the page's focus and time.

mod use_idle;
mod use_interval;
mod use_panels;
pub mod use_session;

pub use use_idle::use_idle;
pub use use_interval::use_interval;
pub use use_panels::{Panels, use_panels};
pub use use_session::{SessionHandle, SessionProvider, Verbs, use_session};
