//! The WebSocket to the proxy. Reports what arrives once per drawn frame, however fast it comes; in a
//! hidden tab, where nothing is drawn, by a timer, and at once when much has gathered, so that nothing
//! piles up unseen.

use super::{http, location};
use crate::state::action::SocketEvent;
use gloo::{
    events::EventListener,
    render::{AnimationFrame, request_animation_frame},
    timers::callback::Timeout,
};
use shared::{
    SUBPROTOCOL, WEBSOCKET_PATH,
    wire::{ToBrowser, ToProxy, decode_frame, encode_frame},
};
use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{CloseEvent, MessageEvent, WebSocket};
use yew::Callback;

/// Milliseconds after which messages are reported though no frame was drawn.
const HIDDEN_TAB_MS: u32 = 250;
/// Messages that are reported without waiting for either.
const MANY: usize = 2_000;
/// Close code for an orderly end.
const NORMAL: u16 = 1000;
/// Close code of a server that is overloaded (RFC 6455's registry).
const TRY_AGAIN_LATER: u16 = 1013;

/// An open or opening WebSocket. Dropping it closes it; after that it reports nothing.
pub(super) struct Socket {
    websocket: WebSocket,
    _listeners: [EventListener; 3],
}

impl fmt::Debug for Socket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Socket {
    /// Opens a WebSocket to this page's own server and sends `first` as soon as it is open. `None` when
    /// the browser refuses the address.
    pub(super) fn open(first: &ToProxy, report: Callback<SocketEvent>) -> Option<Self> {
        let websocket = connect()?;
        let inbox = Rc::new(Inbox { report, ..Inbox::default() });
        let opened = Rc::new(Cell::new(false));
        let first = encode_frame(std::slice::from_ref(first));
        let on_open = {
            let (websocket, opened) = (websocket.clone(), opened.clone());
            EventListener::once(&websocket.clone(), "open", move |_| {
                opened.set(true);
                send_text(&websocket, &first);
            })
        };
        let on_message = {
            let inbox = inbox.clone();
            EventListener::new(&websocket, "message", move |event| {
                if let Some(event) = event.dyn_ref::<MessageEvent>() {
                    Inbox::take(&inbox, event);
                }
            })
        };
        let on_close = EventListener::once(&websocket, "close", move |event| {
            inbox.flush();
            let code = event.dyn_ref::<CloseEvent>().map_or(0, CloseEvent::code);
            let (opened, report) = (opened.get(), inbox.report.clone());
            if opened {
                return report.emit(SocketEvent::Closed { opened, code });
            }
            // A browser hides with what status a WebSocket was refused, so the door is asked once more.
            spawn_local(async move {
                let code = if http::is_busy(WEBSOCKET_PATH).await { TRY_AGAIN_LATER } else { code };
                report.emit(SocketEvent::Closed { opened, code });
            });
        });
        Some(Self { websocket, _listeners: [on_open, on_message, on_close] })
    }

    pub(super) fn unsent_bytes(&self) -> u32 {
        self.websocket.buffered_amount()
    }

    pub(super) fn send(&self, message: &ToProxy) {
        send_text(&self.websocket, &encode_frame(std::slice::from_ref(message)));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // An error here means that it is closed already.
        let _ = self.websocket.close_with_code(NORMAL);
    }
}

fn connect() -> Option<WebSocket> {
    let url = location::websocket_url(WEBSOCKET_PATH)?;
    // Trunk's development server passes a WebSocket on without answering its subprotocol, upon which a
    // browser that asked for one closes; its configuration adds it behind the browser's back.
    if location::is_served_by_trunk() {
        WebSocket::new(&url).ok()
    } else {
        WebSocket::new_with_str(&url, SUBPROTOCOL).ok()
    }
}

/// A failure to send is followed by the close event, which says it.
fn send_text(websocket: &WebSocket, text: &str) {
    let _ = websocket.send_with_str(text);
}

/// Messages waiting for the next frame.
#[derive(Default)]
struct Inbox {
    report: Callback<SocketEvent>,
    waiting: RefCell<Vec<ToBrowser>>,
    alarm: RefCell<Option<(AnimationFrame, Timeout)>>,
}

impl Inbox {
    fn take(inbox: &Rc<Self>, event: &MessageEvent) {
        let decoded = match event.data().as_string() {
            Some(text) => decode_frame::<ToBrowser>(&text).map_err(|error| error.to_string()),
            None => Err("a binary frame".to_owned()),
        };
        match decoded {
            Ok(messages) => inbox.waiting.borrow_mut().extend(messages),
            Err(detail) => {
                // What came before it still counts.
                inbox.flush();
                return inbox.report.emit(SocketEvent::Undecodable(detail));
            }
        }
        if inbox.waiting.borrow().len() >= MANY {
            inbox.flush();
        } else if inbox.alarm.borrow().is_none() {
            let (drawn, waited) = (inbox.clone(), inbox.clone());
            let frame = request_animation_frame(move |_| drawn.flush());
            let timeout = Timeout::new(HIDDEN_TAB_MS, move || waited.flush());
            *inbox.alarm.borrow_mut() = Some((frame, timeout));
        }
    }

    fn flush(&self) {
        self.alarm.take();
        let messages = self.waiting.take();
        if !messages.is_empty() {
            self.report.emit(SocketEvent::Messages(messages));
        }
    }
}
