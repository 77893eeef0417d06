//! Who may come in: requests for our own name, from our own page.
//!
//! The `Host` check stops another site whose name was pointed at us (DNS rebinding); the `Origin` check
//! stops another site's script from opening a session or changing anything (cross-site WebSocket
//! hijacking). Both compare whole values; there are no cookies and no CORS headers.

use crate::origin::{Origin, Scheme};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use shared::{TUNNEL_PATH, WEBSOCKET_PATH};
use std::{collections::HashSet, net::SocketAddr, sync::Arc};

/// The names we go by and the origins our page may have.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: HashSet<String>,
    origins: HashSet<String>,
    /// Those that the operator gave.
    given: HashSet<String>,
    /// Strangers use it: any page on a visitor's own machine may be at our loopback origins, so they count only
    /// where the request came by that very name.
    hosted: bool,
}

impl Guard {
    /// The loopback names and the listener's own address with its port, and whatever the operator allows.
    pub(super) fn new(address: SocketAddr, scheme: Scheme, hosted: bool, allowed: &[Origin]) -> Self {
        let names = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{}", address.port()));
        let own = names
            .into_iter()
            .chain([address.to_string()])
            .filter_map(|authority| format!("{scheme}://{authority}").parse::<Origin>().ok());
        let all: Vec<Origin> = own.chain(allowed.iter().cloned()).collect();
        Self {
            hosts: all.iter().map(|origin| origin.authority().to_owned()).collect(),
            origins: all.iter().map(Origin::to_string).collect(),
            given: allowed.iter().map(Origin::to_string).collect(),
            hosted,
        }
    }

    fn judge(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<(), (StatusCode, &'static str)> {
        let host = single(headers, header::HOST).map(str::to_ascii_lowercase);
        if !host.as_ref().is_some_and(|host| self.hosts.contains(host)) {
            let text = "This Device Console does not go by that name: open it at the address it prints, or start it \
                        with --allow-origin for this one.\n";
            return Err((StatusCode::MISDIRECTED_REQUEST, text));
        }
        let opens_a_socket = path == WEBSOCKET_PATH || path == TUNNEL_PATH;
        let changes_something = opens_a_socket || !matches!(*method, Method::GET | Method::HEAD);
        let from_our_page =
            single(headers, header::ORIGIN).is_some_and(|origin| self.takes(origin, host.as_deref()));
        if changes_something && !from_our_page {
            let text = "This request does not come from the Device Console's own page.\n";
            return Err((StatusCode::FORBIDDEN, text));
        }
        Ok(())
    }
}

impl Guard {
    fn takes(&self, origin: &str, host: Option<&str>) -> bool {
        let by_that_name = || origin.split_once("://").map(|(_, authority)| authority) == host;
        self.origins.contains(origin) && (!self.hosted || self.given.contains(origin) || by_that_name())
    }
}

/// The header's value when it stands exactly once and is plain text.
pub(super) fn single(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Lets the request through or answers it.
pub(super) async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.judge(request.method(), request.uri().path(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "http://127.0.0.1:8080";

    #[track_caller]
    fn check(method: &Method, path: &str, headers: &[(HeaderName, &str)], expected: Option<u16>) {
        let guard = Guard::new(
            "127.0.0.1:8080".parse().unwrap(),
            Scheme::Http,
            false,
            &["https://console.example".parse().unwrap()],
        );
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value.parse().unwrap());
        }
        let refused = guard.judge(method, path, &map).err().map(|(status, _)| status.as_u16());
        assert_eq!(refused, expected, "{headers:?}");
    }

    #[test]
    fn only_our_own_names_are_answered() {
        for host in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080", "console.example"] {
            check(&Method::GET, "/", &[(header::HOST, host)], None);
        }
        for host in ["127.0.0.1", "127.0.0.1:8081", "evil.example:8080", "localhost.evil.example", ""] {
            check(&Method::GET, "/", &[(header::HOST, host)], Some(421));
        }
        check(&Method::GET, "/", &[], Some(421));
        check(
            &Method::GET,
            "/",
            &[(header::HOST, "localhost:8080"), (header::HOST, "localhost:8080")],
            Some(421),
        );
    }

    #[test]
    fn the_address_that_is_printed_is_one_of_our_names() {
        let guard = Guard::new("192.0.2.7:8080".parse().unwrap(), Scheme::Http, false, &[]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "192.0.2.7:8080".parse().unwrap());
        headers.insert(header::ORIGIN, "http://192.0.2.7:8080".parse().unwrap());
        assert!(guard.judge(&Method::GET, "/ws", &headers).is_ok());
    }

    #[test]
    fn strangers_come_by_the_operators_name_only() {
        let allowed = ["https://console.example".parse().unwrap()];
        let guard = Guard::new("127.0.0.1:8080".parse().unwrap(), Scheme::Http, true, &allowed);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "console.example".parse().unwrap());
        for (origin, taken) in
            [("https://console.example", true), (OWN, false), ("http://localhost:8080", false)]
        {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            assert_eq!(guard.judge(&Method::GET, "/ws", &headers).is_ok(), taken, "{origin}");
        }
    }

    #[test]
    fn a_session_is_opened_only_by_our_own_page() {
        let host = (header::HOST, "127.0.0.1:8080");
        for origin in [OWN, "http://localhost:8080", "http://[::1]:8080", "https://console.example"] {
            check(&Method::GET, "/ws", &[host.clone(), (header::ORIGIN, origin)], None);
        }
        for origin in [
            "null",
            "",
            "http://127.0.0.1:8081",
            "https://127.0.0.1:8080",
            "http://127.0.0.1:8080.evil.example",
            "http://evil.example",
            "HTTP://127.0.0.1:8080",
            "http://127.0.0.1:8080/",
            "http://127.0.0.1:8080, http://127.0.0.1:8080",
        ] {
            check(&Method::GET, "/ws", &[host.clone(), (header::ORIGIN, origin)], Some(403));
        }
        check(&Method::GET, "/ws", std::slice::from_ref(&host), Some(403));
        check(&Method::GET, "/ws", &[host, (header::ORIGIN, OWN), (header::ORIGIN, OWN)], Some(403));
    }

    #[test]
    fn nothing_is_changed_for_another_site() {
        let host = (header::HOST, "127.0.0.1:8080");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            check(&method, "/api/demo/device", std::slice::from_ref(&host), Some(403));
            check(&method, "/api/demo/device", &[host.clone(), (header::ORIGIN, OWN)], None);
        }
    }
}
