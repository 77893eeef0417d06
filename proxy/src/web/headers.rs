//! The headers every answer carries: the page may run its own code and talk to its own origin, and
//! nothing else.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

/// wasm needs `wasm-unsafe-eval`; it does not allow JavaScript's eval.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A year: browsers that have once seen the page over TLS take nothing else. Only where strangers use it, which
/// is always through TLS; on a person's own machine the same name may serve other things without.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

pub(super) async fn add(State(hosted): State<bool>, mut response: Response) -> Response {
    if hosted {
        let value = HeaderValue::from_static(STRICT_TRANSPORT_SECURITY);
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
