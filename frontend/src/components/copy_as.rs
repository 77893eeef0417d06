//! The dialog `Copy as`, and the buttons that open it.

use super::{field::check, select::select};
use crate::{
    copy_as::Language,
    hooks::use_session,
    state::copy_as::{CopyAs, CopyAsAction, DIALOG_ID, PROGRAM_ID, What},
};
use yew::{Callback, Html, component, html};

/// A button that opens the dialog.
pub fn copy_as_button(what: What, act: &Callback<CopyAsAction>) -> Html {
    html! {
        <button
            type="button"
            class="button button--small"
            aria-haspopup="dialog"
            onclick={act.reform(move |_| CopyAsAction::Open(what))}
        >
            { "Copy as" }
        </button>
    }
}

/// The one in the bar of the console.
#[component]
pub fn CopySession() -> Html {
    copy_as_button(What::WholeSession, &use_session().verbs.copy_as)
}

pub fn copy_as(dialog: &CopyAs, act: &Callback<CopyAsAction>) -> Html {
    html! {
        <dialog id={DIALOG_ID} class="dialog" aria-label="Copy as" onclose={act.reform(|_| CopyAsAction::Closed)}>
            if dialog.is_open {
                { body(dialog, act) }
            }
        </dialog>
    }
}

fn body(dialog: &CopyAs, act: &Callback<CopyAsAction>) -> Html {
    html! {
        <div class="dialog__body">
            <h2 class="dialog__title">{ "Copy as" }</h2>
            <div class="dialog__choices">
                { select(
                    "copy-as-language",
                    "Language",
                    &Language::ALL.map(|language| (language.key(), language.label())),
                    dialog.language.key(),
                    &act.reform(|key: String| CopyAsAction::LanguageChosen(Language::from_key(&key))),
                ) }
                { select(
                    "copy-as-what",
                    "What",
                    &What::ALL.map(|what| (what.key(), what.label())),
                    dialog.what.key(),
                    &act.reform(|key: String| CopyAsAction::WhatChosen(What::from_key(&key))),
                ) }
            </div>
            { check("Include the access token", dialog.with_token, &act.reform(CopyAsAction::WithTokenChosen)) }
            <div class="field">
                <label class="field__label" for={PROGRAM_ID}>{ "Program" }</label>
                <textarea
                    class="input input--code dialog__program"
                    id={PROGRAM_ID}
                    rows="16"
                    readonly={true}
                    spellcheck="false"
                    value={dialog.program.expose().to_owned()}
                />
            </div>
            <p class="form__notice" aria-live="polite">{ dialog.notice.clone() }</p>
            <div class="dialog__buttons">
                <button type="button" class="button button--main" onclick={act.reform(|_| CopyAsAction::Copy)}>{ "Copy" }</button>
                <button type="button" class="button" onclick={act.reform(|_| CopyAsAction::Save)}>{ "Save" }</button>
                <button type="button" class="button" onclick={act.reform(|_| CopyAsAction::Close)}>{ "Close" }</button>
            </div>
        </div>
    }
}
