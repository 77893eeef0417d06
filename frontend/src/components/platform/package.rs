//! Firmware and software that the device may fetch.

use super::commands::outcome;
use crate::{
    components::{
        field::{TextField, described_by, problem_line},
        select::select,
    },
    services::package_file,
    state::platform::{
        Origin, Platform, PlatformAction,
        package::{FILE_ID, PackageAction, PackageForm, TITLE_ID, VERSION_ID, kind_word},
    },
    text::{counted, visible_line},
};
use shared::{
    platform::{AssignedPackage, PackageContent, PlatformView},
    thingsboard::{checksum::ChecksumAlgorithm, topic::PackageKind},
};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, SubmitEvent, TargetCast, html};

pub(super) fn package(platform: &Platform, view: &PlatformView, act: &Callback<PlatformAction>) -> Html {
    let form = &platform.package;
    let act = &act.reform(PlatformAction::Package);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PackageAction::Assign
    });
    let kinds = PackageKind::ALL.map(|kind| (kind.prefix(), kind_word(kind)));
    let algorithms = ChecksumAlgorithm::ALL.map(|algorithm| (algorithm.name(), algorithm.name()));
    html! {
        <section class="group" aria-labelledby="platform-packages">
            <h2 class="group__heading" id="platform-packages">{ "Firmware and software" }</h2>
            { assigned(view, act) }
            <form class="form" aria-label="Assign package" onsubmit={on_submit} novalidate={true}>
                <div class="platform__pair">
                    { select("platform-package-kind", "Kind", &kinds, form.kind.prefix(), &act.reform(|prefix: String| {
                        let kind = PackageKind::ALL.into_iter().find(|kind| kind.prefix() == prefix);
                        PackageAction::KindChosen(kind.unwrap_or(PackageKind::Firmware))
                    })) }
                    { select("platform-package-algorithm", "Checksum", &algorithms, form.algorithm.name(), &act.reform(|name: String| {
                        PackageAction::AlgorithmChosen(ChecksumAlgorithm::parse(&name).unwrap_or(ChecksumAlgorithm::Sha256))
                    })) }
                </div>
                <div class="platform__pair">
                    { TextField {
                        id: TITLE_ID,
                        label: "Title",
                        value: &form.title,
                        problem: form.title_problem.as_deref(),
                        on_input: act.reform(PackageAction::TitleTyped),
                        ..TextField::default()
                    }.view() }
                    { TextField {
                        id: VERSION_ID,
                        label: "Version",
                        value: &form.version,
                        problem: form.version_problem.as_deref(),
                        on_input: act.reform(PackageAction::VersionTyped),
                        ..TextField::default()
                    }.view() }
                </div>
                { file(form, act) }
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Assign file" }</button>
                    <button type="button" class="button" onclick={act.reform(|_| PackageAction::Generate)}>
                        { "Generate 1 MiB" }
                    </button>
                </div>
                { outcome(platform.newest(Origin::Package)) }
            </form>
        </section>
    }
}

fn file(form: &PackageForm, act: &Callback<PackageAction>) -> Html {
    let problem = form.file_problem.as_deref();
    let chosen = form
        .file
        .as_ref()
        .map(|file| format!("{}, {}", visible_line(&file.name), counted(file.bytes.len(), "byte", "bytes")));
    let on_change = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                package_file::read(file, act.clone());
                // So that choosing the same file again is a change again.
                input.set_value("");
            }
        })
    };
    html! {
        <div class="field">
            <label class="field__label" for={FILE_ID}>{ "Package file" }</label>
            // The input lies over the whole zone, unseen: a drop on it is a choice, with no script of ours.
            <div class="drop">
                <span class="drop__text" id={format!("{FILE_ID}-hint")}>
                    if let Some(chosen) = chosen {
                        { chosen }
                    } else {
                        <span class="drop__choose">{ "Choose a file" }</span>
                        { " or drop it here (4 MiB at most)" }
                    }
                </span>
                <input
                    class="drop__input"
                    type="file"
                    id={FILE_ID}
                    aria-describedby={described_by(FILE_ID, true, problem.is_some())}
                    aria-invalid={problem.map(|_| "true")}
                    onchange={on_change}
                />
            </div>
            { problem_line(FILE_ID, problem) }
        </div>
    }
}

fn assigned(view: &PlatformView, act: &Callback<PackageAction>) -> Html {
    if view.packages.is_empty() {
        return html! { <p class="empty">{ "None assigned." }</p> };
    }
    html! {
        <ul class="commands" aria-label="Assigned packages">
            for package in &view.packages {
                { one(package, view, act) }
            }
        </ul>
    }
}

fn one(package: &AssignedPackage, view: &PlatformView, act: &Callback<PackageAction>) -> Html {
    let kind = package.kind;
    let (state_key, state) = match kind {
        PackageKind::Firmware => ("fw_state", &view.fw_state),
        PackageKind::Software => ("sw_state", &view.sw_state),
    };
    let content = match &package.content {
        PackageContent::Kept { size, checksum, algorithm } => {
            let size = usize::try_from(*size).unwrap_or(usize::MAX);
            format!("{}, {algorithm} {checksum}", counted(size, "byte", "bytes"))
        }
        PackageContent::Linked { url } => visible_line(url),
    };
    let title =
        format!("{} {} {}", kind_word(kind), visible_line(&package.title), visible_line(&package.version));
    html! {
        <li class="command" key={kind.prefix()}>
            <span class="command__what">{ title }</span>
            <span>{ content }</span>
            if let Some(state) = state {
                <span>{ format!("{state_key}: {}", visible_line(state)) }</span>
            }
            <button
                type="button"
                class="button button--small"
                aria-label={format!("Unassign {}", kind_word(kind))}
                onclick={act.reform(move |_| PackageAction::Unassign(kind))}
            >
                { "Unassign" }
            </button>
        </li>
    }
}
