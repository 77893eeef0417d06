//! What the tests are told with: peers to talk to, links to break, and patience with a limit.
//!
//! Nothing here asserts what the product does; that stands in the tests themselves. Everything listens on
//! a free port, waits with a deadline, and stops what it started when it is dropped.
//!
//! - [`proxy`]: the proxy in this process; [`program`]: the real program in a process of its own, [`serving`] while it
//!   serves
//! - [`page`]: plays the page over a real WebSocket; [`http`]: asks over a bare socket
//! - [`certs`]: authorities and certificates, good and bad
//! - [`broker`]: an MQTT server whose every packet the test decides, and servers that are none
//! - [`emulated`]: a ThingsBoard with one device; [`mosquitto`], [`haproxy`], [`python`], [`node`]: other people's
//!   programs, each a [`child`] with a [`folder`] where needed; [`shipped`]: a [`balancer`] with its file of `deploy/`
//! - [`link`]: a connection that can be stalled, slowed and cut; [`front`]: one that becomes TLS on its way
//! - [`eventually`]: assertions that may need a moment
//! - [`browser`]: a real Chromium with the page in it
//! - [`dist`]: the built page; [`example`]: what the one-way TLS example sends

pub mod balancer;
pub mod broker;
pub mod browser;
pub mod canary;
pub mod certs;
pub mod child;
pub mod dist;
pub mod emulated;
pub mod eventually;
pub mod example;
pub mod feeder;
pub mod folder;
pub mod front;
pub mod haproxy;
pub mod http;
pub mod link;
pub mod mosquitto;
pub mod names;
pub mod node;
pub mod page;
pub mod program;
pub mod proxy;
pub mod python;
pub mod serving;
pub mod shipped;

use std::time::Duration;

/// How long anything may take that should happen at once. Long enough for a loaded machine; a test that
/// needs it is failing already.
pub const PATIENCE: Duration = Duration::from_secs(10);
