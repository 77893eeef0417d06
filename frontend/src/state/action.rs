//! What can happen to the page, and what the page asks of the browser.

use super::{Tab, Theme, form::Field, platform::PlatformAction};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    platform::{AttributeKeys, DemoDevice, PlatformView, RpcCall, RpcOutcome},
    trust_file::{TrustFile, TrustFileProblem},
    wire::{Connect, MqttVersion, ProxyOffer, QoS, ToBrowser, ToProxy},
};

/// Tells one WebSocket from the next.
pub type SocketId = u32;

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The page is there: time to ask the proxy what it offers.
    Started,
    Offer(Result<ProxyOffer, String>),
    Form(FormAction),
    Connect,
    Disconnect,
    ReconnectNow,
    RunExample,
    UseDemoDevice,
    DemoDevice(Result<DemoDevice, String>),
    Socket(SocketId, SocketEvent),
    /// The one timer rang.
    Woke,
    Publish(PublishAction),
    Subscriptions(SubscriptionAction),
    Platform(PlatformAction),
    Certificate(CertificateAction),
    ClearLog,
    SelectTab(Tab),
    ChooseTheme(Theme),
}

/// The person worked on the connection form.
#[derive(Clone, Debug, PartialEq)]
pub enum FormAction {
    /// Host, port, token or pasted text changed.
    Typed(Field, String),
    ToggleTokenShown,
    TrustChosen(super::form::TrustChoice),
    VersionChosen(MqttVersion),
    TogglePaste,
    CertificateRead {
        source: String,
        result: Result<TrustFile, TrustFileProblem>,
    },
    /// The browser could not read the file.
    CertificateUnreadable,
    CertificateRemoved,
}

/// What one WebSocket reports.
#[derive(Clone, Debug, PartialEq)]
pub enum SocketEvent {
    Messages(Vec<ToBrowser>),
    /// A frame this page does not understand, and the parser's reason.
    Undecodable(String),
    /// The last event. `opened`: whether it had ever been open.
    Closed {
        opened: bool,
        code: u16,
    },
}

/// The person worked on the publish bar.
#[derive(Clone, Debug, PartialEq)]
pub enum PublishAction {
    TopicTyped(String),
    QosChosen(QoS),
    PayloadTyped(String),
    Submit,
}

/// The person worked on the subscriptions.
#[derive(Clone, Debug, PartialEq)]
pub enum SubscriptionAction {
    FilterTyped(String),
    QosChosen(QoS),
    /// Subscribe to what is typed.
    Submit,
    /// Subscribe to a filter the page offers.
    Add(&'static str),
    Remove(String),
}

/// The person worked on the tab `Certificate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateAction {
    SaveChain,
    CopyCommand,
    /// Whether the clipboard took the command.
    Copied(bool),
}

/// Something for the browser to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    FetchOffer,
    FetchDemoDevice,
    /// Opens a WebSocket and sends this as its first message.
    OpenSocket {
        socket: SocketId,
        first: Box<Connect>,
    },
    Send(ToProxy),
    CloseSocket,
    /// Sets the one timer, in place of what it was set to.
    Wake {
        after_ms: u32,
    },
    /// Moves the keyboard focus to the element with this id, once drawn.
    Focus(&'static str),
    /// Scrolls to the element with this id, once drawn, when it is out of sight.
    Reveal(&'static str),
    /// Hands a text file to the person.
    Save {
        name: String,
        text: String,
    },
    /// Puts a text on the clipboard.
    Copy(String),
    /// Selects the text of the element with this id.
    Select(&'static str),
    Platform {
        token: AccessToken,
        ticket: u32,
        call: PlatformCall,
    },
    KeepTheme(Theme),
}

/// A call of the emulator's platform side.
#[derive(Clone, Debug, PartialEq)]
pub enum PlatformCall {
    View,
    Rpc(RpcCall),
    SetShared(Map<String, Value>),
    DeleteShared(AttributeKeys),
}

/// What a call of the platform side gave.
#[derive(Clone, Debug, PartialEq)]
pub enum PlatformReply {
    View(PlatformView),
    Rpc(RpcOutcome),
    Done,
}
