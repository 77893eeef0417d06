//! A page in the browser with everything around it: what it asks of the browser is recorded instead of
//! done, and what a proxy would say is said by the test.

use frontend::{
    app::{Page, Ticker},
    hooks::SessionProvider,
    state::{
        Action, Effect, SocketId,
        action::{FormAction, SocketEvent},
        form::{Field, TrustChoice},
    },
};
use gloo::{timers::future::TimeoutFuture, utils::document};
use shared::{
    failure::Step,
    wire::{Connected, MqttVersion, ProxyOffer, StepPassed, TlsFacts, ToBrowser, ToProxy, Verification},
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, EventInit, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    KeyboardEventInit,
};
use yew::{AppHandle, Callback, Html, Properties, component, html, scheduler};

#[derive(Clone, PartialEq, Properties)]
struct StageProps {
    on_effect: Callback<Effect>,
    on_ready: Callback<Callback<Action>>,
}

#[component]
fn Stage(StageProps { on_effect, on_ready }: &StageProps) -> Html {
    html! {
        <SessionProvider on_effect={Some(on_effect.clone())} on_ready={on_ready.clone()}>
            <Ticker />
            <Page />
        </SessionProvider>
    }
}

/// A mounted page. Dropped, it is gone from the document.
pub(crate) struct Mounted {
    pub(crate) root: Element,
    app: Option<AppHandle<Stage>>,
    act: Callback<Action>,
    effects: Rc<RefCell<Vec<Effect>>>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        self.root.remove();
    }
}

impl Mounted {
    /// A page whose proxy offers a demo.
    pub(crate) async fn new() -> Self {
        let root = document().create_element("div").unwrap();
        document().body().unwrap().append_child(&root).unwrap();
        let effects = Rc::new(RefCell::new(Vec::new()));
        let act = Rc::new(RefCell::new(Callback::noop()));
        let (seen, ready) = (effects.clone(), act.clone());
        let props = StageProps {
            on_effect: Callback::from(move |effect| seen.borrow_mut().push(effect)),
            on_ready: Callback::from(move |act| *ready.borrow_mut() = act),
        };
        let app = yew::Renderer::<Stage>::with_root_and_props(root.clone(), props).render();
        scheduler::flush().await;
        let act = act.borrow().clone();
        let page = Self { root, app: Some(app), act, effects };
        page.act(Action::Offer(Ok(ProxyOffer {
            version: "0.1.0".into(),
            mqtt_versions: vec![MqttVersion::V3_1_1, MqttVersion::V5],
            demo: true,
            targets: Vec::new(),
        })))
        .await;
        page
    }

    /// The same with a form that can be connected with.
    pub(crate) async fn ready() -> Self {
        let page = Self::new().await;
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities))).await;
        page.act(Action::Form(FormAction::Typed(Field::Token, "A1_TEST_TOKEN".into()))).await;
        page
    }

    pub(crate) async fn connected() -> Self {
        let page = Self::ready().await;
        page.act(Action::Connect).await;
        page.accept().await;
        page
    }

    pub(crate) async fn act(&self, action: Action) {
        self.act.emit(action);
        scheduler::flush().await;
    }

    pub(crate) async fn hear(&self, message: ToBrowser) {
        self.hear_all(vec![message]).await;
    }

    pub(crate) async fn hear_all(&self, messages: Vec<ToBrowser>) {
        let socket = self.socket();
        self.act(Action::Socket(socket, SocketEvent::Messages(messages))).await;
    }

    fn socket(&self) -> SocketId {
        let effects = self.effects.borrow();
        let opened = effects.iter().rev().find_map(|effect| match effect {
            Effect::OpenSocket { socket, .. } => Some(*socket),
            _ => None,
        });
        opened.expect("a socket was opened")
    }

    pub(crate) async fn accept(&self) {
        self.accept_with(|_| ()).await;
    }

    /// Accepts with other facts of the handshake.
    pub(crate) async fn accept_with(&self, change: impl FnOnce(&mut TlsFacts)) {
        for step in [Step::Name, Step::Tcp, Step::Tls, Step::Mqtt] {
            let passed = StepPassed { id: 1, step, elapsed_us: 1_840, detail: "detail".into() };
            self.hear(ToBrowser::StepPassed(passed)).await;
        }
        let mut tls = TlsFacts {
            version: "TLS 1.3".into(),
            cipher_suite: "TLS13_AES_256_GCM_SHA384".into(),
            key_exchange: "X25519".into(),
            verification: Verification::Strict,
            anchor: None,
            chain_pem: String::new(),
        };
        change(&mut tls);
        self.hear(ToBrowser::Connected(Box::new(Connected {
            id: 1,
            mqtt_version: MqttVersion::V5,
            return_code: 0,
            session_present: false,
            address: "203.0.113.7:8883".into(),
            tls,
        })))
        .await;
    }

    /// What the page asked of the browser besides what every page asks at its start.
    pub(crate) fn effects(&self) -> Vec<Effect> {
        self.effects.borrow().iter().filter(|effect| **effect != Effect::FetchOffer).cloned().collect()
    }

    pub(crate) fn sent(&self) -> Vec<ToProxy> {
        let effects = self.effects();
        effects
            .into_iter()
            .filter_map(|effect| if let Effect::Send(sent) = effect { Some(sent) } else { None })
            .collect()
    }

    /// The first element that a selector names.
    pub(crate) fn find(&self, selector: &str) -> Element {
        self.try_find(selector).unwrap_or_else(|| panic!("no {selector} in {}", self.root.inner_html()))
    }

    pub(crate) fn try_find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).unwrap()
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let list = self.root.query_selector_all(selector).unwrap();
        (0..list.length()).map(|index| list.item(index).unwrap().unchecked_into()).collect()
    }

    /// The text of the first element that a selector names.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.find(selector).text_content().unwrap_or_default()
    }

    /// The input that a label names.
    pub(crate) fn labelled(&self, label: &str) -> Element {
        let labels = self.all("label");
        let label = labels.iter().find(|element| element.text_content().as_deref() == Some(label));
        let id = label.expect("a label with this text").get_attribute("for").expect("a label for an input");
        self.find(&format!("#{id}"))
    }

    pub(crate) async fn press(&self, name: &str) {
        let buttons = self.all("button");
        let button = buttons.into_iter().find(|button| button.text_content().as_deref() == Some(name));
        button.unwrap_or_else(|| panic!("no button {name}")).unchecked_into::<HtmlElement>().click();
        scheduler::flush().await;
    }

    pub(crate) async fn type_into(&self, label: &str, text: &str) {
        let element = self.labelled(label);
        match element.dyn_ref::<HtmlInputElement>() {
            Some(input) => input.set_value(text),
            None => element.unchecked_ref::<HtmlTextAreaElement>().set_value(text),
        }
        fire(&element, "input");
        scheduler::flush().await;
    }

    pub(crate) async fn key(&self, element: &Element, key: &str, ctrl: bool) {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_ctrl_key(ctrl);
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
        element.dispatch_event(&event).unwrap();
        scheduler::flush().await;
    }

    /// Waits for what comes from outside of the page's own scheduler, such as a file that is read.
    pub(crate) async fn eventually(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..200 {
            scheduler::flush().await;
            if holds(self) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what} did not come about: {}", self.root.inner_html());
    }
}

pub(crate) fn fire(element: &Element, name: &str) {
    let init = EventInit::new();
    init.set_bubbles(true);
    element.dispatch_event(&Event::new_with_event_init_dict(name, &init).unwrap()).unwrap();
}
