"""Accepts one connection on loopback, and writes the ClientHello it begins with to a JSON file.

Usage: listen.py OUT PROGRAM VERSION. Prints the port that it listens on.
"""

import datetime
import json
import socket
import sys

# Type, version and length in front of a record; type and length in front of a handshake message.
RECORD_HEADER = 5
MESSAGE_HEADER = 4
HANDSHAKE = 22
CLIENT_HELLO = 1


def exactly(stream, length):
    data = stream.read(length)
    if len(data) < length:
        sys.exit("the connection ended before its ClientHello")
    return data


def client_hello(stream):
    """The first handshake message, joined from the records that carry it."""
    message = b""
    while len(message) < MESSAGE_HEADER or len(message) < MESSAGE_HEADER + int.from_bytes(message[1:4], "big"):
        header = exactly(stream, RECORD_HEADER)
        if header[0] != HANDSHAKE:
            sys.exit(f"a record of type {header[0]} came where a ClientHello should")
        message += exactly(stream, int.from_bytes(header[3:5], "big"))
    if message[0] != CLIENT_HELLO:
        sys.exit(f"a message of type {message[0]} came where a ClientHello should")
    return message


def main():
    out, program, version = sys.argv[1:]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        print(listener.getsockname()[1], flush=True)
        connection, _ = listener.accept()
    with connection, connection.makefile("rb") as stream:
        connection.settimeout(60)
        message = client_hello(stream)
    recording = {
        "program": program,
        "version": version,
        "recorded": datetime.date.today().isoformat(),
        "client_hello": message.hex(),
    }
    with open(out, "w", encoding="utf-8") as file:
        file.write(json.dumps(recording, indent=1) + "\n")


main()
