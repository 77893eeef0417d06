//! What is shown above the tabs once there is, or was, a session: why it failed and what to do, or what limits it has.

use super::{failure_card::failure_card, limits::limits};
use crate::{
    hooks::SessionHandle,
    state::connection::{Farewell, Phase},
};
use yew::{Html, html};

pub fn trouble(session: &SessionHandle) -> Html {
    let failure = match &session.state.phase {
        Phase::Failed(failed) => failure_card(failed),
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Connected(_) | Phase::Reconnecting(_) => {
            Html::default()
        }
    };
    html! {
        <>
            { failure }
            { limits(session) }
        </>
    }
}

/// Why the connection failed or was lost, as a sentence; empty otherwise.
#[must_use]
pub fn cause(phase: &Phase) -> String {
    match phase {
        Phase::Failed(failed) => failed.reason.advice().cause,
        Phase::Reconnecting(retry) => retry.failure.advice().cause,
        Phase::Disconnected { why: Some(Farewell::Over(failure)) } => {
            let advice = failure.advice();
            format!("{} {}", advice.cause, advice.fix)
        }
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Connected(_) => String::new(),
    }
}
