//! Who carries a rule out: the page's session, or a client library in a process of its own. Both are told the
//! same commands and see the same events.

use super::{library::Library, page::PageClients};
use anyhow::Result;
use shared::wire::MqttVersion;
use std::net::SocketAddr;

/// Where the server is and how to believe it.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) ca: String,
}

/// What a client is to do.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Connect(Connect),
    /// Filters with the QoS wanted.
    Subscribe(Vec<(String, u8)>),
    Unsubscribe(Vec<String>),
    Publish(Publish),
    Disconnect,
}

#[derive(Clone, Debug)]
pub(super) struct Connect {
    pub(super) server: Server,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) client_id: String,
    pub(super) clean: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Publish {
    /// By which its acknowledgement is known.
    pub(super) number: u32,
    pub(super) topic: String,
    pub(super) qos: u8,
    pub(super) payload: Vec<u8>,
}

/// What a client sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    ConnAck {
        code: u8,
        session_present: bool,
    },
    SubAck(Vec<u8>),
    /// `None` where the version has no codes, or the client does not tell them.
    UnsubAck(Option<Vec<u8>>),
    PubAck {
        number: u32,
        code: u8,
    },
    Message {
        topic: String,
        qos: u8,
        payload: Vec<u8>,
    },
    /// With the reason of DISCONNECT, if there was one.
    Closed(Option<u8>),
    /// The client itself refuses the command.
    Cannot(String),
}

/// A way to carry rules out.
#[derive(Debug)]
pub(super) enum Actor {
    Page(PageClients),
    Library(Library),
}

impl Actor {
    pub(super) async fn tell(&mut self, client: &str, command: Command) -> Result<()> {
        match self {
            Self::Page(page) => page.tell(client, command).await,
            Self::Library(library) => library.tell(client, &command),
        }
    }

    /// The client's next event.
    pub(super) async fn next(&mut self, client: &str) -> Result<Event> {
        match self {
            Self::Page(page) => page.next(client).await,
            Self::Library(library) => library.next(client).await,
        }
    }
}

/// A client program by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Page,
    Paho,
    MqttJs,
}

/// A program that speaks one version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) program: Program,
    pub(super) version: MqttVersion,
}

impl Way {
    pub(super) async fn start(self) -> Result<Actor> {
        Ok(match self.program {
            Program::Page => Actor::Page(PageClients::start(self.version).await),
            Program::Paho => Actor::Library(Library::paho(self.version())?),
            Program::MqttJs => Actor::Library(Library::mqtt_js(self.version())?),
        })
    }

    /// As scenario file and libraries write it.
    pub(super) fn version(self) -> &'static str {
        match self.version {
            MqttVersion::V3_1_1 => "3.1.1",
            MqttVersion::V5 => "5",
        }
    }

    pub(super) fn program(self) -> &'static str {
        match self.program {
            Program::Page => "page",
            Program::Paho => "paho",
            Program::MqttJs => "mqtt.js",
        }
    }
}
