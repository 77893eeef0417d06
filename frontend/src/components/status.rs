//! Where the connection stands: one line that screen readers follow, and the five steps under it.

use super::{
    icon::{Shape, icon},
    steps::step_list,
};
use crate::{
    hooks::Verbs,
    parts,
    state::connection::{Dial, Farewell, Phase, Progress, Retry, Session, hop_words},
    text::{counted, visible_line},
};
use shared::wire::MqttVersion;
use yew::{Html, html};

pub fn status(phase: &Phase, verbs: &Verbs) -> Html {
    let (tone, shape) = tone(phase);
    html! {
        <section class={format!("status status--{tone}")} id="session-status" aria-label="Session">
            <div class="status__head">
                <span class="status__icon">{ icon(shape) }</span>
                <div class="status__text">
                    // The text begins with the phase's word.
                    <div role="status" aria-label="Connection status">
                        <strong class="status__word">{ phase.word() }</strong>
                        <span class="status__more">{ more(phase) }</span>
                    </div>
                    { under(phase) }
                    { ending(phase) }
                </div>
                if let Phase::Reconnecting(retry) = phase {
                    <div class="status__buttons">
                        if matches!(retry.progress, Progress::Waiting { .. }) {
                            <button type="button" class="button" onclick={verbs.reconnect_now.reform(|_| ())}>
                                { "Reconnect now" }
                            </button>
                        }
                        <button type="button" class="button" onclick={verbs.disconnect.reform(|_| ())}>
                            { "Cancel" }
                        </button>
                    </div>
                }
            </div>
            { step_list(phase.steps(), matches!(phase, Phase::Failed(_))) }
        </section>
    }
}

fn tone(phase: &Phase) -> (&'static str, Shape) {
    match phase {
        Phase::Disconnected { .. } => ("idle", Shape::Ring),
        Phase::Connecting(_) => ("busy", Shape::Busy),
        Phase::Connected(_) => ("good", Shape::Check),
        Phase::Reconnecting(_) => ("warn", Shape::Busy),
        Phase::Failed(_) => ("bad", Shape::Cross),
    }
}

/// What follows the phase's word.
fn more(phase: &Phase) -> String {
    match phase {
        Phase::Disconnected { why: None } => ". Fill in the form and press Connect.".to_owned(),
        Phase::Disconnected { why: Some(Farewell::Asked) } => ", as you asked.".to_owned(),
        Phase::Disconnected { why: Some(Farewell::Cancelled) } => ". The attempt was cancelled.".to_owned(),
        Phase::Disconnected { why: Some(Farewell::Over(_)) } => format!(". {}", cause(phase)),
        Phase::Connecting(attempt) if attempt.dial.fell_back => {
            format!(" to {}. {}", attempt.dial.endpoint, Dial::FALLING_BACK)
        }
        Phase::Connecting(attempt) => format!(" to {} …", attempt.dial.endpoint),
        Phase::Connected(session) if session.leaving => " – saying goodbye to the server …".to_owned(),
        Phase::Connected(session) => format!(" to {}", session.dial.endpoint),
        Phase::Reconnecting(retry) => {
            format!(" to {}: {}", retry.dial.endpoint, cause(phase))
        }
        Phase::Failed(_) => format!(": {}", cause(phase)),
    }
}

/// What the proxy said of the session's end. Screen readers were told when it came.
fn ending(phase: &Phase) -> Html {
    let end = phase.session().and_then(|session| session.ending);
    end.map(|end| html! { <p class="status__ending">{ end.sentence() }</p> }).unwrap_or_default()
}

fn cause(phase: &Phase) -> String {
    parts::session().map_or_else(String::new, |part| (part.cause)(phase))
}

/// Small print that changes often or is not worth reading out.
fn under(phase: &Phase) -> Html {
    let text = match phase {
        Phase::Connected(session) => facts(session),
        Phase::Reconnecting(retry) => countdown(retry),
        Phase::Failed(failed) => {
            let hop = hop_words(failed.reason.hop());
            match failed.step {
                Some(step) => format!("At the step {}, {hop}.", step.label()),
                None => format!("It failed {hop}."),
            }
        }
        Phase::Disconnected { .. } | Phase::Connecting(_) => return Html::default(),
    };
    html! { <p class="status__facts">{ text }</p> }
}

fn facts(session: &Session) -> String {
    let version = match session.facts.mqtt_version {
        MqttVersion::V3_1_1 if session.dial.fell_back => "3.1.1, as the server does not speak 5",
        MqttVersion::V3_1_1 => "3.1.1",
        MqttVersion::V5 => "5",
    };
    let since = session.since.time_of_day();
    visible_line(&format!("{} · MQTT {version} · since {}", session.facts.address, &since[..8]))
}

fn countdown(retry: &Retry) -> String {
    let hop = hop_words(retry.failure.hop());
    match retry.progress {
        Progress::Waiting { seconds_left, .. } => format!(
            "It was lost {hop}. Try {} in {}.",
            retry.attempt,
            counted(seconds_left as usize, "second", "seconds")
        ),
        Progress::Trying(_) => format!("It was lost {hop}. Try {} is under way.", retry.attempt),
    }
}
