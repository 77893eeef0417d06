//! Clients that dawdle on purpose: they are ended in time, and others stay served.

use crate::watched::{Watched, visit};
use futures_util::future::join_all;
use shared::OFFER_PATH;
use std::{env, net::SocketAddr, path::PathBuf, process::Command, time::Duration};
use tests::{child::Child, dist, eventually::soon};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::sleep,
};

/// Where `cargo xtask test` says that the dawdling client is, and where packages put it.
const VARIABLE: &str = "DEVICE_CONSOLE_SLOWHTTPTEST";
const USUAL: &str = "/usr/bin/slowhttptest";

/// One client has so much and no more, and not for long.
const SMALL: &str = "connections=64,client-connections=32,header-read=1,body-read=1,answer-write=2";

/// Runs slowhttptest with more connections than one client may have, and insists that the program, not the client,
/// ends them.
async fn check_dawdling(mode: impl FnOnce(SocketAddr) -> Vec<String>) {
    let program = env::var_os(VARIABLE).map_or_else(|| PathBuf::from(USUAL), PathBuf::from);
    let missing = "slowhttptest is missing: run `cargo xtask setup` or install the package slowhttptest";
    assert!(program.is_file(), "{missing}");
    let watched = Watched::start(SMALL).await;
    let url = format!("http://{}{OFFER_PATH}", watched.address());
    let mut command = Command::new(program);
    command.args(["-c", "200", "-r", "200", "-i", "1", "-l", "15", "-p", "1", "-u", &url]);
    command.args(mode(watched.address()));
    let mut dawdling = Child::start("slowhttptest", &mut command).unwrap();
    let status = watched.stays_usable(dawdling.ended(Duration::from_secs(30))).await.unwrap();
    let said = dawdling.stdout();
    assert!(status.success() && said.contains("No open connections left"), "{said}");
    let refused = r#"device_console_refusals_total{limit="client-connections"}"#;
    watched.console.reaches(refused, 1).await.unwrap();
    visit(watched.address()).await;
}

#[tokio::test]
async fn headers_that_come_too_slowly_keep_nobody_out() {
    check_dawdling(|_| vec!["-H".to_owned()]).await;
}

#[tokio::test]
async fn bodies_that_come_too_slowly_keep_nobody_out() {
    // Only the page's own origin may send a body at all; the program has no option for that header, but for this one.
    let with_origin = |address| format!("text/plain\r\nOrigin: http://{address}");
    check_dawdling(|address| vec!["-B".to_owned(), "-f".to_owned(), with_origin(address)]).await;
}

#[tokio::test]
async fn sockets_that_say_nothing_are_closed_and_keep_nobody_out() {
    let watched = Watched::start(SMALL).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(watched.address()).await.unwrap());
    }
    let closed = join_all(silent.iter_mut().map(async |stream| {
        // However it ends, it ends.
        let _: std::io::Result<usize> = soon("it is closed", stream.read_to_end(&mut Vec::new())).await;
    }));
    watched.stays_usable(closed).await;
    let again = async {
        while !is_served(watched.address()).await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    soon("the client itself is served again", again).await;
}

#[tokio::test]
async fn clients_that_never_read_their_answers_are_cut_off() {
    const SHARE: usize = 32;
    let watched = Watched::start(SMALL).await;
    let address = watched.address();
    let wasm = dist::name_ending("_bg.wasm").unwrap();
    // More in all than the systems between take by themselves.
    let requests = format!("GET /{wasm} HTTP/1.1\r\nhost: {address}\r\n\r\n").repeat(60);
    let mut deaf = Vec::new();
    for _ in 0..SHARE {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(requests.as_bytes()).await.unwrap();
        stream.read_u8().await.unwrap();
        deaf.push(stream);
    }
    watched.check_memory();
    let again = async {
        while !is_served(address).await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    watched.stays_usable(soon("the client itself is served again", again)).await;
}

async fn is_served(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let get = format!("GET {OFFER_PATH} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(get.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    ask.await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
