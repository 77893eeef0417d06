//! What can happen to the page, and what the page asks of the browser.

use super::{
    Tab, Theme,
    attributes::AttributesAction,
    copy_as::CopyAsAction,
    dialect::DialectAction,
    firmware::FirmwareAction,
    form::{Field, Secret},
    gateway::GatewayAction,
    limits::LimitsAction,
    log::LogAction,
    platform::PlatformAction,
    provision::ProvisionAction,
    rpc::RpcAction,
    saved::{SavedAction, SavedEffect},
    telemetry::TelemetryAction,
};
use shared::{
    credentials::AccessToken,
    platform::DemoDevice,
    trust_file::{TrustFile, TrustFileProblem},
    wire::{Connect, MqttVersion, ProxyOffer, QoS, ToBrowser, ToProxy},
};

pub use super::{
    platform::calls::{PlatformCall, PlatformReply},
    publish::PublishAction,
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
    /// Time passed; called for while [`super::State::wants_ticks`].
    Tick,
    /// On the publish bar.
    Publish(PublishAction),
    /// On the long form of `Raw MQTT`.
    Raw(PublishAction),
    Subscriptions(SubscriptionAction),
    Dialect(DialectAction),
    Telemetry(TelemetryAction),
    Attributes(AttributesAction),
    Rpc(RpcAction),
    Firmware(FirmwareAction),
    Provision(ProvisionAction),
    Gateway(GatewayAction),
    Limits(LimitsAction),
    Platform(PlatformAction),
    Saved(SavedAction),
    Certificate(CertificateAction),
    CopyAs(CopyAsAction),
    /// The person asks again for the part of the program that did not come.
    PartAsked,
    /// Whether the session's part of the program came.
    PartCame(bool),
    ClearLog,
    /// On the console.
    Log(LogAction),
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
    Advanced(super::form::AdvancedAction),
    TogglePaste,
    /// The text box for a line that ThingsBoard shows.
    ToggleLine,
    /// Fill in what the line says.
    ReadLine,
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
    /// The last event. `opened`: whether it had ever been open. `code`: of the close frame (RFC 6455 section 7.4);
    /// of a socket that was never open 1013 where the proxy says that it has none to spare.
    Closed {
        opened: bool,
        code: u16,
    },
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
    /// Fetches the session's part of the program; the outcome comes as [`Action::PartCame`].
    FetchPart,
    /// Opens a WebSocket and sends this as its first message.
    OpenSocket {
        socket: SocketId,
        first: Box<Connect>,
    },
    Send(ToProxy),
    CloseSocket,
    /// What a second session asks for, beside the device's own.
    Side(SideEffect),
    /// Sets the one timer, in place of what it was set to.
    Wake {
        after_ms: u32,
    },
    /// Moves the keyboard focus to the element with this id, once drawn.
    Focus(&'static str),
    /// Scrolls to the element with this id, once drawn, when it is out of sight.
    Reveal(&'static str),
    /// Hands a file to the person.
    Save {
        name: String,
        bytes: Vec<u8>,
    },
    /// Puts a text on the clipboard.
    Copy(String),
    /// The same for what is not to be seen; the outcome comes as [`ProvisionAction::Copied`].
    CopySecret(Secret),
    /// The same for an entry of the console; the outcome comes as [`LogAction::Copied`].
    CopyEntry(String),
    /// The same for a program that may hold the token; the outcome comes as [`CopyAsAction::Copied`].
    CopyProgram(Secret),
    /// Shows the dialog with this id over the page, once drawn.
    ShowDialog(&'static str),
    CloseDialog(&'static str),
    /// Selects the text of the element with this id.
    Select(&'static str),
    Platform {
        token: AccessToken,
        ticket: u32,
        call: PlatformCall,
    },
    Saved(SavedEffect),
    KeepTheme(Theme),
}

impl Effect {
    /// Whether it moves what the person sees, which only the device that is shown may do.
    #[must_use]
    pub fn is_about_sight(&self) -> bool {
        matches!(self, Self::Focus(_) | Self::Reveal(_) | Self::Select(_))
    }
}

/// What is to become of the second WebSocket, which holds a session that is to be provisioned.
#[derive(Clone, Debug, PartialEq)]
pub enum SideEffect {
    /// Opens a WebSocket in place of the last one and sends this as its first message.
    Open {
        socket: SocketId,
        first: Box<Connect>,
    },
    Send(ToProxy),
    Close,
}
