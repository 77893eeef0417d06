//! The only callers of browser APIs. Each is small; what they report comes back as an
//! [`Action`](crate::state::Action), never as a return value that a component would wait for.

mod browser;
mod clipboard;
pub mod clock;
mod demo;
mod dialog;
mod download;
pub mod expression;
pub mod files;
pub mod focus;
mod http;
pub mod idle;
pub mod list;
pub mod location;
pub mod package_file;
pub mod payload_file;
pub mod resize;
mod socket;
pub mod storage;
pub mod text_file;
pub mod theme;
mod vault;

pub use browser::Browser;
