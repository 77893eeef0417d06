//! Keys and values in rows.

use crate::{
    components::field::{described_by, problem_line, typed},
    state::attributes::rows::{KEY_IDS, Rows, RowsAction, VALUE_IDS},
};
use yew::{Callback, Html, html};

pub(super) fn rows(rows: &Rows, act: &Callback<RowsAction>) -> Html {
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
                        onclick={act.reform(move |_| RowsAction::Remove(index))}
                    >
                        { "Remove" }
                    </button>
                </div>
            }
            <div>
                <button type="button" class="button button--small" onclick={act.reform(|_| RowsAction::Add)}>
                    { "Add row" }
                </button>
            </div>
            <p class="field__hint">
                { "21, true, \"007\" and {\"a\": 1} are taken as JSON; anything else is a text." }
            </p>
        </div>
    }
}

fn text_box(rows: &Rows, index: usize, value: bool, text: &str, act: &Callback<RowsAction>) -> Html {
    let (ids, word) = if value { (&VALUE_IDS, "Value") } else { (&KEY_IDS, "Key") };
    let Some(id) = ids.get(index).copied() else { return Html::default() };
    let problem = rows.problem.as_ref().filter(|problem| problem.row == index && problem.value == value);
    let on_input = act.reform(move |text| {
        if value { RowsAction::ValueTyped(index, text) } else { RowsAction::KeyTyped(index, text) }
    });
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
                aria-describedby={described_by(id, false, problem.is_some())}
                aria-invalid={problem.map(|_| "true")}
                oninput={typed(&on_input)}
            />
            { problem_line(id, problem.map(|problem| problem.words.as_str())) }
        </div>
    }
}
