//! The long form to publish with: topic, QoS, retain, and a payload as text, hex, base64 or file.

use super::qos_select;
use crate::{
    components::{
        field::{Kind, TextField, described_by, problem_line},
        recent::newest,
        select::select,
    },
    hooks::SessionHandle,
    services::payload_file,
    state::{
        State,
        action::PublishAction,
        publish::{ChosenFile, Place, PublishForm, RAW_FILE_ID, Writing},
    },
    text::{counted, visible_line},
};
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::{Callback, Event, Html, SubmitEvent, TargetCast, html};

const QOS_HINT: &str = "QoS 2 is left out: ThingsBoard answers it with PUBACK instead of PUBREC, and the client never \
                        completes the message.";
const RETAIN_HINT: &str = "ThingsBoard keeps no messages, retained or not; other brokers do.";

pub(super) fn message(SessionHandle { state, verbs }: &SessionHandle) -> Html {
    let (form, act) = (&state.raw.form, &verbs.raw);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PublishAction::Submit
    });
    let on_writing = act.reform(|chosen: String| {
        let writing = Writing::ALL.into_iter().find(|writing| writing.label() == chosen);
        PublishAction::WritingChosen(writing.unwrap_or_default())
    });
    html! {
        <form class="form raw" aria-label="Message" onsubmit={on_submit} novalidate={true}>
            <div class="raw__topic">
                { TextField {
                    id: Place::Raw.topic_id(),
                    label: "Topic",
                    value: &form.topic,
                    problem: form.topic_problem.as_deref(),
                    on_input: act.reform(PublishAction::TopicTyped),
                    ..TextField::default()
                }.view() }
                { qos_select("raw-qos", form.qos, &act.reform(PublishAction::QosChosen)) }
            </div>
            <p class="field__hint">{ QOS_HINT }</p>
            { retain(form, act) }
            <div class="raw__payload">
                { select(
                    "raw-writing",
                    "Payload as",
                    &Writing::ALL.map(|writing| (writing.label(), writing.label())),
                    form.writing.label(),
                    &on_writing,
                ) }
                { payload(form, act) }
            </div>
            { warning_line(state, form, act) }
            <div class="form__buttons raw__send">
                <button type="submit" class="button button--main">{ "Publish message" }</button>
                { newest(&state.raw.recent) }
            </div>
            <p class="form__notice" aria-live="polite">{ form.notice.clone() }</p>
        </form>
    }
}

fn retain(form: &PublishForm, act: &Callback<PublishAction>) -> Html {
    let on_change = act.reform(|event: Event| {
        PublishAction::RetainChosen(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    html! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    checked={form.retain}
                    aria-describedby="raw-retain-hint"
                    onchange={on_change}
                />
                { "Retain" }
            </label>
            <p class="field__hint" id="raw-retain-hint">{ RETAIN_HINT }</p>
        </div>
    }
}

fn payload(form: &PublishForm, act: &Callback<PublishAction>) -> Html {
    let hint = match form.writing {
        Writing::File => return file(form, act),
        Writing::Text => None,
        Writing::Hex => {
            Some("Two digits for each byte, such as 0a ff; spaces and line breaks do not matter.")
        }
        Writing::Base64 => Some("As in RFC 4648; line breaks do not matter."),
    };
    let bytes = match form.payload_bytes() {
        Some(bytes) if form.writing != Writing::Text => counted(bytes, "byte", "bytes"),
        _ => String::new(),
    };
    html! {
        <div>
            { TextField {
                id: Place::Raw.payload_id(form.writing),
                label: "Payload",
                kind: Kind::Lines(4),
                hint,
                value: &form.payload,
                problem: form.payload_problem.as_deref(),
                on_input: act.reform(PublishAction::PayloadTyped),
                on_key_down: ctrl_enter(act),
            }.view() }
            <p class="field__hint">{ bytes }</p>
        </div>
    }
}

fn file(form: &PublishForm, act: &Callback<PublishAction>) -> Html {
    let problem = form.payload_problem.as_deref();
    html! {
        <div class="field">
            <label class="field__label" for={RAW_FILE_ID}>{ "File" }</label>
            // The input lies over the whole zone, unseen: a drop on it is a choice, with no script of ours.
            <div class="drop">
                <span class="drop__text" id={format!("{RAW_FILE_ID}-hint")}>
                    <span class="drop__choose">{ "Choose a file" }</span>
                    { " or drop it here (65,536 bytes at most, with the topic)" }
                </span>
                <input
                    class="drop__input"
                    type="file"
                    id={RAW_FILE_ID}
                    aria-describedby={described_by(RAW_FILE_ID, true, problem.is_some())}
                    aria-invalid={problem.map(|_| "true")}
                    onchange={chosen(act)}
                />
            </div>
            { problem_line(RAW_FILE_ID, problem) }
            { form.file.as_deref().map(|file| given(file, act)) }
        </div>
    }
}

fn given(file: &ChosenFile, act: &Callback<PublishAction>) -> Html {
    let size = counted(file.bytes.len(), "byte", "bytes");
    html! {
        <div class="certificates__head" role="status">
            <span class="certificates__source">{ format!("{}: {size}", visible_line(&file.name)) }</span>
            <button
                type="button"
                class="button button--small"
                aria-label="Remove the file"
                onclick={act.reform(|_| PublishAction::FileRemoved)}
            >
                { "Remove" }
            </button>
        </div>
    }
}

fn chosen(act: &Callback<PublishAction>) -> Callback<Event> {
    let act = act.clone();
    Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            payload_file::read(file, act.clone());
            // So that choosing the same file again is a change again.
            input.set_value("");
        }
    })
}

/// Publishes at Ctrl+Enter.
pub(in crate::components) fn ctrl_enter(act: &Callback<PublishAction>) -> Callback<KeyboardEvent> {
    let act = act.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            act.emit(PublishAction::Submit);
        }
    })
}

/// What ThingsBoard will make of the message, with the offer to mend it where there is one.
pub(in crate::components) fn warning_line(
    state: &State,
    form: &PublishForm,
    act: &Callback<PublishAction>,
) -> Html {
    let version = state.phase.dial().map_or_else(Default::default, |dial| dial.mqtt_version);
    let sentence = form.warning.as_ref().map(|warning| warning.sentence(version, form.qos));
    let offered = form.writing == Writing::Text
        && form.warning.as_ref().is_some_and(|warning| warning.mended.is_some());
    html! {
        <div class="form__warning" aria-live="polite">
            { sentence.as_deref().map(visible_line) }
            if offered {
                <button
                    type="button"
                    class="button button--small"
                    onclick={act.reform(|_| PublishAction::Mend)}
                >
                    { "Use milliseconds" }
                </button>
            }
        </div>
    }
}
