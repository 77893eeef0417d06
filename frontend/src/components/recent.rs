//! The last publishes of a tab, each with what became of it.

use crate::{
    state::publish::{Past, Recent},
    text::{refused_words, visible_line},
};
use shared::wire::PublishOutcome;
use yew::{Html, html};

/// For beside the button: what became of the newest. Stands there empty until then, so that it is read out.
pub fn newest(recent: &Recent) -> Html {
    html! { <p class="sent-now" role="status">{ recent.newest().map(outcome) }</p> }
}

/// All that are kept, newest first; nothing while there are none.
pub fn recent(recent: &Recent, label: &'static str) -> Html {
    if recent.is_empty() {
        return Html::default();
    }
    html! {
        <div class="recent">
            <h3 class="group__subheading">{ label }</h3>
            <ol class="commands" aria-label={label}>
                for past in recent.iter() {
                    <li key={past.number} class="command">
                        <span class="recent__time">{ past.at.time_of_day() }</span>
                        <span>{ visible_line(&past.topic) }</span>
                        <span>{ past.what.clone() }</span>
                        { outcome(past) }
                    </li>
                }
            </ol>
        </div>
    }
}

fn outcome(past: &Past) -> Html {
    let (tone, words) = match &past.outcome {
        None => ("pending", "on its way …".to_owned()),
        Some(PublishOutcome::Delivered) => ("good", "acknowledged".to_owned()),
        Some(PublishOutcome::Sent) => ("good", "sent; QoS 0 is not acknowledged".to_owned()),
        Some(PublishOutcome::Refused { reason }) => ("bad", refused_words(reason)),
        Some(PublishOutcome::Unknown) => {
            ("warn", "unknown: the connection ended before it was acknowledged".to_owned())
        }
    };
    html! { <span class={format!("delivery delivery--{tone}")}>{ words }</span> }
}
