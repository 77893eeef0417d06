//! One entry looked at closely: all of its facts, and its payload in the shape that the person chose.

use super::{
    list::LIST_ID,
    row::{delivery_words, marked, qos_and_size},
    shapes::Shown,
};
use crate::{
    services::list::focus,
    state::log::{
        Content, Entry, LogAction,
        view::{Form, copied_words},
    },
    text::visible_start,
};
use std::rc::Rc;
use web_sys::KeyboardEvent;
use yew::{Callback, Html, Properties, component, html};

/// Characters shown of a topic: practically every one is whole.
const TOPIC_CHARACTERS: usize = 2_000;

/// Compared by where it lies: a changed entry lies elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Shared(pub(super) Rc<Entry>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) entry: Shared,
    /// The message before it on its topic.
    pub(super) before: Option<Shared>,
    /// Whether the log still holds it.
    pub(super) held: bool,
    pub(super) form: Form,
    pub(super) copied: Option<bool>,
    pub(super) search: String,
    pub(super) on: Callback<LogAction>,
}

#[component]
pub(super) fn Details(Props { entry, before, held, form, copied, search, on }: &Props) -> Html {
    let number = entry.0.number;
    let close = {
        let on = on.clone();
        Callback::from(move |()| {
            on.emit(LogAction::Close);
            focus(LIST_ID);
        })
    };
    let on_key_down = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                close.emit(());
            }
        })
    };
    let press = |action: LogAction| on.reform(move |_: yew::MouseEvent| action.clone());
    let is_message = entry.0.content.message().is_some();
    html! {
        <section class="details" aria-label="Details" onkeydown={on_key_down}>
            <div class="details__head">
                <h3 class="details__title">{ kind(&entry.0.content) }{ " " }{ number }</h3>
                <button type="button" class="button button--small" onclick={press(LogAction::Copy(number))}>
                    { if entry.0.content.text().is_some() { "Copy" } else { "Copy as Base64" } }
                </button>
                <button type="button" class="button button--small" onclick={press(LogAction::Save(number))}>
                    { "Save" }
                </button>
                <button
                    type="button"
                    class="button button--small"
                    aria-label="Close details"
                    onclick={close.reform(|_| ())}
                >
                    { "Close" }
                </button>
            </div>
            <p class="details__said">{ copied.map(copied_words) }</p>
            if !*held {
                <p class="details__said">{ "The log has let this entry go since; it is here until it is closed." }</p>
            }
            { facts(&entry.0, search) }
            if is_message {
                <div class="details__forms" role="group" aria-label="Shown as">
                    for other in Form::ALL {
                        <button
                            type="button"
                            class="button button--small details__form"
                            aria-pressed={if other == *form { "true" } else { "false" }}
                            onclick={press(LogAction::Shape(other))}
                        >
                            { other.label() }
                        </button>
                    }
                </div>
            }
            <Shown
                key={form.label()}
                entry={entry.clone()}
                before={before.clone()}
                form={if is_message { *form } else { Form::Text }}
                search={search.clone()}
            />
        </section>
    }
}

fn kind(content: &Content) -> &'static str {
    match content {
        Content::Note(_) => "Note",
        Content::Problem(_) => "Problem",
        Content::Sent(_) => "Sent",
        Content::Received(_) => "Received",
    }
}

fn facts(entry: &Entry, search: &str) -> Html {
    let fact = |name: &'static str, value: Html| html! { <><dt>{ name }</dt><dd>{ value }</dd></> };
    let text = |words: &'static str| html! { { words } };
    let topic = entry
        .content
        .message()
        .map(|(topic, _)| fact("Topic", marked(&visible_start(topic, TOPIC_CHARACTERS), search)));
    let more = match &entry.content {
        Content::Note(_) | Content::Problem(_) => Html::default(),
        Content::Sent(sent) => {
            let (tone, words) = delivery_words(&sent.delivery);
            html! {
                <>
                    { fact("Size", html! { { qos_and_size(sent.qos, &sent.payload) } }) }
                    { fact("Outcome", html! { <span class={yew::classes!("delivery", tone)}>{ words }</span> }) }
                </>
            }
        }
        Content::Received(received) => html! {
            <>
                { fact("Size", html! { { qos_and_size(received.qos, &received.payload) } }) }
                if received.retain {
                    { fact("Retained", text("the server kept it and sent it to the new subscription")) }
                }
                if received.duplicate {
                    { fact("Again", text("sent again by the server")) }
                }
            </>
        },
    };
    html! {
        <dl class="details__facts">
            { fact("Time", html! { { entry.at.time_of_day() } }) }
            { topic }
            { more }
        </dl>
    }
}
