//! What is drawn, one file each. Components are small and know nothing of sockets: they show what they
//! are given and report what the person does.

pub mod announcer;
pub mod certificate_card;
pub mod certificate_field;
pub mod certificate_panel;
pub mod connection_form;
pub mod console;
pub mod failure_card;
pub mod field;
pub mod header;
pub mod icon;
pub mod log_entry;
pub mod long_text;
pub mod platform;
pub mod publish_bar;
pub mod raw_mqtt;
pub mod select;
pub mod status;
pub mod steps;
pub mod tabs;
pub mod theme_switch;
pub mod token_field;
