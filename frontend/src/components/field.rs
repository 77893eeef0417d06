//! A labelled text box with its hint and its problem, tied together by ids.

use web_sys::{HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};
use yew::{AttrValue, Callback, Event, Html, InputEvent, TargetCast, classes, html};

/// Kind of text box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Line,
    /// A line of digits.
    Number,
    /// A line that is not shown.
    Secret,
    /// Several lines.
    Lines(u8),
}

/// A text box for what a machine reads: fixed-width letters, nothing corrected or completed.
#[derive(Clone, Debug, Default)]
pub struct TextField<'f> {
    pub id: &'static str,
    pub label: &'static str,
    pub value: &'f str,
    pub kind: Kind,
    pub hint: Option<&'static str>,
    pub problem: Option<&'f str>,
    pub on_input: Callback<String>,
    pub on_key_down: Callback<KeyboardEvent>,
}

impl TextField<'_> {
    pub fn view(self) -> Html {
        let id = self.id;
        html! {
            <div class="field">
                <label class="field__label" for={id}>{ self.label }</label>
                { self.text_box() }
                { hint_line(id, self.hint) }
                { problem_line(id, self.problem) }
            </div>
        }
    }

    fn text_box(&self) -> Html {
        let class = classes!("input", "input--code");
        let describedby = described_by(self.id, self.hint.is_some(), self.problem.is_some());
        let invalid = self.problem.map(|_| "true");
        match self.kind {
            Kind::Line | Kind::Number | Kind::Secret => html! {
                <input
                    {class}
                    type={if self.kind == Kind::Secret { "password" } else { "text" }}
                    id={self.id}
                    value={self.value.to_owned()}
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    inputmode={(self.kind == Kind::Number).then_some("numeric")}
                    aria-describedby={describedby}
                    aria-invalid={invalid}
                    oninput={typed(&self.on_input)}
                />
            },
            Kind::Lines(rows) => html! {
                <textarea
                    {class}
                    id={self.id}
                    value={self.value.to_owned()}
                    rows={rows.to_string()}
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby={describedby}
                    aria-invalid={invalid}
                    oninput={self.on_input.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value())}
                    onkeydown={self.on_key_down.clone()}
                />
            },
        }
    }
}

/// A box to tick, with its label.
pub fn check(label: impl Into<AttrValue>, checked: bool, on_change: &Callback<bool>) -> Html {
    let on_change =
        on_change.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <label class="check">
            <input type="checkbox" {checked} onchange={on_change} />
            { label.into() }
        </label>
    }
}

/// Passes on what stands in an input after each change.
pub fn typed(on_input: &Callback<String>) -> Callback<InputEvent> {
    on_input.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value())
}

/// The ids that `aria-describedby` names, problem first.
#[must_use]
pub fn described_by(id: &str, hint: bool, problem: bool) -> Option<String> {
    let ids = [problem.then(|| format!("{id}-problem")), hint.then(|| format!("{id}-hint"))];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The hint under a field, under the id that [`described_by`] names.
pub fn hint_line(id: &str, hint: Option<&str>) -> Html {
    hint.map(|hint| html! { <p class="field__hint" id={format!("{id}-hint")}>{ hint }</p> })
        .unwrap_or_default()
}

/// The problem under a field, under the id that [`described_by`] names.
pub fn problem_line(id: &str, problem: Option<&str>) -> Html {
    problem
        .map(|problem| html! { <p class="field__problem" id={format!("{id}-problem")}>{ problem }</p> })
        .unwrap_or_default()
}
