//! The form `Publish` at the bottom of the work area.

use super::{
    field::{Kind, TextField},
    raw_mqtt::qos_select,
};
use crate::state::{
    action::PublishAction,
    publish::{PAYLOAD_ID, PublishForm, TOPIC_ID},
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html, SubmitEvent, html};

pub fn publish_bar(form: &PublishForm, act: &Callback<PublishAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PublishAction::Submit
    });
    let on_key_down = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                act.emit(PublishAction::Submit);
            }
        })
    };
    html! {
        <form class="form publish" aria-label="Publish" onsubmit={on_submit} novalidate={true}>
            <div class="publish__topic">
                { TextField {
                    id: TOPIC_ID,
                    label: "Topic",
                    value: &form.topic,
                    problem: form.topic_problem.as_deref(),
                    on_input: act.reform(PublishAction::TopicTyped),
                    ..TextField::default()
                }.view() }
                { qos_select("publish-qos", form.qos, &act.reform(PublishAction::QosChosen)) }
            </div>
            <div class="publish__payload">
                { TextField {
                    id: PAYLOAD_ID,
                    label: "Payload",
                    kind: Kind::Lines(2),
                    value: &form.payload,
                    problem: form.payload_problem.as_deref(),
                    on_input: act.reform(PublishAction::PayloadTyped),
                    on_key_down,
                    ..TextField::default()
                }.view() }
            </div>
            <div class="publish__send">
                <button type="submit" class="button button--main" title="Ctrl+Enter in the payload">{ "Publish" }</button>
            </div>
            <p class="form__notice publish__notice" aria-live="polite">{ form.notice.clone() }</p>
        </form>
    }
}
