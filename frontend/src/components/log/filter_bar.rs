//! Which entries are shown, as text boxes.

use crate::{
    components::{field::TextField, select::select},
    state::log::{
        LogAction,
        filter::{Direction, Field, Typed},
    },
};
use yew::{Callback, Html, html};

/// `expression`: what the browser says of the regular expression.
pub(super) fn filter_bar(typed: &Typed, expression: Option<&'static str>, on: &Callback<LogAction>) -> Html {
    let choices = Direction::ALL.map(|direction| (direction.key(), direction.label()));
    let on_direction =
        on.reform(|key: String| LogAction::Chosen(Direction::from_key(&key).unwrap_or_default()));
    let topic_problem = typed.topic_problem();
    let field = |id, label, value, field, hint, problem| {
        TextField {
            id,
            label,
            value,
            hint: Some(hint),
            problem,
            on_input: on.reform(move |text| LogAction::Typed(field, text)),
            ..TextField::default()
        }
        .view()
    };
    html! {
        <div class="log-filter" role="group" aria-label="Log filter">
            { select("log-direction", "Direction", &choices, typed.direction.key(), &on_direction) }
            { field(
                "log-topic", "Topic filter", &typed.topic, Field::Topic,
                "A part of it, or a filter with + and #", topic_problem.as_deref(),
            ) }
            { field(
                "log-text", "Text", &typed.text, Field::Text,
                "In topic, payload or note; capitals do not matter", None,
            ) }
            { field(
                "log-expression", "Regular expression", &typed.expression, Field::Expression,
                "As in JavaScript, on topic and payload", expression,
            ) }
            { field(
                "log-path", "JSON path", &typed.path, Field::Path,
                "$.a.b[0], $.list[*].x, $..name; then == != < <= > >= and a value, or nothing for: is there",
                typed.path_problem(),
            ) }
            <button
                type="button"
                class="button button--small log-filter__clear"
                onclick={on.reform(|_| LogAction::ClearFilter)}
            >
                { "Clear filter" }
            </button>
        </div>
    }
}
