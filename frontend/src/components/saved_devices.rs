//! The devices kept in this browser: open, save, delete, export and import.

use super::field::{Kind, TextField, check, described_by, problem_line};
use crate::{
    services::text_file,
    state::{
        State,
        form::CredentialsKind,
        saved::{MAX_FILE_BYTES, Saved, SavedAction, SavedDevice, SavedField},
    },
    text::{counted, visible_name},
};
use web_sys::{Event, HtmlInputElement, SubmitEvent};
use yew::{Callback, Html, TargetCast, classes, html};

const BODY: &str = "saved-body";
const PASSPHRASE_HINT: &str = "It is kept nowhere: without it the secrets cannot be read again.";

pub fn saved_devices(state: &State, act: &Callback<SavedAction>) -> Html {
    let saved = &state.saved;
    let count = saved.book.devices.len();
    html! {
        <section class="saved" aria-label="Saved devices">
            <button
                type="button"
                class="saved__toggle"
                aria-expanded={if saved.is_open { "true" } else { "false" }}
                aria-controls={BODY}
                onclick={act.reform(|_| SavedAction::Toggle)}
            >
                <span class={classes!("saved__arrow", saved.is_open.then_some("saved__arrow--open"))} aria-hidden="true">{ "▸" }</span>
                { format!("Saved devices ({count})") }
            </button>
            <div id={BODY} class="saved__body" hidden={!saved.is_open}>
                if saved.is_open {
                    { list(saved, act) }
                    { save(state, act) }
                    { transfer(saved, act) }
                }
                <p class="form__notice" role="status">{ saved.notice.clone() }</p>
                if saved.can_undo() {
                    <button type="button" id="saved-undo" class="button button--small" onclick={act.reform(|_| SavedAction::Undo)}>
                        { "Undo the deletion" }
                    </button>
                }
            </div>
        </section>
    }
}

fn list(saved: &Saved, act: &Callback<SavedAction>) -> Html {
    if saved.book.devices.is_empty() {
        return html! { <p class="empty">{ "None yet. Fill in the form below, and save it here for the next time." }</p> };
    }
    html! {
        <ul class="saved__list" role="list">
            for device in saved.book.devices.iter() {
                { row(device, saved, act) }
            }
        </ul>
    }
}

fn row(device: &SavedDevice, saved: &Saved, act: &Callback<SavedAction>) -> Html {
    let name = visible_name(&device.name);
    let (open, delete) = (device.name.clone(), device.name.clone());
    let kept = if device.sealed.is_some() { " · secrets encrypted" } else { "" };
    html! {
        <li key={device.name.clone()} class="saved__device">
            <div class="saved__line">
                <div class="saved__what">
                    <span class="saved__name">{ &name }</span>
                    <span class="saved__where">{ format!("{}:{}{kept}", visible_name(&device.host), visible_name(&device.port)) }</span>
                </div>
                <button
                    type="button"
                    class="button button--small"
                    aria-label={format!("Open {name}")}
                    onclick={act.reform(move |_| SavedAction::Open(open.clone()))}
                >
                    { "Open" }
                </button>
                <button
                    type="button"
                    class="button button--small"
                    aria-label={format!("Delete {name}")}
                    onclick={act.reform(move |_| SavedAction::Delete(delete.clone()))}
                >
                    { "Delete" }
                </button>
            </div>
            if saved.asked.as_ref() == Some(&device.name) {
                { ask(saved, &name, act) }
            }
        </li>
    }
}

/// Asks for the passphrase of what was opened.
fn ask(saved: &Saved, name: &str, act: &Callback<SavedAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        SavedAction::Answer
    });
    html! {
        <form class="form saved__ask" aria-label={format!("Passphrase for {name}")} onsubmit={on_submit} novalidate={true}>
            { hidden_box(SavedField::Answer, "Passphrase", saved.answer.expose(), None, saved, act) }
            <div class="saved__buttons">
                <button type="submit" class="button button--main">{ if saved.busy { "Opening …" } else { "Open the secrets" } }</button>
                <button type="button" class="button" onclick={act.reform(|_| SavedAction::DoWithout)}>{ "Go on without" }</button>
            </div>
        </form>
    }
}

fn save(state: &State, act: &Callback<SavedAction>) -> Html {
    let saved = &state.saved;
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        SavedAction::Save
    });
    let what = match state.form.advanced.kind {
        CredentialsKind::AccessToken => "Remember the access token, encrypted",
        CredentialsKind::Basic => "Remember user name and password, encrypted",
    };
    html! {
        <form class="form saved__save" aria-label="Save device" onsubmit={on_submit} novalidate={true}>
            { TextField {
                id: SavedField::Name.id(),
                label: "Name",
                kind: Kind::Line,
                value: &saved.name,
                hint: Some("Empty: the host. A known name is replaced."),
                problem: saved.problem(SavedField::Name),
                on_input: act.reform(|text| SavedAction::Typed(SavedField::Name, text)),
                ..TextField::default()
            }.view() }
            { check(what, saved.remember, &act.reform(SavedAction::RememberChosen)) }
            if saved.remember {
                { hidden_box(SavedField::Passphrase, "Passphrase", saved.passphrase.expose(), Some(PASSPHRASE_HINT), saved, act) }
            }
            <button type="submit" class="button">{ if saved.busy { "Encrypting …" } else { "Save device" } }</button>
        </form>
    }
}

fn hidden_box(
    field: SavedField,
    label: &'static str,
    value: &str,
    hint: Option<&'static str>,
    saved: &Saved,
    act: &Callback<SavedAction>,
) -> Html {
    TextField {
        id: field.id(),
        label,
        kind: Kind::Secret,
        value,
        hint,
        problem: saved.problem(field),
        on_input: act.reform(move |text| SavedAction::Typed(field, text)),
        ..TextField::default()
    }
    .view()
}

fn transfer(saved: &Saved, act: &Callback<SavedAction>) -> Html {
    let id = SavedField::File.id();
    let problem = saved.problem(SavedField::File);
    let report = act.reform(SavedAction::FileRead);
    let on_file = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            text_file::read(file, MAX_FILE_BYTES, report.clone());
        }
        // The same file may be chosen again.
        input.set_value("");
    });
    let sealed = saved.book.devices.iter().filter(|device| device.sealed.is_some()).count();
    html! {
        <div class="saved__transfer">
            <div class="saved__buttons">
                <button type="button" class="button button--small" onclick={act.reform(|_| SavedAction::Export)}>{ "Export" }</button>
                <button type="button" class="button button--small" onclick={act.reform(|_| SavedAction::CopyLink)}>{ "Copy link" }</button>
            </div>
            if sealed > 0 {
                { check(
                    format!("Export the encrypted secrets of {} too", counted(sealed, "device", "devices")),
                    saved.export_secrets,
                    &act.reform(SavedAction::ExportSecretsChosen),
                ) }
            }
            <div class="field">
                <label class="field__label" for={id}>{ "Import a file" }</label>
                <input
                    class="saved__file"
                    type="file"
                    {id}
                    accept=".json,application/json"
                    aria-describedby={described_by(id, false, problem.is_some())}
                    aria-invalid={problem.map(|_| "true")}
                    onchange={on_file}
                />
                { problem_line(id, problem) }
            </div>
        </div>
    }
}
