// A TLS peer on Go's crypto/tls: says what was agreed on, returns each line, and then one more before it closes.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

var (
	role        = flag.String("role", "", "client or server")
	port        = flag.Int("port", 0, "of the server to connect to")
	cert        = flag.String("cert", "", "own chain")
	key         = flag.String("key", "", "its key")
	root        = flag.String("root", "", "what the peer's chain leads to")
	version     = flag.Uint("version", 0, "the only one, as on the wire")
	groups      = flag.String("groups", "", "code points, with commas between them; Go's own choice if empty")
	connections = flag.Int("connections", 1, "how many, one after the other; a client resumes its sessions")
)

func check(err error) {
	if err != nil {
		fmt.Println("FAILED", err)
		os.Exit(1)
	}
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	check(err)
	return content
}

func config() *tls.Config {
	pair, err := tls.X509KeyPair(read(*cert), read(*key))
	check(err)
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(read(*root))
	made := &tls.Config{
		Certificates:       []tls.Certificate{pair},
		RootCAs:            trusted,
		ClientCAs:          trusted,
		ClientAuth:         tls.RequireAndVerifyClientCert,
		ServerName:         "localhost",
		NextProtos:         []string{"h2", "http/1.1"},
		MinVersion:         uint16(*version),
		MaxVersion:         uint16(*version),
		ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}
	for _, group := range strings.FieldsFunc(*groups, func(r rune) bool { return r == ',' }) {
		number, err := strconv.ParseUint(group, 10, 16)
		check(err)
		made.CurvePreferences = append(made.CurvePreferences, tls.CurveID(number))
	}
	return made
}

func tell(state tls.ConnectionState) {
	secret, err := state.ExportKeyingMaterial("EXPORTER-interop", []byte("context"), 32)
	check(err)
	fmt.Printf("AGREED version %d suite %d group %d alpn %s resumed %t retried %t key %v exported %x\n",
		state.Version, state.CipherSuite, state.CurveID, state.NegotiatedProtocol, state.DidResume,
		state.HelloRetryRequest, state.PeerCertificates[0].PublicKeyAlgorithm, secret)
}

func converse(peer *tls.Conn) {
	check(peer.Handshake())
	tell(peer.ConnectionState())
	buffer := make([]byte, 1<<16)
	for {
		// Anything but close_notify at the end is an error of its own.
		n, err := peer.Read(buffer)
		if err == io.EOF {
			break
		}
		check(err)
		_, err = peer.Write(buffer[:n])
		check(err)
	}
	_, err := peer.Write([]byte("and that was all\n"))
	check(err)
	check(peer.Close())
	fmt.Println("CLOSED")
}

func main() {
	flag.Parse()
	settings := config()
	if *role == "client" {
		for range *connections {
			peer, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
			check(err)
			converse(tls.Client(peer, settings))
		}
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("ACCEPT", listener.Addr())
	for range *connections {
		peer, err := listener.Accept()
		check(err)
		converse(tls.Server(peer, settings))
	}
}
