//! The form `Publish` at the bottom of the work area: the short form of the one in `Raw MQTT`.

use super::{
    copy_as::copy_as_button,
    field::{Kind, TextField},
    raw_mqtt::{ctrl_enter, qos_select, warning_line},
};
use crate::{
    hooks::SessionHandle,
    state::{
        action::PublishAction,
        copy_as::What,
        publish::{PAYLOAD_ID, TOPIC_ID},
    },
};
use yew::{Html, SubmitEvent, html};

pub fn publish_bar(SessionHandle { state, verbs }: &SessionHandle) -> Html {
    let (form, act) = (&state.publish, &verbs.publish);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PublishAction::Submit
    });
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
                    on_key_down: ctrl_enter(act),
                    ..TextField::default()
                }.view() }
                { warning_line(state, form, act) }
            </div>
            <div class="publish__send">
                <button type="submit" class="button button--main" title="Ctrl+Enter in the payload">{ "Publish" }</button>
                { copy_as_button(What::LastPublish, &verbs.copy_as) }
            </div>
            <p class="form__notice publish__notice" aria-live="polite">{ form.notice.clone() }</p>
        </form>
    }
}
