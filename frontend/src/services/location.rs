//! Where this page comes from, and what its link may fill into the form.

use crate::{pasted, state::form::Field};
use web_sys::{UrlSearchParams, window};

/// The address of a WebSocket on this page's own server.
pub(super) fn websocket_url(path: &str) -> Option<String> {
    let location = window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// Whether trunk's development server sent this page: it adds its reload script.
pub(super) fn is_served_by_trunk() -> bool {
    let Some(document) = window().and_then(|window| window.document()) else { return false };
    let scripts = document.scripts();
    (0..scripts.length())
        .filter_map(|index| scripts.item(index))
        .any(|script| script.text_content().is_some_and(|text| text.contains(".well-known/trunk/ws")))
}

/// Host and port from the link. Nothing else is taken from it, a token or certificate least of all, and
/// a link never connects.
#[must_use]
pub fn prefill() -> Vec<(Field, String)> {
    let query = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let Ok(query) = UrlSearchParams::new_with_str(&query) else { return Vec::new() };
    [(Field::Host, "host"), (Field::Port, "port")]
        .into_iter()
        .filter_map(|(field, name)| Some((field, query.get(name)?)))
        // In the field Host it would fill all of the form.
        .filter(|(_, text)| !pasted::is_line(text))
        .collect()
}

/// The link to this page that fills in host and port.
pub(super) fn link(host: &str, port: &str) -> Option<String> {
    let origin = window()?.location().origin().ok()?;
    Some(format!("{origin}{}", filled_in(host, port)?))
}

/// Loads the page again, with host and port filled in as now: the only texts that may stand in an address.
pub fn reload(host: &str, port: &str) {
    let Some(location) = window().map(|window| window.location()) else { return };
    if let Some(address) = filled_in(host, port) {
        // A page that cannot be loaded is the browser's to say.
        let _ = location.replace(&address);
    }
}

/// The page's own path with host and port.
fn filled_in(host: &str, port: &str) -> Option<String> {
    let query = UrlSearchParams::new().ok()?;
    query.append("host", host);
    query.append("port", port);
    let mut address = window()?.location().pathname().ok()?;
    address.push('?');
    address.push_str(&String::from(query.to_string()));
    Some(address)
}
