//! Does what the reducer asked for. Holds the one socket and the one timer.

use super::{clipboard, demo, download, focus, http, socket::Socket, theme};
use crate::state::{
    Action, Effect, SocketId,
    action::{CertificateAction, SocketEvent},
    platform::PlatformAction,
};
use gloo::timers::callback::Timeout;
use shared::{OFFER_PATH, wire};
use std::fmt;
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

/// The browser, as far as the page uses it.
pub struct Browser {
    act: Callback<Action>,
    socket: Option<Socket>,
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
        Self { act, socket: None, timer: None }
    }

    /// Bytes that the socket has taken and the network has not.
    #[must_use]
    pub fn unsent_bytes(&self) -> u32 {
        self.socket.as_ref().map_or(0, Socket::unsent_bytes)
    }

    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::FetchOffer => self.fetch(async { Action::Offer(http::get(OFFER_PATH).await) }),
            Effect::FetchDemoDevice => self.fetch(async { Action::DemoDevice(demo::device().await) }),
            Effect::OpenSocket { socket, first } => self.open(socket, first),
            Effect::Send(message) => {
                if let Some(socket) = &self.socket {
                    socket.send(&message);
                }
            }
            Effect::CloseSocket => self.socket = None,
            Effect::Wake { after_ms } => {
                let act = self.act.clone();
                self.timer = Some(Timeout::new(after_ms, move || act.emit(Action::Woke)));
            }
            Effect::Focus(id) => focus::move_to(id),
            Effect::Reveal(id) => focus::reveal(id),
            Effect::Select(id) => focus::select(id),
            Effect::Save { name, text } => download::save(&name, &text),
            Effect::Copy(text) => self.fetch(async move {
                Action::Certificate(CertificateAction::Copied(clipboard::write(&text).await))
            }),
            Effect::Platform { token, ticket, call } => self.fetch(async move {
                let result = demo::call(&token, call).await;
                Action::Platform(PlatformAction::Replied { ticket, result })
            }),
            Effect::KeepTheme(chosen) => {
                theme::apply(chosen);
                theme::keep(chosen);
            }
        }
    }

    fn fetch(&self, future: impl Future<Output = Action> + 'static) {
        let act = self.act.clone();
        spawn_local(async move { act.emit(future.await) });
    }

    fn open(&mut self, id: SocketId, first: Box<wire::Connect>) {
        let act = self.act.clone();
        let report = Callback::from(move |event| act.emit(Action::Socket(id, event)));
        self.socket = Socket::open(&wire::ToProxy::Connect(first), report.clone());
        if self.socket.is_none() {
            report.emit(SocketEvent::Closed { opened: false, code: 0 });
        }
    }
}
