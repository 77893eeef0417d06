//! The tab `Firmware`: is there an update, and for each of the device's two packages a card.

mod card;
mod download;

use super::listen::listen;
use crate::{
    hooks::SessionHandle,
    state::{dialect::PayloadFormat, firmware::FirmwareAction},
};
use card::card;
use shared::thingsboard::topic::{Flavour, PackageKind, filter};
use web_sys::HtmlInputElement;
use yew::{Event, Html, TargetCast, html};

pub fn firmware(session: &SessionHandle) -> Html {
    let SessionHandle { state, verbs } = session;
    let (firmware, act) = (&state.firmware, &verbs.firmware);
    let flavour = match state.dialect.profile {
        PayloadFormat::Json => Flavour::V1,
        PayloadFormat::Protobuf => Flavour::V2Json,
    };
    let on_reports = act.reform(|event: Event| {
        FirmwareAction::ReportsChosen(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    html! {
        <div class="stack">
            <div class="updates">
                <button type="button" class="button" onclick={act.reform(|_| FirmwareAction::Check)}>
                    { "Check for updates" }
                </button>
                <label class="check">
                    <input type="checkbox" checked={firmware.reports} onchange={on_reports} />
                    { "Report states to ThingsBoard" }
                </label>
                { listen(session, filter::attributes(flavour), "attribute updates") }
                <p class="form__notice updates__notice" aria-live="polite">{ firmware.notice.clone() }</p>
            </div>
            <div class="platform__columns">
                for kind in PackageKind::ALL {
                    { card(firmware.track(kind), act) }
                }
            </div>
        </div>
    }
}
