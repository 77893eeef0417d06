//! HTTP by hand over a bare socket: exactly the bytes a test wants to send, and the answer as it came.

use crate::eventually::soon;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order sent.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The header's value when it stands once.
    ///
    /// # Panics
    /// It stands more than once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert_eq!(values.next(), None, "{name} stands twice");
        value
    }

    /// The names of all headers, in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_str())
    }

    /// # Panics
    /// The body is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }
}

/// `GET` with the proxy's own name and these headers.
pub async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(address, "GET", path, headers).await
}

/// Any method with the proxy's own name and these headers.
pub async fn ask(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let host = address.to_string();
    let mut all = vec![("host", host.as_str())];
    all.extend(headers);
    send(address, &request(method, path, &all)).await
}

/// A request with exactly these headers.
#[must_use]
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n")
}

/// Sends these bytes on a connection of their own and reads the answer to its end.
///
/// # Panics
/// There is no answer, or it is not HTTP/1.1 with a length or to the connection's end.
pub async fn send(address: SocketAddr, request: &str) -> Answer {
    send_over(TcpStream::connect(address).await.expect("the server listens"), request).await
}

/// The same on a connection that is there already.
///
/// # Panics
/// See [`send`].
pub async fn send_over(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> Answer {
    let exchange = async {
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let bytes = soon("an answer over HTTP", exchange).await.expect("the server answers");
    parse(&bytes)
}

/// The same on a connection that stays open for more: the answer must have a length.
///
/// # Panics
/// The connection ends before the answer does; or see [`send`].
pub async fn send_and_stay(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> Answer {
    let exchange = async {
        stream.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        loop {
            assert!(stream.read_buf(&mut bytes).await? > 0, "the connection ended within an answer");
            if bytes.windows(4).any(|four| four == b"\r\n\r\n") {
                let answer = parse(&bytes);
                let length = answer.header("content-length").expect("a length");
                if answer.body.len() >= length.parse().expect("a number") {
                    return std::io::Result::Ok(answer);
                }
            }
        }
    };
    soon("an answer over HTTP", exchange).await.expect("the server answers")
}

/// A connection from another address of this machine, as from another client. Linux answers at all of 127.0.0.0/8.
///
/// # Panics
/// `source` is no address of this machine, or nobody listens.
pub async fn connect_from(source: Ipv4Addr, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((source, 0).into()).expect("an address of this machine");
    soon("a connection", socket.connect(address)).await.expect("the server listens")
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("headers have an end");
    let head = std::str::from_utf8(&bytes[..end]).expect("headers are text");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let answer = Answer { status, headers, body: bytes[end + 4..].to_vec() };
    assert_eq!(answer.header("transfer-encoding"), None, "chunked answers are not read here");
    answer
}
