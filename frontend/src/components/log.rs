//! The log of the session, newest at the bottom: a list of any length of which the rows in sight are drawn, with
//! its filter, its search, and the details of one entry.
//!
//! What the person has set lies in the state. What is made of it here is gone when the page is: which entries
//! pass, and where the list has been scrolled to.

mod bar;
mod details;
mod filter_bar;
mod list;
mod row;
mod settings;
mod shapes;
mod sifting;
mod tree;

/// Said while there is nothing.
pub(crate) const EMPTY: &str =
    "Nothing yet. Connect, or press Run the example: every message, sent or received, appears here.";

pub use list::{Console, Msg, Props, Step};
