//! Why a connection failed: what to do about it, and the evidence. Cause, step and hop stand in the status.

use crate::{state::connection::Failed, text::visible_line};
use yew::{Html, html};

pub fn failure_card(failed: &Failed) -> Html {
    let advice = failed.reason.advice();
    let what_to_do = failed.what_to_do();
    let (headline, more) =
        what_to_do.split_first().map_or(("", &[][..]), |(first, more)| (first.as_str(), more));
    html! {
        <section class="failure" aria-labelledby="failure-heading">
            <h2 class="failure__heading" id="failure-heading">{ "What to do" }</h2>
            <p class="failure__fix">{ visible_line(headline) }</p>
            if !more.is_empty() {
                <ul class="failure__more" aria-label="What may help too">
                    for sentence in more {
                        <li>{ visible_line(sentence) }</li>
                    }
                </ul>
            }
            <details open={!advice.evidence.is_empty()}>
                <summary class="certificate__more">{ "Evidence" }</summary>
                <dl class="facts">
                    for (label, value) in &advice.evidence {
                        <dt>{ label }</dt>
                        <dd class="facts__code">{ visible_line(value) }</dd>
                    }
                    <dt>{ "Server" }</dt>
                    <dd class="facts__code">{ failed.endpoint.to_string() }</dd>
                    <dt>{ "Code" }</dt>
                    <dd class="facts__code">{ failed.reason.code() }</dd>
                </dl>
            </details>
        </section>
    }
}
