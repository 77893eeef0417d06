//! The form `Publish` at the bottom of the work area.

use super::{
    field::{Kind, TextField},
    raw_mqtt::qos,
    select::Select,
};
use crate::state::{
    action::PublishAction,
    publish::{PAYLOAD_ID, PublishForm, TOPIC_ID},
};
use shared::wire::QoS;
use web_sys::KeyboardEvent;
use yew::{AttrValue, Callback, Html, Properties, SubmitEvent, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub form: PublishForm,
    pub act: Callback<PublishAction>,
}

#[component]
pub fn PublishBar(Props { form, act }: &Props) -> Html {
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
                <TextField
                    id={TOPIC_ID}
                    label="Topic"
                    code={true}
                    value={form.topic.clone()}
                    problem={form.topic_problem.clone().map(AttrValue::from)}
                    on_input={act.reform(PublishAction::TopicTyped)}
                />
                <Select
                    id="publish-qos"
                    label="QoS"
                    choices={vec![("0", "0"), ("1", "1")]}
                    selected={if form.qos == QoS::AtMostOnce { "0" } else { "1" }}
                    on_choose={act.reform(|text: String| PublishAction::QosChosen(qos(&text)))}
                />
            </div>
            <div class="publish__payload">
                <TextField
                    id={PAYLOAD_ID}
                    label="Payload"
                    kind={Kind::Lines(2)}
                    code={true}
                    value={form.payload.clone()}
                    problem={form.payload_problem.clone().map(AttrValue::from)}
                    on_input={act.reform(PublishAction::PayloadTyped)}
                    {on_key_down}
                />
            </div>
            <div class="publish__send">
                <button type="submit" class="button button--main" title="Ctrl+Enter in the payload">{ "Publish" }</button>
            </div>
            <p class="form__notice publish__notice" aria-live="polite">{ form.notice.clone() }</p>
        </form>
    }
}
