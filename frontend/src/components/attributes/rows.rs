//! Keys and values in rows.

use crate::{
    components::field::{described_by, hint_line, problem_line, typed},
    state::{
        attributes::rows::{KEY_IDS, Rows, VALUE_IDS},
        rows::{RowEdit, TypedValue, typed_value},
    },
};
use yew::{Callback, Html, html};

pub(super) fn rows(rows: &Rows, act: &Callback<RowEdit>) -> Html {
    html! {
        <div class="attributes__rows" role="group" aria-label="Keys and values">
            for (index, row) in rows.list.iter().enumerate() {
                <div class="attributes__row" key={index}>
                    { text_box(rows, index, false, &row.key, act) }
                    { text_box(rows, index, true, &row.value, act) }
                    <button
                        type="button"
                        class="button button--small attributes__remove"
                        aria-label={format!("Remove row {}", index + 1)}
                        onclick={act.reform(move |_| RowEdit::Remove(index))}
                    >
                        { "Remove" }
                    </button>
                </div>
            }
            <div>
                <button type="button" class="button button--small" onclick={act.reform(|_| RowEdit::Add)}>
                    { "Add row" }
                </button>
            </div>
            <p class="field__hint">
                { "21, true, \"007\" and {\"a\": 1} are taken as JSON; anything else is a text." }
            </p>
        </div>
    }
}

fn text_box(rows: &Rows, index: usize, value: bool, text: &str, act: &Callback<RowEdit>) -> Html {
    let (ids, word) = if value { (&VALUE_IDS, "Value") } else { (&KEY_IDS, "Key") };
    let Some(id) = ids.get(index).copied() else { return Html::default() };
    let problem = rows.problem.as_ref().filter(|problem| problem.row == index && problem.value == value);
    let is_text = value && matches!(typed_value(text), Ok(TypedValue::Text(_)));
    let hint = is_text.then_some("taken as text");
    let on_input =
        act.reform(move |text| if value { RowEdit::Value(index, text) } else { RowEdit::Key(index, text) });
    html! {
        <div class="field">
            <label class="field__label" for={id}>{ format!("{word} {}", index + 1) }</label>
            <input
                class="input input--code"
                type="text"
                {id}
                value={text.to_owned()}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby={described_by(id, hint.is_some(), problem.is_some())}
                aria-invalid={problem.map(|_| "true")}
                oninput={typed(&on_input)}
            />
            { hint_line(id, hint) }
            { problem_line(id, problem.map(|problem| problem.words.as_str())) }
        </div>
    }
}
