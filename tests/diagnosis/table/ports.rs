//! What else may be behind a port, or not.

use crate::{
    make::{
        Maker,
        forge::{LOCAL, issued, server},
    },
    row::{Python, Row},
    serve::{Server, mosquitto::Listener, openssl::OpenSsl, port::Port},
};
use shared::{failure::Step, hint::Hint};

const GOOD: Maker = |_, _| issued(&server("server", LOCAL)?);

const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

pub(super) fn rows() -> Vec<Row> {
    let row =
        |claim, setup, server| Row::new(claim, setup, GOOD).uploading("any CA").served_by(server).over(&[]);
    vec![
        row(
            "A host that does not exist is told",
            "no server: the name is reserved for nothing",
            Server::Port(Port::Closed),
        )
        .dialling("mqtt.thingsboard.invalid")
        .refused_at(
            Step::Name,
            &["name-not-found", "name-lookup-failed", "name-timed-out"],
            Python::Fails("name"),
        ),
        row(
            "The address that means every address is not dialled",
            "a listener on this machine, which that address would reach",
            Server::OpenSsl(OpenSsl::DEFAULT),
        )
        .uploading("its CA")
        .dialling("0.0.0.0")
        .refused_at(Step::Name, &["target-not-allowed"], Python::Certificate(64)),
        row("A port where nothing listens is told", "nothing listens", Server::Port(Port::Closed))
            .refused_at(Step::Tcp, &["tcp-refused"], Python::Fails("tcp")),
        row(
            "A port that swallows connections is told after the limit",
            "a listener whose queue is full",
            Server::Port(Port::TakesNone),
        )
        .waiting()
        .refused_at(Step::Tcp, &["tcp-timed-out"], Python::Fails("tcp")),
        row(
            "A port that takes the connection and says nothing is told after the limit",
            "accepts, never answers",
            Server::Port(Port::Silent),
        )
        .waiting()
        .refused(&["tls-timed-out"], Python::Fails("tls")),
        row("A plain MQTT port is recognised", "Mosquitto without TLS", Server::Mosquitto(Listener::Plain))
            .refused(&["tls-closed"], Python::Fails("tls"))
            .hinting(|port| vec![Hint::SpeaksPlainMqtt { port }]),
        row(
            "A web server's port is recognised",
            "answers HTTP 400 to everything",
            Server::Port(Port::Says(BAD_REQUEST)),
        )
        .refused(&["tls-not-spoken"], Python::Fails("tls"))
        .hinting(|port| vec![Hint::SpeaksHttp { port }]),
        row(
            "A port that speaks something else is told",
            "answers SSH-2.0",
            Server::Port(Port::Says(b"SSH-2.0-OpenSSH_9.2\r\n")),
        )
        .refused(&["tls-not-spoken"], Python::Fails("tls")),
        row(
            "A connection closed during the handshake is told",
            "reads the ClientHello and closes",
            Server::Port(Port::Closes),
        )
        .refused(&["tls-closed"], Python::Fails("tls")),
        row(
            "A connection broken during the handshake is told",
            "reads the ClientHello and resets",
            Server::Port(Port::Resets),
        )
        .refused(&["tls-closed"], Python::Fails("tls")),
    ]
}
