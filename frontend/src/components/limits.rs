//! The meter: what the server allows this session, and what of it is used.

use crate::{
    hooks::SessionHandle,
    state::limits::{Limits, LimitsAction, Told},
    text::{grouped, visible_line},
};
use shared::thingsboard::{
    meter::{Counted, Usage},
    session_limits::Source,
};
use yew::{Html, classes, html};

/// Used up from here on, in hundredths, a bar is shown as one to look at.
const NEARLY_FULL: u64 = 80;

pub fn limits(SessionHandle { state, verbs }: &SessionHandle) -> Html {
    if state.phase.session().is_none() {
        return Html::default();
    }
    let limits = &state.limits;
    let asking = matches!(limits.told, Told::Asking { .. });
    let on_ask = verbs.limits.reform(|_| LimitsAction::Ask);
    html! {
        <section class="limits" aria-label="Limits">
            <h2 class="limits__heading">{ "Limits" }</h2>
            <ul class="limits__gauges">
                for usage in &limits.usage {
                    { gauge(usage, "") }
                }
                for usage in limits.gateway_usage.iter().filter(|usage| usage.window_s.is_some()) {
                    { gauge(usage, "Gateway: ") }
                }
            </ul>
            <p class="limits__words" aria-live="polite">{ words(limits) }</p>
            <button type="button" class="button button--small" onclick={on_ask}>
                { if asking { "Asking …" } else { "Ask the server" } }
            </button>
        </section>
    }
}

fn words(limits: &Limits) -> String {
    match &limits.told {
        Told::NotAsked => {
            "The server was not asked: ThingsBoard's default; its rate limits are unknown.".to_owned()
        }
        Told::Asking { .. } => "Asking the server for its limits …".to_owned(),
        Told::Unanswered(why) => visible_line(why),
        Told::Answered if is_unlimited(limits) => {
            "ThingsBoard sets no rate limits for this device.".to_owned()
        }
        Told::Answered => "The server's own limits.".to_owned(),
    }
}

fn is_unlimited(limits: &Limits) -> bool {
    let mut all = limits.usage.iter().chain(&limits.gateway_usage);
    limits.known.source == Source::Server && all.all(|usage| usage.window_s.is_none())
}

fn gauge(usage: &Usage, whose: &str) -> Html {
    let Usage { counted, used, limit, window_s } = usage;
    let full = used.saturating_mul(100) >= limit.saturating_mul(NEARLY_FULL);
    let window = window_s.map(|seconds| format!(" in {}", window(seconds)));
    let number = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX));
    html! {
        <li class={classes!("gauge", full.then_some("gauge--full"))}>
            <span class="gauge__label">{ whose }{ label(*counted) }</span>
            { " " }
            <span class="gauge__numbers">
                { format!("{} / {}", number(*used), number(*limit)) }
                { window }
            </span>
            // The numbers say the same.
            <progress class="gauge__bar" value={used.to_string()} max={limit.to_string()} aria-hidden="true" />
        </li>
    }
}

fn label(counted: Counted) -> &'static str {
    match counted {
        Counted::PayloadBytes => "Payload size, bytes",
        Counted::Messages | Counted::TelemetryMessages | Counted::DataPoints => counted.label(),
    }
}

fn window(seconds: u32) -> String {
    match seconds {
        3600 => "1 h".to_owned(),
        s if s % 60 == 0 && s < 3600 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}
