//! A labelled text box with its hint and its problem, tied together by ids.

use web_sys::{HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};
use yew::{AttrValue, Callback, Html, InputEvent, Properties, TargetCast, classes, component, html};

/// Kind of text box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Line,
    /// A line of digits.
    Number,
    /// Several lines.
    Lines(u32),
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub id: &'static str,
    pub label: &'static str,
    pub value: AttrValue,
    pub on_input: Callback<String>,
    #[prop_or_default]
    pub kind: Kind,
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Fixed-width letters, for what a machine reads.
    #[prop_or_default]
    pub code: bool,
    #[prop_or_default]
    pub on_key_down: Callback<KeyboardEvent>,
}

#[component]
pub fn TextField(props: &Props) -> Html {
    let Props { id, label, value, on_input, kind, hint, problem, code, on_key_down } = props;
    let class = classes!("input", code.then_some("input--code"));
    let describedby = described_by(id, hint.is_some(), problem.is_some());
    let invalid = problem.as_ref().map(|_| "true");
    let text_box = match kind {
        Kind::Line | Kind::Number => html! {
            <input
                {class}
                type="text"
                id={*id}
                value={value.clone()}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                inputmode={(*kind == Kind::Number).then_some("numeric")}
                aria-describedby={describedby}
                aria-invalid={invalid}
                oninput={on_input.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value())}
            />
        },
        Kind::Lines(rows) => html! {
            <textarea
                {class}
                id={*id}
                value={value.clone()}
                rows={rows.to_string()}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby={describedby}
                aria-invalid={invalid}
                oninput={on_input.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value())}
                onkeydown={on_key_down.clone()}
            />
        },
    };
    html! {
        <div class="field">
            <label class="field__label" for={*id}>{ label }</label>
            { text_box }
            { hint_line(id, hint.as_ref()) }
            { problem_line(id, problem.as_ref()) }
        </div>
    }
}

/// The ids that `aria-describedby` names, problem first.
#[must_use]
pub fn described_by(id: &str, hint: bool, problem: bool) -> Option<String> {
    let ids = [problem.then(|| format!("{id}-problem")), hint.then(|| format!("{id}-hint"))];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The hint under a field, under the id that [`described_by`] names.
pub fn hint_line(id: &str, hint: Option<&AttrValue>) -> Html {
    hint.map(|hint| html! { <p class="field__hint" id={format!("{id}-hint")}>{ hint }</p> })
        .unwrap_or_default()
}

/// The problem under a field, under the id that [`described_by`] names.
pub fn problem_line(id: &str, problem: Option<&AttrValue>) -> Html {
    problem
        .map(|problem| html! { <p class="field__problem" id={format!("{id}-problem")}>{ problem }</p> })
        .unwrap_or_default()
}
