//! The answer to the chosen call.

use crate::{
    components::field::{Kind, TextField},
    state::rpc::{
        InboxAction, RpcAction,
        inbox::{Inbox, REPLY_ID},
    },
};
use shared::thingsboard::rpc::answer_warning;
use yew::{Callback, Html, SubmitEvent, html};

pub(super) fn reply(inbox: &Inbox, act: &Callback<RpcAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        RpcAction::Inbox(InboxAction::Reply)
    });
    let chosen = inbox.chosen();
    let heading = match chosen {
        Some(call) => format!("Reply to {}", call.name()),
        None => "Reply".to_owned(),
    };
    html! {
        <section class="group" aria-labelledby="rpc-reply-heading">
            <h2 class="group__heading" id="rpc-reply-heading">{ heading }</h2>
            <form class="form rpc__form" aria-label="Reply to a call" onsubmit={on_submit} novalidate={true}>
                if chosen.is_none() {
                    <p class="empty">{ "The next call that comes is chosen by itself." }</p>
                }
                { TextField {
                    id: REPLY_ID,
                    label: "Reply",
                    kind: Kind::Lines(4),
                    hint: Some("JSON. It goes to the caller as it stands here."),
                    value: &inbox.reply,
                    problem: inbox.problem.as_deref(),
                    on_input: act.reform(|text| RpcAction::Inbox(InboxAction::ReplyTyped(text))),
                    ..TextField::default()
                }.view() }
                if let Some(warning) = answer_warning(&inbox.reply) {
                    <p class="rpc__hint" aria-live="polite">{ warning }</p>
                }
                <div class="form__buttons">
                    <button type="submit" class="button button--strong">{ "Reply" }</button>
                    if let Some(call) = chosen.filter(|call| call.takes_answers()) {
                        <button type="button" class="button" onclick={needs_none(call.number, act)}>
                            { "Needs no answer" }
                        </button>
                    }
                </div>
                <p class="field__hint">
                    { "Whether a call is one-way is known to its caller only: a reply to a one-way call is dropped, without harm." }
                </p>
                <p class="form__notice" aria-live="polite">{ inbox.notice.clone() }</p>
            </form>
        </section>
    }
}

fn needs_none(number: u32, act: &Callback<RpcAction>) -> Callback<yew::MouseEvent> {
    act.reform(move |_| RpcAction::Inbox(InboxAction::NeedsNoAnswer(number)))
}
