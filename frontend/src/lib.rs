//! The page: a Yew program that is the device's console.
//!
//! - [`state`]: everything the page knows, and the pure function that changes it
//! - [`example`]: what "Run the example" sends and prints
//! - [`clinic`]: what certificates are worth to the person
//! - [`inspect`]: a payload looked at closely
//! - [`text`]: how untrusted text, sizes and times are written
//! - [`copy_as`]: what was done, as programs in other languages
//! - [`pasted`]: the line that ThingsBoard shows, read for the form
//! - [`services`]: the only callers of browser APIs
//! - [`hooks`]: how a component reaches the state
//! - [`parts`]: what of all this is fetched later, and by what it is reached
//! - [`components`]: what is drawn, one file each
//! - [`app`]: the page put together

pub mod app;
pub mod clinic;
pub mod components;
pub mod copy_as;
pub mod example;
pub mod hooks;
pub mod inspect;
pub mod parts;
pub mod pasted;
pub mod services;
pub mod state;
pub mod text;
