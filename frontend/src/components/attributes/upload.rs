//! The form to publish client attributes with.

use super::{preview::preview, rows::rows};
use crate::{
    components::{
        field::{Kind, TextField},
        select::select,
    },
    state::{
        attributes::{
            AttributesAction,
            upload::{JSON_ID, Sent, Upload},
        },
        dialect::PayloadFormat,
        rows::Editor,
    },
    text::refused_words,
};
use shared::wire::PublishOutcome;
use yew::{Callback, Html, SubmitEvent, html};

const EDITORS: [(&str, &str); 2] = [("rows", "Keys and values"), ("json", "JSON")];

pub(super) fn upload(upload: &Upload, format: PayloadFormat, act: &Callback<AttributesAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        AttributesAction::Publish
    });
    let chosen = act.reform(|text: String| {
        AttributesAction::EditorChosen(if text == "json" { Editor::Json } else { Editor::Rows })
    });
    let editor = if upload.editor == Editor::Json { "json" } else { "rows" };
    html! {
        <section class="group" aria-labelledby="attributes-upload">
            <h2 class="group__heading" id="attributes-upload">{ "Publish client attributes" }</h2>
            <form class="form attributes__form" aria-label="Publish attributes" onsubmit={on_submit} novalidate={true}>
                { select("attributes-mode", "Written as", &EDITORS, editor, &chosen) }
                {
                    match upload.editor {
                        Editor::Rows => rows(&upload.rows, &act.reform(AttributesAction::Rows)),
                        Editor::Json => json(upload, act),
                    }
                }
                if format == PayloadFormat::Protobuf {
                    <p class="field__hint">
                        { "Protobuf by ThingsBoard's default schema has room for firmwareVersion and serialNumber only." }
                    </p>
                }
                { preview(&upload.preview(format)) }
                <div class="form__buttons">
                    <button type="submit" class="button button--strong">{ "Publish attributes" }</button>
                </div>
                <p class="form__notice" aria-live="polite">
                    { upload.notice.clone() }
                </p>
                <p role="status">{ upload.sent.front().filter(|_| upload.notice.is_none()).map(outcome) }</p>
            </form>
        </section>
    }
}

fn json(upload: &Upload, act: &Callback<AttributesAction>) -> Html {
    TextField {
        id: JSON_ID,
        label: "Attributes as JSON",
        kind: Kind::Lines(5),
        hint: Some("One object. ThingsBoard reads it leniently: {model: X1} is taken too."),
        value: &upload.json,
        problem: upload.problem.as_deref(),
        on_input: act.reform(AttributesAction::JsonTyped),
        ..TextField::default()
    }
    .view()
}

fn outcome(sent: &Sent) -> Html {
    let (tone, words) = match &sent.outcome {
        None => ("pending", "on its way …".to_owned()),
        Some(PublishOutcome::Delivered) => ("good", "acknowledged".to_owned()),
        Some(PublishOutcome::Sent) => ("good", "sent".to_owned()),
        Some(PublishOutcome::Refused { reason }) => ("bad", refused_words(reason)),
        Some(PublishOutcome::Unknown) => {
            ("warn", "unknown: the connection ended before it was acknowledged".to_owned())
        }
    };
    html! { <span class={format!("delivery delivery--{tone}")}>{ format!("Publish {}: {words}", sent.number) }</span> }
}
