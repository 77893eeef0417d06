//! Does what the reducer asked for. Holds the sockets and the one timer.

use super::{
    clipboard, demo, dialog, download, focus, http, location, socket::Socket, storage, theme, vault,
};
use crate::{
    parts,
    state::{
        Action, Effect, SocketId,
        action::{CertificateAction, SideEffect, SocketEvent},
        copy_as::CopyAsAction,
        log::LogAction,
        platform::PlatformAction,
        provision::ProvisionAction,
        saved::{SavedAction, SavedEffect},
    },
};
use gloo::timers::callback::Timeout;
use shared::{OFFER_PATH, wire};
use std::{fmt, pin::Pin};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

/// The browser, as far as the page uses it.
pub struct Browser {
    act: Callback<Action>,
    socket: Option<Socket>,
    /// For a session beside the device's own.
    side: Option<Socket>,
    timer: Option<Timeout>,
}

impl fmt::Debug for Browser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Browser").finish_non_exhaustive()
    }
}

impl Browser {
    /// What happens is reported to `act`.
    #[must_use]
    pub fn new(act: Callback<Action>) -> Self {
        Self { act, socket: None, side: None, timer: None }
    }

    /// Bytes that the device's socket has taken and the network has not.
    #[must_use]
    pub fn unsent_bytes(&self) -> u32 {
        self.socket.as_ref().map_or(0, Socket::unsent_bytes)
    }

    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::FetchOffer => self.fetch(async { Action::Offer(http::get(OFFER_PATH).await) }),
            Effect::FetchPart => self.fetch(async { Action::PartCame(parts::fetch_session().await.is_ok()) }),
            Effect::Focus(id) => focus::move_to(id),
            Effect::KeepTheme(chosen) => {
                theme::apply(chosen);
                theme::keep(chosen);
            }
            // Only the session's part asks for anything else, so it is there.
            other => {
                if let Some(session) = parts::session() {
                    (session.run)(self, other);
                }
            }
        }
    }

    /// What only a session asks for.
    pub fn run_late(&mut self, effect: Effect) {
        match effect {
            // Done above.
            Effect::FetchOffer | Effect::FetchPart | Effect::Focus(_) | Effect::KeepTheme(_) => {}
            Effect::FetchDemoDevice => self.fetch(async { Action::DemoDevice(demo::device().await) }),
            Effect::OpenSocket { socket, first } => self.socket = self.open(socket, first),
            Effect::Send(message) => {
                if let Some(socket) = &self.socket {
                    socket.send(&message);
                }
            }
            Effect::CloseSocket => self.socket = None,
            Effect::Side(effect) => self.run_side(effect),
            Effect::Wake { after_ms } => {
                let act = self.act.clone();
                self.timer = Some(Timeout::new(after_ms, move || act.emit(Action::Woke)));
            }
            Effect::Reveal(id) => focus::reveal(id),
            Effect::Select(id) => focus::select(id),
            Effect::Save { name, bytes } => download::save(&name, &bytes),
            Effect::Copy(text) => self.fetch(async move {
                Action::Certificate(CertificateAction::Copied(clipboard::write(&text).await))
            }),
            Effect::CopySecret(secret) => self.fetch(async move {
                Action::Provision(ProvisionAction::Copied(clipboard::write(secret.expose()).await))
            }),
            Effect::CopyEntry(text) => {
                self.fetch(async move { Action::Log(LogAction::Copied(clipboard::write(&text).await)) });
            }
            Effect::CopyProgram(program) => self.fetch(async move {
                Action::CopyAs(CopyAsAction::Copied(clipboard::write(program.expose()).await))
            }),
            Effect::ShowDialog(id) => dialog::show(id),
            Effect::CloseDialog(id) => dialog::close(id),
            Effect::Platform { token, ticket, call } => self.fetch(async move {
                let result = demo::call(&token, call).await;
                Action::Platform(PlatformAction::Replied { ticket, result })
            }),
            Effect::Saved(effect) => self.run_saved(effect),
        }
    }

    fn run_saved(&self, effect: SavedEffect) {
        match effect {
            SavedEffect::Store(text) => {
                self.act.emit(Action::Saved(SavedAction::Stored(storage::store(&text))));
            }
            SavedEffect::Seal { ticket, passphrase, secret, bound } => self.fetch(async move {
                let result = vault::seal(&passphrase, &secret, &bound).await;
                Action::Saved(SavedAction::Sealed { ticket, result })
            }),
            SavedEffect::Unseal { ticket, passphrase, sealed, bound } => self.fetch(async move {
                let result = vault::open(&passphrase, &sealed, &bound).await;
                Action::Saved(SavedAction::Opened { ticket, result })
            }),
            SavedEffect::CopyLink { host, port } => self.fetch(async move {
                let taken = match location::link(&host, &port) {
                    Some(link) => clipboard::write(&link).await,
                    None => false,
                };
                Action::Saved(SavedAction::LinkCopied(taken))
            }),
        }
    }

    fn fetch(&self, future: impl Future<Output = Action> + 'static) {
        report(self.act.clone(), Box::pin(future));
    }

    fn run_side(&mut self, effect: SideEffect) {
        match effect {
            SideEffect::Open { socket, first } => self.side = self.open(socket, first),
            SideEffect::Send(message) => {
                if let Some(socket) = &self.side {
                    socket.send(&message);
                }
            }
            SideEffect::Close => self.side = None,
        }
    }

    fn open(&self, id: SocketId, first: Box<wire::Connect>) -> Option<Socket> {
        let act = self.act.clone();
        let report = Callback::from(move |event| act.emit(Action::Socket(id, event)));
        let socket = Socket::open(&wire::ToProxy::Connect(first), report.clone());
        if socket.is_none() {
            report.emit(SocketEvent::Closed { opened: false, code: 0 });
        }
        socket
    }
}

/// Without generics, so that the program has it once.
fn report(act: Callback<Action>, future: Pin<Box<dyn Future<Output = Action>>>) {
    spawn_local(async move { act.emit(future.await) });
}
