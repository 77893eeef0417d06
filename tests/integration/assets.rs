//! The page's files: found, typed, compressed, cached, and nothing beside them.

use tests::{
    dist,
    http::{Answer, ask, get},
    proxy::Proxy,
};

const COMPRESSED: [(&str, &str); 1] = [("accept-encoding", "gzip, deflate, br, zstd")];

async fn page() -> (Proxy, String) {
    let folder = dist::folder().unwrap();
    (Proxy::start().await, std::fs::read_to_string(folder.join("index.html")).unwrap())
}

fn is_index(answer: &Answer, html: &str) -> bool {
    answer.status == 200 && answer.text() == html
}

#[tokio::test]
async fn each_file_has_its_type() {
    let (proxy, _) = page().await;
    for (ending, content_type) in [
        ("_bg.wasm", "application/wasm"),
        ("index.html", "text/html; charset=utf-8"),
        (".svg", "image/svg+xml"),
    ] {
        let name = dist::name_ending(ending).unwrap();
        let answer = get(proxy.address(), &format!("/{name}"), &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{name}");
        let file = std::fs::read(dist::folder().unwrap().join(&name)).unwrap();
        assert!(answer.body == file, "{name} is not what was built");
    }
}

#[tokio::test]
async fn everything_that_the_page_names_is_served() {
    let (proxy, html) = page().await;
    let mut names = 0;
    let is_path = |text: &&str| text.starts_with('/') && text.contains('.') && !text.contains(' ');
    for path in html.split(['"', '\'']).filter(is_path) {
        let answer = get(proxy.address(), path, &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        names += 1;
    }
    assert!(names >= 4, "the page names its scripts and styles: {names}");
}

#[tokio::test]
async fn a_browser_gets_the_smallest_form_it_takes() {
    let (proxy, _) = page().await;
    let wasm = format!("/{}", dist::name_ending("_bg.wasm").unwrap());
    let plain = get(proxy.address(), &wasm, &[]).await;
    assert_eq!(plain.header("content-encoding"), None);
    let mut sizes = vec![plain.body.len()];
    let mut etags = vec![plain.header("etag").unwrap().to_owned()];
    for (accepted, coding) in [("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0, gzip", "gzip")] {
        let answer = get(proxy.address(), &wasm, &[("accept-encoding", accepted)]).await;
        assert_eq!(answer.header("content-encoding"), Some(coding), "{accepted}");
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert_eq!(answer.header("content-type"), Some("application/wasm"));
        sizes.push(answer.body.len());
        etags.push(answer.header("etag").unwrap().to_owned());
    }
    assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2], "plain, gzip, br: {sizes:?}");
    assert!(
        etags[0] != etags[1] && etags[1] != etags[2] && etags[1] == etags[3],
        "one tag a form: {etags:?}"
    );
}

#[tokio::test]
async fn a_form_that_the_browser_has_is_not_sent_again() {
    let (proxy, _) = page().await;
    for path in ["/".to_owned(), format!("/{}", dist::name_ending("_bg.wasm").unwrap())] {
        let first = get(proxy.address(), &path, &COMPRESSED).await;
        let etag = first.header("etag").unwrap().to_owned();
        let again = get(proxy.address(), &path, &[COMPRESSED[0], ("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(etag.as_str()));
        assert_eq!(again.header("cache-control"), first.header("cache-control"));
        let other = get(proxy.address(), &path, &[COMPRESSED[0], ("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
        // The tag of one form is not that of another.
        let plain = get(proxy.address(), &path, &[("if-none-match", &etag)]).await;
        assert_eq!(plain.status, 200, "{path}");
    }
}

#[tokio::test]
async fn names_with_a_hash_are_kept_for_ever_and_the_page_itself_is_asked_for_again() {
    let (proxy, _) = page().await;
    // The program's parts too: one of another version must not be taken for the page's own.
    let mut programs = 0;
    for name in dist::names().unwrap().into_iter().filter(|name| name != "index.html") {
        let answer = get(proxy.address(), &format!("/{name}"), &[]).await;
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"), "{name}");
        programs += usize::from(name.ends_with(".wasm"));
    }
    assert!(programs > 1, "the program has parts: {programs}");
    for path in ["/", "/index.html", "/some/deep/link"] {
        let answer = get(proxy.address(), path, &[]).await;
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let (proxy, _) = page().await;
    let path = format!("/{}", dist::name_ending("_bg.wasm").unwrap());
    let whole = get(proxy.address(), &path, &COMPRESSED).await;
    let head = ask(proxy.address(), "HEAD", &path, &COMPRESSED).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "content-encoding", "content-length", "etag", "cache-control", "vary"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_deep_link_is_the_page_and_a_missing_file_is_missing() {
    let (proxy, html) = page().await;
    for path in ["/", "/index.html", "/devices", "/a/b/c", "/?host=mqtt.example.com"] {
        assert!(is_index(&get(proxy.address(), path, &[]).await, &html), "{path}");
    }
    for path in ["/none.js", "/boot.js", "/a/index.html", "/index.html.br", "/index.html.gz", "/.env", "/a.b"]
    {
        assert_eq!(get(proxy.address(), path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_path_that_looks_like_another_site_does_not_lead_there() {
    let (proxy, _) = page().await;
    for path in
        ["//evil.example", "//evil.example/%2e%2e", "///evil.example", "/\\evil.example", "/%2f/evil.example"]
    {
        let answer = get(proxy.address(), path, &[]).await;
        assert!(!(300..400).contains(&answer.status), "{path}: {}", answer.status);
        assert_eq!(answer.header("location"), None, "{path}");
    }
    assert_eq!(get(proxy.address(), "//evil.example", &[]).await.status, 404);
}

#[tokio::test]
async fn nothing_outside_the_page_can_be_read() {
    let (proxy, html) = page().await;
    for path in [
        "/../Cargo.toml",
        "/a/../../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/Cargo.toml",
        "/%2e%2e%2fCargo.toml",
        "/..%5cCargo.toml",
        "/....//Cargo.toml",
        "//etc/passwd",
        "/%00",
        "/index.html%00.js",
    ] {
        let answer = get(proxy.address(), path, &[]).await;
        // A path without an ending may be the page itself, which is no secret.
        assert!(answer.status >= 400 || is_index(&answer, &html), "{path}: {}", answer.status);
        assert!(!answer.text().contains("[workspace]") && !answer.text().contains("root:"), "{path}");
    }
}
