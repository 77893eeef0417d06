//! Where the console and Python may disagree about a server: the only list, with a reason for each.
//!
//! A row that disagrees without standing here fails, and so does one that stands here and agrees.

/// Who accepts what the other refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deviation {
    OnlyWeAccept,
    OnlyPythonAccepts,
}

/// One reason, and the rows it is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    pub(crate) what: &'static str,
    pub(crate) deviation: Deviation,
    pub(crate) reason: &'static str,
    /// Their claims.
    pub(crate) rows: &'static [&'static str],
}

use Deviation::{OnlyPythonAccepts, OnlyWeAccept};

pub(crate) const ALLOWED: &[Allowed] = &[
    Allowed {
        what: "An IP address as Common Name of the very certificate uploaded",
        deviation: OnlyWeAccept,
        reason: "It is byte for byte the person's own, and mosquitto's clients accept it too.",
        rows: &["A guide's certificate made for an IP address is believed at that address"],
    },
    Allowed {
        what: "The server's own certificate uploaded instead of its CA",
        deviation: OnlyWeAccept,
        reason: "An exact match is the narrowest trust there is.",
        rows: &["The server's own certificate serves as well as its CA's"],
    },
    Allowed {
        what: "An anchor that OpenSSL does not take: an intermediate without its root, or no CA at all",
        deviation: OnlyWeAccept,
        reason: "The person named this certificate as the one to believe; its issuer adds nothing.",
        rows: &[
            "An intermediate authority is enough, without its root",
            "A certificate that is no authority is believed about what it signed, when it was uploaded",
            "An authority whose key may not sign certificates is believed when it was uploaded",
        ],
    },
    Allowed {
        what: "A self-signed certificate renewed with the same key, while the old one is still valid",
        deviation: OnlyWeAccept,
        reason: "The key that the person trusts signed it; who has that key could show the old one as well.",
        rows: &[
            "A guide's certificate renewed with the same key is believed with the old file",
            "A self-signed certificate renewed with the same key is believed with the old file",
        ],
    },
    Allowed {
        what: "A Common Name under an authority with name constraints",
        deviation: OnlyPythonAccepts,
        reason: "A Common Name would slip past them: OpenSSL applies them only to one that has a dot.",
        rows: &[
            "A Common Name does not slip past an authority's limits",
            "A Common Name is not taken from a limited authority, even within its limits",
        ],
    },
    Allowed {
        what: "DER as it is",
        deviation: OnlyWeAccept,
        reason: "The same certificate in another wrapping; OpenSSL wants it converted first.",
        rows: &["The .cer file of ThingsBoard's key store script is read as it is"],
    },
    Allowed {
        what: "A file with a private key in it",
        deviation: OnlyPythonAccepts,
        reason: "A private key must not be given away; the file is refused before anything leaves the page.",
        rows: &["The .pem file of ThingsBoard's key store script is refused for the key inside"],
    },
    Allowed {
        what: "A P-521 key in TLS 1.2",
        deviation: OnlyPythonAccepts,
        reason: "There the offered groups limit the keys too, and ring exchanges no keys on P-521. TLS 1.3 works.",
        rows: &["A P-521 key is beyond TLS 1.2 here"],
    },
    Allowed {
        what: "Cipher suites without authenticated encryption, and key exchange without elliptic curves",
        deviation: OnlyPythonAccepts,
        reason: "rustls has neither, by design.",
        rows: &[
            "A server with CBC suites alone has nothing in common with this console",
            "A server with finite-field key exchange alone has nothing in common with this console",
        ],
    },
];

/// The reason why this row may disagree.
pub(crate) fn allowed(claim: &str) -> Option<&'static Allowed> {
    ALLOWED.iter().find(|allowed| allowed.rows.contains(&claim))
}
