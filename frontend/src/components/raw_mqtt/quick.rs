//! The filters that ThingsBoard grants, one press each, by what they are for.

use crate::state::action::SubscriptionAction;
use shared::thingsboard::topic::{Flavour, PackageKind, filter};
use yew::{Callback, Html, html};

pub(super) fn quick(act: &Callback<SubscriptionAction>) -> Html {
    let v2 = [Flavour::V2, Flavour::V2Json, Flavour::V2Protobuf].map(of_flavour).concat();
    let packages = PackageKind::ALL.map(|kind| [filter::package_response(kind), filter::package_error(kind)]);
    let gateway = [filter::GATEWAY_ATTRIBUTES, filter::GATEWAY_ATTRIBUTES_RESPONSE, filter::GATEWAY_RPC];
    html! {
        <div class="quick-groups">
            <div class="quick" role="group" aria-labelledby="quick-label">
                <span class="quick__label" id="quick-label">{ "ThingsBoard's topics for a device:" }</span>
                { buttons(&of_flavour(Flavour::V1), act) }
            </div>
            { folded("v2 short topics", &v2, act) }
            { folded("Firmware and software", &packages.concat(), act) }
            { folded("Gateway", &gateway, act) }
            { folded("Provisioning", &[filter::PROVISION_RESPONSE], act) }
        </div>
    }
}

fn of_flavour(flavour: Flavour) -> [&'static str; 4] {
    [
        filter::attributes(flavour),
        filter::attributes_response(flavour),
        filter::rpc_request(flavour),
        filter::rpc_response(flavour),
    ]
}

fn folded(label: &'static str, filters: &[&'static str], act: &Callback<SubscriptionAction>) -> Html {
    html! {
        <details class="quick-fold">
            <summary>{ label }</summary>
            <div class="quick" role="group" aria-label={label}>{ buttons(filters, act) }</div>
        </details>
    }
}

fn buttons(filters: &[&'static str], act: &Callback<SubscriptionAction>) -> Html {
    let one = |filter: &'static str| {
        html! {
            <button
                key={filter}
                type="button"
                class="button button--small button--code"
                onclick={act.reform(move |_| SubscriptionAction::Add(filter))}
            >
                { filter }
            </button>
        }
    };
    filters.iter().copied().map(one).collect()
}
