//! The CA certificate: a file chosen or dropped, or pasted text; and what it holds.

use super::{
    certificate_card::{Extent, certificate_card, finding_list},
    field::{Kind, TextField, described_by, problem_line},
};
use crate::{
    parts,
    services::files,
    state::{
        action::FormAction,
        form::{Certificates, Field, Form, TrustChoice},
    },
    text::visible_line,
};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, TargetCast, classes, html};

pub fn certificate_field(form: &Form, act: &Callback<FormAction>) -> Html {
    let id = Field::Certificate.id();
    let problem = form.problem(Field::Certificate);
    let unused = form.trust == TrustChoice::PublicAuthorities;
    html! {
        <div class={classes!("field", unused.then_some("field--unused"))}>
            <label class="field__label" for={id}>{ "CA certificate" }</label>
            // The input lies over the whole zone, unseen: a drop on it is a choice, with no script of ours.
            <div class="drop">
                <span class="drop__text" id={format!("{id}-hint")}>
                    if unused {
                        { "Not used with public authorities." }
                    } else {
                        <span class="drop__choose">{ "Choose a file" }</span>
                        { " or drop it here (.pem, .crt, .cer)" }
                    }
                </span>
                <input
                    class="drop__input"
                    type="file"
                    {id}
                    aria-describedby={described_by(id, true, problem.is_some())}
                    aria-invalid={problem.map(|_| "true")}
                    onchange={chosen(act)}
                />
            </div>
            { certificate_problem(id, problem) }
            { parts::session().map_or_else(Html::default, |part| (part.given)(&form.certificates, act)) }
            { paste(form, act) }
        </div>
    }
}

/// The problem, with the command that mends it on lines of its own.
fn certificate_problem(id: &str, problem: Option<&str>) -> Html {
    let Some(command) = problem.and_then(command_in) else { return problem_line(id, problem) };
    let (before, after) = problem.and_then(|problem| problem.split_once(command)).unwrap_or_default();
    html! {
        <div class="field__problem" id={format!("{id}-problem")}>
            { before }
            <code class="command-line">{ command }</code>
            { after.trim_start() }
        </div>
    }
}

/// The command that a sentence tells to run: from the program's name to the file that it makes.
fn command_in(sentence: &str) -> Option<&str> {
    let start = sentence.find("openssl ").or_else(|| sentence.find("keytool "))?;
    let rest = &sentence[start..];
    let end = rest.find("ca.pem").map(|at| at + "ca.pem".len())?;
    Some(&rest[..end])
}

fn chosen(act: &Callback<FormAction>) -> Callback<Event> {
    let act = act.clone();
    Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            files::read(file, act.clone());
            // So that choosing the same file again is a change again.
            input.set_value("");
        }
    })
}

pub(crate) fn given(certificates: &Certificates, act: &Callback<FormAction>) -> Html {
    let Certificates::Given(given) = certificates else { return Html::default() };
    html! {
        <div class="certificates">
            <div class="certificates__head">
                <span class="certificates__source">{ format!("From {}", visible_line(&given.source)) }</span>
                <button
                    type="button"
                    class="button button--small"
                    onclick={act.reform(|_| FormAction::CertificateRemoved)}
                >
                    { "Remove" }
                </button>
            </div>
            { finding_list(&given.findings) }
            for (summary, findings) in &given.summaries {
                { certificate_card(summary, findings, given.read_at_s, Extent::Folded) }
            }
        </div>
    }
}

fn paste(form: &Form, act: &Callback<FormAction>) -> Html {
    html! {
        <>
            <button
                type="button"
                class="button button--link"
                aria-expanded={form.paste_open.to_string()}
                onclick={act.reform(|_| FormAction::TogglePaste)}
            >
                { if form.paste_open { "Close the text box" } else { "Paste text instead" } }
            </button>
            if form.paste_open {
                { TextField {
                    id: Field::Pasted.id(),
                    label: "Certificate text (PEM)",
                    kind: Kind::Lines(4),
                    value: form.pasted.expose(),
                    problem: form.problem(Field::Pasted),
                    on_input: act.reform(|text| FormAction::Typed(Field::Pasted, text)),
                    ..TextField::default()
                }.view() }
            }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::form::problem_sentence;
    use shared::trust_file::TrustFileProblem;

    #[test]
    fn the_command_is_found_in_its_sentence() {
        let of = |problem| command_in(&problem_sentence(&problem)).map(str::to_owned);
        assert_eq!(of(TrustFileProblem::Pkcs12).unwrap(), "openssl pkcs12 -in FILE -nokeys -out ca.pem");
        assert!(of(TrustFileProblem::JavaKeyStore).unwrap().starts_with("keytool -exportcert"));
        assert!(of(TrustFileProblem::Pkcs7).unwrap().ends_with("-out ca.pem"));
        assert_eq!(of(TrustFileProblem::PrivateKey), None);
    }
}
