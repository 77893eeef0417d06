//! The script with curl. The emulator speaks MQTT only, so a server of our own notes what is asked of it.

use super::{Saved, publishes, session};
use crate::Target;
use frontend::copy_as::{Language, Publish};
use shared::{
    payload::Payload,
    wire::{MqttVersion, QoS},
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use tests::{PATIENCE, child::Child};

/// Method, path and body.
type Asked = (String, String, Vec<u8>);

/// Answers 200 to everything, one connection at a time, for as long as the test runs.
struct Web {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Web {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(stream) else { continue };
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(stream: TcpStream) -> Option<Asked> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
    Some((method, path, body))
}

#[tokio::test]
async fn the_script_posts_what_the_console_published() {
    let (target, web) = (Target::start().await, Web::start());
    let token = "A1 /?#%é$";
    let publish = |topic: &str, payload: &[u8]| Publish {
        topic: topic.into(),
        qos: QoS::AtLeastOnce,
        payload: Payload::from_bytes(payload),
    };
    let mut all = publishes();
    all.push(publish("v2/t", b"@file"));
    all.push(publish("v1/devices/me/rpc/response/7", &[0xff, 0x00, b'%']));
    all.push(publish("v1/devices/me/attributes/request/3", br#"{"clientKeys":"a b,c&d","sharedKeys":"e"}"#));
    all.push(publish("my/topic", b"stays here"));
    all.push(publish("v1/devices/me/claim", b""));
    let mut session = session(&target, MqttVersion::V5, false, all);
    session.login.user_name = Some(frontend::copy_as::Secret::Told(token.to_owned().into()));
    session.subscriptions.push(("v1/devices/me/rpc/request/+".into(), QoS::AtMostOnce));
    let saved = Saved::new(&target, Language::Curl, &session);
    let mut command = saved.command(&target, "sh");
    command.env("URL", format!("http://{}", web.address)).env("no_proxy", "*");
    let mut script = Child::start("the script", &mut command).unwrap();
    let status = script.ended(3 * PATIENCE).await.unwrap();
    assert!(status.success(), "{}{}", script.stdout(), script.stderr());

    let payload = |index: usize| session.publishes[index].payload.as_bytes();
    let wanted = [
        ("POST", "telemetry", payload(0)),
        ("POST", "telemetry", payload(1)),
        ("POST", "attributes", payload(2)),
        ("POST", "attributes", payload(3)),
        ("POST", "telemetry", b"@file"),
        ("POST", "rpc/7", &[0xff, 0x00, b'%']),
        ("GET", "attributes?clientKeys=a%20b,c%26d&sharedKeys=e", b""),
        ("POST", "claim", b""),
        ("GET", "rpc?timeout=20000", b""),
    ];
    let wanted = wanted.map(|(method, path, body)| {
        (method.to_owned(), format!("/api/v1/A1%20%2F%3F%23%25%C3%A9%24/{path}"), body.to_vec())
    });
    assert_eq!(web.asked(), wanted);
}
