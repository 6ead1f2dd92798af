"""A TLS peer on Python's ssl module: says what was agreed on, returns each line, and then one more before it closes."""

import argparse
import socket
import ssl

parser = argparse.ArgumentParser()
parser.add_argument("role", choices=["client", "server"])
parser.add_argument("--port", type=int, default=0, help="of the server to connect to")
parser.add_argument("--cert", required=True)
parser.add_argument("--key", required=True)
parser.add_argument("--root", required=True)
parser.add_argument("--versions", required=True, help="lowest and highest, with a comma between them")
parser.add_argument("--alpn", default="h2,http/1.1")
parser.add_argument("--ciphers", help="of TLS 1.2")
arguments = parser.parse_args()


def context():
    is_client = arguments.role == "client"
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if is_client else ssl.PROTOCOL_TLS_SERVER)
    low, high = arguments.versions.split(",")
    made.minimum_version, made.maximum_version = ssl.TLSVersion[low], ssl.TLSVersion[high]
    made.load_cert_chain(arguments.cert, arguments.key)
    made.load_verify_locations(arguments.root)
    made.verify_mode = ssl.CERT_REQUIRED
    # From Python 3.13 on it wants key identifiers, which the certificates of tests do not have.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    made.set_alpn_protocols(arguments.alpn.split(","))
    if arguments.ciphers:
        made.set_ciphers(arguments.ciphers)
    return made


def say(*words):
    print(*words, flush=True)


def converse(peer):
    subject = peer.getpeercert()["subject"]
    say("AGREED", peer.version(), peer.cipher()[0], peer.selected_alpn_protocol(), subject)
    while data := peer.recv(1 << 16):
        peer.sendall(data)
    # An end without close_notify would have raised an error.
    peer.sendall(b"and that was all\n")
    peer.unwrap()
    say("CLOSED")


def main():
    if arguments.role == "client":
        stream = socket.create_connection(("127.0.0.1", arguments.port))
        options = {"server_hostname": "localhost"}
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        say("ACCEPT", listener.getsockname()[1])
        stream, _ = listener.accept()
        options = {"server_side": True}
    with context().wrap_socket(stream, suppress_ragged_eofs=False, **options) as peer:
        converse(peer)


main()
