//! A web origin: scheme, host and port as one, compared whole.

use std::{fmt, str::FromStr};
use thiserror::Error;

/// `http://host:port` or `https://host:port`, as browsers write it (RFC 6454 section 6.2): lower case, the
/// scheme's own port left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    authority: String,
}

/// How a page is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "an origin looks like http://127.0.0.1:8081 or https://console.example.com: a scheme and one host, without path, \
     final slash or wildcard"
)]
pub struct OriginProblem;

impl Origin {
    /// Whether pages of it come over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Host and port as a `Host` header has them.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }
}

impl FromStr for Origin {
    type Err = OriginProblem;

    fn from_str(text: &str) -> Result<Self, OriginProblem> {
        let text = text.trim();
        let (scheme, authority) = text.split_once("://").ok_or(OriginProblem)?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Scheme::Http, ":80"),
            "https" => (Scheme::Https, ":443"),
            _ => return Err(OriginProblem),
        };
        let authority = authority.to_ascii_lowercase();
        let parsed: axum::http::uri::Authority = authority.parse().map_err(|_| OriginProblem)?;
        if parsed.as_str().contains(['@', '*']) || parsed.host().is_empty() || authority.ends_with(':') {
            return Err(OriginProblem);
        }
        let authority = authority.strip_suffix(default_port).unwrap_or(&authority).to_owned();
        Ok(Self { scheme, authority })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, normal) in [
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("https://Console.Example.com:443", "https://console.example.com"),
            ("http://[::1]:80", "http://[::1]"),
            ("https://a:80", "https://a:80"),
            (" HTTPS://Console.example", "https://console.example"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), normal);
        }
        for bad in [
            "",
            "null",
            "127.0.0.1:8081",
            "ftp://a",
            "http://",
            "http://a/",
            "http://u@a",
            "http://a b",
            "http://a:",
            "https://*.example.com",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginProblem), "{bad}");
        }
    }
}
