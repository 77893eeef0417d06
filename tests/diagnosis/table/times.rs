//! Certificates out of date.

use crate::{
    make::forge::{Authority, Change, LOCAL, authority, ca, issued, like_the_guides, pinned, server, years},
    row::{Python, Row},
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "An expired certificate is told with its date",
            "own CA, leaf valid 2020 to 2021",
            |_, _| issued(&server("server", LOCAL)?.changed(|params| years(params, 2020, 2021))),
        )
        .refused(&["certificate-expired"], Python::Certificate(10)),
        Row::new(
            "A certificate from the future is told with its date",
            "own CA, leaf valid 2089 to 2090",
            |_, _| issued(&server("server", LOCAL)?.changed(|params| years(params, 2089, 2090))),
        )
        .refused(&["certificate-not-yet-valid"], Python::Certificate(9)),
        Row::new(
            "An expired certificate does not live on by being uploaded",
            "self-signed, CA:TRUE, valid 2020 to 2021",
            |_, _| pinned(&like_the_guides("server", LOCAL)?.changed(|params| years(params, 2020, 2021))),
        )
        .uploading("the same certificate")
        .refused(&["certificate-expired"], Python::Certificate(10)),
        Row::new(
            "A certificate from the future is not valid by being uploaded",
            "self-signed, CA:TRUE, valid 2089 to 2090",
            |_, _| pinned(&like_the_guides("server", LOCAL)?.changed(|params| years(params, 2089, 2090))),
        )
        .uploading("the same certificate")
        .refused(&["certificate-not-yet-valid"], Python::Certificate(9)),
        Row::new(
            "An expired authority in the file is named as the culprit",
            "own CA valid 2020 to 2021, leaf still valid",
            |_, _| {
                let old = Authority::new(ca("Old CA")?.changed(|params| years(params, 2020, 2021)))?;
                Ok(old.issue(&server("server", LOCAL)?)?.uploading(&old.pem))
            },
        )
        .refused(&["trusted-certificate-expired"], Python::Certificate(10)),
        Row::new(
            "An authority from the future is not used yet",
            "own CA valid 2089 to 2090, leaf valid now",
            |_, _| {
                let early = Authority::new(ca("Early CA")?.changed(|params| years(params, 2089, 2090)))?;
                Ok(early.issue(&server("server", LOCAL)?)?.uploading(&early.pem))
            },
        )
        .refused(&["unknown-issuer"], Python::Certificate(9)),
        Row::new(
            "An expired intermediate breaks the chain",
            "root, intermediate valid 2020 to 2021, leaf still valid",
            |_, _| {
                let root = authority()?;
                let middle =
                    root.below(ca("Old Intermediate")?.changed(|params| years(params, 2020, 2021)))?;
                Ok(middle.issue(&server("server", LOCAL)?)?.chained(&[&middle.pem], &root.pem))
            },
        )
        .uploading("the root")
        .refused(&["certificate-expired"], Python::Certificate(10)),
    ]
}
