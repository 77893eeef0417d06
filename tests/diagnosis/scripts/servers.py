"""MQTT servers whose TLS is OpenSSL's, one for each line of the file named first.

Prints their ports as one line of JSON when all listen, then serves until it is ended.
"""

import json
import socket
import ssl
import sys
import threading
import warnings

# Old versions and weak keys are what some of these servers are for.
warnings.simplefilter("ignore", DeprecationWarning)

CONNECT, SUBSCRIBE, PINGREQ, DISCONNECT = 1, 8, 12, 14


def context(server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(server["ciphers"] + ":@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion[server["minimum"]]
    context.maximum_version = ssl.TLSVersion[server["maximum"]]
    if server["parameters"]:
        context.load_dh_params(server["parameters"])
    context.load_cert_chain(server["chain"], server["key"])
    if server["wants_client"]:
        context.load_verify_locations(server["chain"])
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def packet(stream):
    kind, length, shift = exactly(stream, 1)[0] >> 4, 0, 0
    while True:
        byte = exactly(stream, 1)[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return kind, exactly(stream, length)


def granted(body):
    """A SUBACK that grants every filter of a SUBSCRIBE as asked."""
    codes, at = b"", 2
    while at < len(body):
        at += 2 + int.from_bytes(body[at : at + 2], "big")
        codes += body[at : at + 1]
        at += 1
    return bytes([0x90, 2 + len(codes)]) + body[:2] + codes


def converse(stream):
    while True:
        kind, body = packet(stream)
        if kind == CONNECT:
            stream.sendall(b"\x20\x02\x00\x00")
        elif kind == SUBSCRIBE:
            stream.sendall(granted(body))
        elif kind == PINGREQ:
            stream.sendall(b"\xd0\x00")
        elif kind == DISCONNECT:
            return


def serve(connection, tls):
    connection.settimeout(30)
    try:
        with tls.wrap_socket(connection, server_side=True) as stream:
            converse(stream)
    except (OSError, EOFError):
        # The client's part: what it thinks of this server is told by the client.
        connection.close()


def accept(listener, tls):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, tls), daemon=True).start()


ports = []
with open(sys.argv[1], encoding="utf-8") as servers:
    for server in json.load(servers):
        try:
            tls = context(server)
        except ssl.SSLError as error:
            sys.exit(f"{server['claim']}: {error}")
        listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        ports.append(listener.getsockname()[1])
        threading.Thread(target=accept, args=(listener, tls), daemon=True).start()
print(json.dumps(ports), flush=True)
threading.Event().wait()
