//! Says whether the device hears what a tab shows, and offers to subscribe.

use crate::{
    hooks::SessionHandle,
    state::{action::SubscriptionAction, subscriptions::Standing},
    text::refused_words,
};
use yew::{Html, html};

/// `filter`: where it comes; `what`: what comes, as in "RPC requests".
pub fn listen(SessionHandle { state, verbs }: &SessionHandle, filter: &'static str, what: &str) -> Html {
    let (tone, words) = match state.subscriptions.find(filter).map(|known| &known.standing) {
        _ if state.phase.session().is_none() => ("pending", "Not connected.".to_owned()),
        Some(Standing::Granted(_)) => ("good", format!("Subscribed to {what}.")),
        Some(Standing::Asked) => ("pending", format!("Subscribing to {what} …")),
        Some(Standing::Refused { reason }) => ("bad", refused_words(reason)),
        Some(Standing::Leaving | Standing::Ended) | None => {
            ("warn", format!("Not subscribed: {what} do not reach this device."))
        }
    };
    let offered = tone == "warn" || tone == "bad";
    let on_click = verbs.subscriptions.reform(move |_| SubscriptionAction::Add(filter));
    html! {
        <div class="listen">
            <span class={format!("delivery delivery--{tone}")}>{ words }</span>
            if offered {
                <button type="button" class="button button--small" onclick={on_click}>
                    { format!("Subscribe to {what}") }
                </button>
            }
        </div>
    }
}
