//! Why a connection failed: what to do about it, what a second look found, and the evidence.

use crate::{
    state::connection::{Failed, hop_words},
    text::visible_line,
};
use yew::{Html, html};

pub fn failure_card(failed: &Failed) -> Html {
    let advice = failed.reason.advice();
    html! {
        <section class="failure" aria-labelledby="failure-heading">
            <h2 class="failure__heading" id="failure-heading">{ "What to do" }</h2>
            <p class="failure__fix">{ visible_line(&advice.fix) }</p>
            if !failed.hints.is_empty() {
                <ul class="failure__more" aria-label="A second look found">
                    for hint in &failed.hints {
                        <li>{ visible_line(&hint.sentence()) }</li>
                    }
                </ul>
            }
            <dl class="facts">
                <dt>{ "Cause" }</dt>
                <dd>{ visible_line(&advice.cause) }</dd>
                if let Some(step) = failed.step {
                    <dt>{ "Step" }</dt>
                    <dd>{ step.label() }</dd>
                }
                <dt>{ "Where" }</dt>
                <dd>{ hop_words(failed.reason.hop()) }</dd>
                <dt>{ "Server" }</dt>
                <dd class="facts__code">{ failed.endpoint.to_string() }</dd>
                for (label, value) in &advice.evidence {
                    <dt>{ label }</dt>
                    <dd class="facts__code">{ visible_line(value) }</dd>
                }
                <dt>{ "Code" }</dt>
                <dd class="facts__code">{ failed.reason.code() }</dd>
            </dl>
        </section>
    }
}
