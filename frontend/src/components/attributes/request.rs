//! The form to ask for attributes with, and what became of each request.

use crate::{
    components::{
        elsewhere::elsewhere,
        field::{Kind, TextField},
    },
    hooks::SessionHandle,
    state::attributes::{
        AttributesAction,
        known::Name,
        request::{Asked, CLIENT_ID, ID_ID, RequestForm, SHARED_ID, Standing, TIME_OUT_MS},
    },
    text::{counted, duration, refused_words, visible_name, visible_reason},
};
use shared::thingsboard::{attributes::Scope, topic::filter};
use yew::{Callback, Html, SubmitEvent, html};

/// Missing keys that are spelled out.
const MAX_MISSING: usize = 10;

pub(super) fn request(session: &SessionHandle) -> Html {
    let (state, act) = (&session.state, &session.verbs.attributes);
    let request = &state.attributes.request;
    html! {
        <section class="group" aria-labelledby="attributes-request">
            <h2 class="group__heading" id="attributes-request">{ "Request attributes" }</h2>
            { elsewhere(state, filter::attributes_response, "attribute responses") }
            { form(request, act) }
            if !request.list.is_empty() {
                { list(request, state.attributes.now_ms, act) }
            }
        </section>
    }
}

fn form(request: &RequestForm, act: &Callback<AttributesAction>) -> Html {
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        AttributesAction::Request
    });
    html! {
        <form class="form attributes__form" aria-label="Request attributes" onsubmit={on_submit} novalidate={true}>
            { TextField {
                id: CLIENT_ID,
                label: "Client keys",
                hint: Some("keys with commas between them, so no key may hold one"),
                value: &request.client,
                problem: request.client_problem.as_deref(),
                on_input: act.reform(AttributesAction::ClientKeysTyped),
                ..TextField::default()
            }.view() }
            { TextField {
                id: SHARED_ID,
                label: "Shared keys",
                value: &request.shared,
                problem: request.shared_problem.as_deref(),
                on_input: act.reform(AttributesAction::SharedKeysTyped),
                ..TextField::default()
            }.view() }
            <details class="attributes__advanced" open={request.id_problem.is_some()}>
                <summary>{ "Advanced" }</summary>
                { TextField {
                    id: ID_ID,
                    label: "Request id",
                    kind: Kind::Number,
                    hint: Some("empty: chosen by the page"),
                    value: &request.id,
                    problem: request.id_problem.as_deref(),
                    on_input: act.reform(AttributesAction::IdTyped),
                    ..TextField::default()
                }.view() }
            </details>
            <div class="form__buttons">
                <button type="submit" class="button button--strong">{ "Request" }</button>
                <button type="button" class="button" onclick={act.reform(|_| AttributesAction::RequestAll)}>
                    { "Request all" }
                </button>
            </div>
            <p class="field__hint">
                { "Request all sends {}, which stands for all client and all shared attributes. An empty payload would be an error to ThingsBoard." }
            </p>
            <p class="form__notice" aria-live="polite">{ request.notice.clone() }</p>
        </form>
    }
}

fn list(request: &RequestForm, now_ms: i64, act: &Callback<AttributesAction>) -> Html {
    let finished = request.list.iter().any(|asked| !asked.is_waiting());
    html! {
        <>
            <h3 class="group__subheading" id="attributes-requests">{ "Requests" }</h3>
            <ol class="commands" aria-labelledby="attributes-requests">
                for asked in &request.list {
                    <li key={asked.number} class="command">
                        <span>{ what(asked) }</span>
                        { standing(asked, now_ms) }
                    </li>
                }
            </ol>
            if finished {
                <div class="form__buttons">
                    <button
                        type="button"
                        class="button button--small"
                        onclick={act.reform(|_| AttributesAction::ClearRequests)}
                    >
                        { "Clear answered requests" }
                    </button>
                </div>
            }
        </>
    }
}

fn what(asked: &Asked) -> String {
    if asked.wanted.is_all() {
        return format!("{}: all", asked.id);
    }
    let scopes = [(Scope::Client, asked.wanted.client()), (Scope::Shared, asked.wanted.shared())];
    let named = scopes.into_iter().filter(|(_, keys)| !keys.is_empty());
    let named: Vec<String> =
        named.map(|(scope, keys)| format!("{scope} {}", visible_name(&keys.join(", ")))).collect();
    format!("{}: {}", asked.id, named.join("; "))
}

fn standing(asked: &Asked, now_ms: i64) -> Html {
    let time_out_s = TIME_OUT_MS / 1000;
    let (tone, words) = match &asked.standing {
        Standing::Waiting => {
            let waited_s = (now_ms - asked.asked.unix_ms).max(0) / 1000;
            ("pending", format!("waiting, {waited_s} s of {time_out_s} s"))
        }
        Standing::Answered { after_ms, found, missing } => {
            let after = duration(u64::try_from(*after_ms).unwrap_or_default() * 1000);
            let found = counted(*found, "attribute", "attributes");
            let tone = if missing.is_empty() { "good" } else { "warn" };
            (tone, format!("{found} after {after}{}", missing_words(missing)))
        }
        Standing::Unreadable(problem) => ("bad", visible_reason(problem)),
        Standing::TimedOut => (
            "bad",
            format!(
                "no answer within {time_out_s} s: this server is not ThingsBoard, or it did not understand the payload \
                 format"
            ),
        ),
        Standing::Lost => ("bad", "connection lost before the answer".to_owned()),
        Standing::Refused(reason) => ("bad", refused_words(reason)),
    };
    html! { <span class={format!("delivery delivery--{tone}")}>{ words }</span> }
}

fn missing_words(missing: &[Name]) -> String {
    if missing.is_empty() {
        return String::new();
    }
    let spelled = missing.iter().take(MAX_MISSING);
    let spelled: Vec<String> =
        spelled.map(|(scope, key)| format!("{} ({scope})", visible_name(key))).collect();
    let more = match missing.len().saturating_sub(MAX_MISSING) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("; not there: {}{more}", spelled.join(", "))
}
