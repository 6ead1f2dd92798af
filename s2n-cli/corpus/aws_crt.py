"""Connects by the TLS of the AWS common runtime, which is s2n-tls.

Usage: aws_crt.py PORT PREFERENCE SERVER-NAME.
"""

import sys

from awscrt import http, io

port, preference, name = sys.argv[1:]
options = io.TlsContextOptions()
options.verify_peer = False
options.cipher_pref = io.TlsCipherPref[preference]
group = io.EventLoopGroup(1)
resolver = io.DefaultHostResolver(group)
bootstrap = io.ClientBootstrap(group, resolver)
connection = io.ClientTlsContext(options).new_connection_options()
connection.set_server_name(name)

done = http.HttpClientConnection.new(
    host_name="127.0.0.1", port=int(port), bootstrap=bootstrap, tls_connection_options=connection
)
try:
    done.result(timeout=10)
except Exception as error:
    # The recorder hangs up after the ClientHello.
    print(error, file=sys.stderr)
