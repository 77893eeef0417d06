//! What is drawn, one file each. Views are small and know nothing of sockets: they show what they are
//! given and report what the person does.
//!
//! A view that has a state of its own, or that is costly to draw again, is a component. All others are
//! plain functions, which make the program a good deal smaller.

pub mod announcer;
pub mod attributes;
pub mod certificate_card;
pub mod certificate_field;
pub mod certificate_panel;
pub mod connection_form;
pub mod copy_as;
pub mod device_tabs;
pub mod dialect;
pub mod elsewhere;
pub mod failure_card;
pub mod field;
pub mod firmware;
pub mod folded;
pub mod gateway;
pub mod header;
pub mod icon;
pub mod limits;
pub mod listen;
pub mod log;
pub mod missing_part;
pub mod panels;
pub mod platform;
pub mod provision;
pub mod publish_bar;
pub mod raw_mqtt;
pub mod recent;
pub mod rpc;
pub mod saved_devices;
pub mod select;
pub mod status;
pub mod steps;
pub mod tabs;
pub mod telemetry;
pub mod theme_switch;
pub mod token_field;
pub mod trouble;
