//! Says that messages come on another set of topics than the one chosen: ThingsBoard sends on one set at a time.

use crate::state::{State, subscriptions::Standing};
use shared::thingsboard::topic::Flavour;
use yew::{Html, html};

/// `filter`: where they come in each flavour; `what`: what comes, as in "RPC requests".
pub fn elsewhere(state: &State, filter: fn(Flavour) -> &'static str, what: &str) -> Html {
    let chosen = state.dialect.flavour;
    let granted = |flavour: &Flavour| {
        let standing = state.subscriptions.find(filter(*flavour)).map(|known| &known.standing);
        matches!(standing, Some(Standing::Granted(_)))
    };
    let Some(other) = Flavour::ALL.into_iter().find(|flavour| *flavour != chosen && granted(flavour)) else {
        return Html::default();
    };
    let words = if granted(&chosen) {
        format!(
            "There is a subscription to {} as well: ThingsBoard sends {what} on the topics subscribed last.",
            filter(other)
        )
    } else {
        format!(
            "They come on {} instead. A subscription on the topics chosen here moves them: ThingsBoard sends {what} \
             on one set of topics at a time.",
            filter(other)
        )
    };
    html! { <p class="field__hint">{ words }</p> }
}
