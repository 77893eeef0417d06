"""What Python's ssl module says about servers: one verdict for each entry of the file named first.

Makes its TLS as paho-mqtt does: a context for clients, and the person's file as its only authorities. Prints
the verdicts as one line of JSON.
"""

import json
import socket
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor

# CPython's own default since 3.10. A distribution may build another one in, and then the verdict about
# ciphers would depend on where this runs.
CIPHERS = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"

USER = b"TOKEN"
CONNECT = b"\x00\x04MQTT\x04\x82\x00\x3c\x00\x00\x00" + bytes([len(USER)]) + USER
FILTERS = (b"v1/devices/me/attributes", b"v1/devices/me/rpc/request/+")
SUBSCRIBE = b"\x00\x01" + b"".join(b"\x00" + bytes([len(name)]) + name + b"\x01" for name in FILTERS)


def exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def converse(stream):
    stream.sendall(bytes([0x10, len(CONNECT)]) + CONNECT)
    connack = exactly(stream, 4)
    if connack[:2] != b"\x20\x02":
        return "fails: mqtt"
    if connack[3]:
        return f"refuses: return code {connack[3]}"
    try:
        stream.sendall(bytes([0x82, len(SUBSCRIBE)]) + SUBSCRIBE)
        suback = exactly(stream, 4 + len(FILTERS))
        if suback[:1] != b"\x90" or max(suback[4:]) > 1:
            return "fails: subscriptions"
    except (OSError, EOFError):
        return "fails: subscriptions"
    stream.sendall(b"\xe0\x00")
    return "accepts"


def context(file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    if file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(file)
    return context


def verdict(server):
    try:
        tls = context(server["file"])
    except ssl.SSLError:
        return "refuses: cannot read the file"
    try:
        connection = socket.create_connection((server["host"], server["port"]), server["tcp_limit"])
    except socket.gaierror:
        return "fails: name"
    except OSError:
        return "fails: tcp"
    connection.settimeout(server["tls_limit"])
    try:
        stream = tls.wrap_socket(connection, server_hostname=server["host"])
    except ssl.SSLCertVerificationError as error:
        return f"refuses: verify error {error.verify_code}"
    except (OSError, EOFError):
        return "fails: tls"
    finally:
        connection.close()
    stream.settimeout(server["mqtt_limit"])
    with stream:
        try:
            return converse(stream)
        except (OSError, EOFError):
            # A refusal in TLS 1.3 comes only now, and a reset may overtake the alert that says so.
            return "fails: mqtt"


with open(sys.argv[1], encoding="utf-8") as servers, ThreadPoolExecutor(8) as pool:
    print(json.dumps(list(pool.map(verdict, json.load(servers)))), flush=True)
