/*
 * s2n-tls as a peer for tests, through its C interface: its Rust interface has no early data and keeps no sessions for
 * servers. One end of a connection, with the wire in the hands of whoever runs it.
 *
 *     s2n-tls-peer client|server [NAME VALUE]...       what it is told: see `configure`
 *
 * Each line of input is a command: see `obey`. It is answered by lines that say what has happened, the last of which is
 * "done". Bytes are in hexadecimal.
 */
#include "bytes.h"
#include "cache.h"

#include <errno.h>
#include <s2n.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static s2n_mode mode;
static struct s2n_config *config;
static const char *certificate;
static const char *server_name;
static uint64_t now;
static bool takes_early_data;
static struct s2n_psk *pre_shared_keys[8];
static size_t pre_shared_key_count;

/* What is remembered from one connection to the next: a client's newest session. */
static struct bytes session;

static struct s2n_connection *connection;
static struct bytes input, output;
static struct bytes received, received_early;
static bool awaits_early_data, established, closed, failed, has_ticket;

static void give_up(const char *why, const char *what)
{
    fprintf(stderr, "gave-up %s: %s\n", why, what);
    exit(1);
}

static void must(int result, const char *what)
{
    if (result < 0)
        give_up(s2n_strerror_debug(s2n_errno, "EN"), what);
}

static int read_wall_clock(void *context, uint64_t *nanoseconds)
{
    (void) context;
    *nanoseconds = now * 1000000000;
    return 0;
}

/* A minute passes between any two looks: an end that failed need not wait before it says so. */
static int read_monotonic_clock(void *context, uint64_t *nanoseconds)
{
    static uint64_t looks;
    (void) context;
    *nanoseconds = ++looks * 60000000000;
    return 0;
}

static int receive_from_wire(void *context, uint8_t *data, uint32_t len)
{
    (void) context;
    if (input.len == 0) {
        errno = EAGAIN;
        return -1;
    }
    return (int) bytes_take(&input, data, len);
}

static int send_to_wire(void *context, const uint8_t *data, uint32_t len)
{
    (void) context;
    bytes_append(&output, data, len);
    return (int) len;
}

static int keep_ticket(struct s2n_connection *of, void *context, struct s2n_session_ticket *ticket)
{
    (void) of, (void) context;
    size_t len;
    uint8_t data[1 << 14];
    must(s2n_session_ticket_get_data_len(ticket, &len), "a ticket's length");
    must(s2n_session_ticket_get_data(ticket, sizeof data, data), "a ticket");
    bytes_clear(&session);
    bytes_append(&session, data, len);
    has_ticket = true;
    return 0;
}

/* No two servers have the same key. */
static void add_ticket_key(void)
{
    uint8_t name[16], key[32];
    must(getentropy(name, sizeof name), "getentropy");
    must(getentropy(key, sizeof key), "getentropy");
    must(s2n_config_add_ticket_crypto_key(config, name, sizeof name, key, sizeof key, now - 1), "a ticket key");
}

/* In "tickets" or, in TLS 1.2, in a server's "cache", whose entries s2n-tls seals as if they were tickets. */
static void keep_sessions(const char *where)
{
    must(s2n_config_set_session_tickets_onoff(config, 1), where);
    if (mode == S2N_SERVER)
        add_ticket_key();
    if (!strcmp(where, "cache")) {
        must(cache_enable(config), where);
        must(s2n_config_set_session_tickets_onoff(config, 0), where);
    }
}

static void take_early_data_up_to(uint32_t max)
{
    must(s2n_config_set_server_max_early_data_size(config, max), "early data");
    takes_early_data = true;
}

/* HASH:IDENTITY:KEY:SUITE:MAX, of which the last two are for early data; where there is to be none, MAX is 0. */
static void add_pre_shared_key(char *description)
{
    const char *hash = strtok(description, ":");
    struct bytes identity = bytes_from_hex(strtok(NULL, ":"));
    struct bytes secret = bytes_from_hex(strtok(NULL, ":"));
    struct bytes suite = bytes_from_hex(strtok(NULL, ":"));
    uint32_t max = strtoul(strtok(NULL, ":"), NULL, 10);
    struct s2n_psk *key = s2n_external_psk_new();
    must(s2n_psk_set_identity(key, identity.data, identity.len), "an identity");
    must(s2n_psk_set_secret(key, secret.data, secret.len), "a key");
    must(s2n_psk_set_hmac(key, strcmp(hash, "sha384") ? S2N_PSK_HMAC_SHA256 : S2N_PSK_HMAC_SHA384), "a hash");
    if (max > 0)
        must(s2n_psk_configure_early_data(key, max, suite.data[0], suite.data[1]), "early data");
    pre_shared_keys[pre_shared_key_count++] = key;
}

static void load_key(const char *key)
{
    struct s2n_cert_chain_and_key *identity = s2n_cert_chain_and_key_new();
    must(s2n_cert_chain_and_key_load_pem(identity, certificate, key), "a certificate and its key");
    must(s2n_config_add_cert_chain_and_key_to_store(config, identity), "a certificate");
}

/* A clock comes before all that has a time, and "sessions" last: some settings switch tickets on by the way. */
static void configure(const char *name, char *value)
{
    if (!strcmp(name, "policy"))
        must(s2n_config_set_cipher_preferences(config, value), value);
    else if (!strcmp(name, "clock"))
        now = strtoull(value, NULL, 10);
    else if (!strcmp(name, "trust"))
        must(s2n_config_add_pem_to_trust_store(config, value), name);
    else if (!strcmp(name, "certificate"))
        certificate = value;
    else if (!strcmp(name, "key"))
        load_key(value);
    else if (!strcmp(name, "server-name"))
        server_name = value;
    else if (!strcmp(name, "protocol"))
        must(s2n_config_append_protocol_preference(config, (uint8_t *) value, strlen(value)), name);
    else if (!strcmp(name, "tickets"))
        must(s2n_config_set_initial_ticket_count(config, atoi(value)), name);
    else if (!strcmp(name, "early-data"))
        take_early_data_up_to(strtoul(value, NULL, 10));
    else if (!strcmp(name, "pre-shared-key"))
        add_pre_shared_key(value);
    else if (!strcmp(name, "sessions"))
        keep_sessions(value);
    else
        give_up("unknown setting", name);
}

static void begin(void)
{
    connection = s2n_connection_new(mode);
    must(s2n_connection_set_config(connection, config), "a configuration");
    must(s2n_connection_set_blinding(connection, S2N_SELF_SERVICE_BLINDING), "blinding");
    must(s2n_connection_set_recv_cb(connection, receive_from_wire), "receiving");
    must(s2n_connection_set_send_cb(connection, send_to_wire), "sending");
    must(s2n_connection_set_recv_ctx(connection, &input), "receiving");
    must(s2n_connection_set_send_ctx(connection, &output), "sending");
    for (size_t i = 0; i < pre_shared_key_count; i++)
        must(s2n_connection_append_psk(connection, pre_shared_keys[i]), "a pre-shared key");
    if (mode == S2N_CLIENT && server_name)
        must(s2n_set_server_name(connection, server_name), server_name);
    if (session.len > 0)
        must(s2n_connection_set_session(connection, session.data, session.len), "a session");
    awaits_early_data = mode == S2N_SERVER && takes_early_data;
}

/* A client has session ids of the connection, not of a message. */
static void keep_session(void)
{
    uint8_t data[1 << 14];
    int len = mode == S2N_CLIENT && established && !has_ticket ? s2n_connection_get_session_length(connection) : 0;
    if (len <= 0 || s2n_connection_get_actual_protocol_version(connection) != S2N_TLS12)
        return;
    must(s2n_connection_get_session(connection, data, sizeof data), "a session");
    bytes_clear(&session);
    bytes_append(&session, data, len);
}

/* Shows the session that the next connection will offer, or has the one that has just begun offer another. */
static void exchange_session(const struct bytes *other)
{
    if (other->len > 0) {
        must(s2n_connection_set_session(connection, other->data, other->len), "a session");
        return;
    }
    keep_session();
    bytes_print("session", &session);
}

static void begin_again(void)
{
    keep_session();
    must(s2n_connection_free(connection), "an end");
    bytes_clear(&input);
    bytes_clear(&output);
    established = closed = failed = has_ticket = false;
    begin();
}

/* Something did not go on: for now, or for ever. */
static void note(void)
{
    s2n_blocked_status blocked;
    if (s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
        return;
    bool is_alert = s2n_error_get_type(s2n_errno) == S2N_ERR_T_ALERT;
    failed = true;
    printf("failed %d %s\n", is_alert ? s2n_connection_get_alert(connection) : -1, s2n_strerror_debug(s2n_errno, "EN"));
    s2n_shutdown_send(connection, &blocked);
}

static void take_early_data(void)
{
    s2n_blocked_status blocked;
    uint8_t buffer[1 << 14];
    while (awaits_early_data) {
        ssize_t len = 0;
        int result = s2n_recv_early_data(connection, buffer, sizeof buffer, &len, &blocked);
        bytes_append(&received_early, buffer, len);
        awaits_early_data = result < 0;
        if (result < 0 && blocked != S2N_BLOCKED_ON_EARLY_DATA)
            return note();
    }
}

static void advance(void)
{
    s2n_blocked_status blocked;
    uint8_t buffer[1 << 14];
    ssize_t len;
    take_early_data();
    if (failed || awaits_early_data)
        return;
    if (!established && s2n_negotiate(connection, &blocked) < 0)
        return note();
    established = true;
    while ((len = s2n_recv(connection, buffer, sizeof buffer, &blocked)) > 0)
        bytes_append(&received, buffer, len);
    closed = len == 0;
    if (len < 0)
        note();
}

static void deliver(const struct bytes *data)
{
    bytes_append(&input, data->data, data->len);
    if (!failed)
        advance();
}

static void send_data(const struct bytes *data)
{
    s2n_blocked_status blocked;
    for (size_t sent = 0; sent < data->len && !failed;) {
        ssize_t len = s2n_send(connection, data->data + sent, data->len - sent, &blocked);
        if (len < 0)
            note();
        else
            sent += len;
    }
}

/* The handshake goes on only when something is delivered: until then there may be more. */
static void send_early_data(const struct bytes *data)
{
    s2n_blocked_status blocked;
    ssize_t len = 0;
    if (s2n_send_early_data(connection, data->data, data->len, &len, &blocked) < 0)
        note();
    if ((size_t) len < data->len && !failed)
        give_up("early data", "this is more than the session permits");
}

static void export_secret(const char *label, const struct bytes *context)
{
    uint8_t secret[32];
    const uint8_t *data = context->len > 0 ? context->data : secret;
    must(s2n_connection_tls_exporter(connection, (const uint8_t *) label, strlen(label), data, context->len, secret,
                 sizeof secret),
            "an exporter");
    bytes_print("exported", &(struct bytes){ secret, sizeof secret });
}

static void print_text(const char *name, const char *text)
{
    if (text)
        printf("%s %s\n", name, text);
}

static void print_facts(void)
{
    s2n_early_data_status_t status;
    uint16_t len = 0;
    uint8_t identity[1 << 8];
    print_text("protocol", s2n_get_application_protocol(connection));
    print_text("server-name", s2n_get_server_name(connection));
    if (s2n_connection_is_session_resumed(connection))
        puts("resumed");
    if (s2n_connection_get_early_data_status(connection, &status) == 0 && status == S2N_EARLY_DATA_STATUS_END)
        puts("early-data-accepted");
    if (s2n_connection_get_negotiated_psk_identity_length(connection, &len) == 0 && len > 0) {
        must(s2n_connection_get_negotiated_psk_identity(connection, identity, sizeof identity), "an identity");
        bytes_print("pre-shared-key", &(struct bytes){ identity, len });
    }
}

static void print_progress(void)
{
    bytes_print("output", &output);
    bytes_print("received", &received);
    bytes_print("received-early", &received_early);
    bytes_clear(&output);
    bytes_clear(&received);
    bytes_clear(&received_early);
    if (established)
        puts("established");
    if (closed)
        puts("closed");
    puts("done");
    fflush(stdout);
}

/* A command, and up to two words behind it. */
static void obey(char *line)
{
    const char *command = strtok(line, " \n"), *first = strtok(NULL, " \n"), *second = strtok(NULL, " \n");
    bool is_export = !strcmp(command, "export");
    const char *hex = is_export ? second : first;
    struct bytes data = bytes_from_hex(hex ? hex : "");
    s2n_blocked_status blocked;
    if (is_export)
        export_secret(first, &data);
    else if (!strcmp(command, "deliver"))
        deliver(&data);
    else if (!strcmp(command, "send"))
        send_data(&data);
    else if (!strcmp(command, "send-early"))
        send_early_data(&data);
    else if (!strcmp(command, "close"))
        must(s2n_shutdown_send(connection, &blocked), command);
    else if (!strcmp(command, "facts"))
        print_facts();
    else if (!strcmp(command, "session"))
        exchange_session(&data);
    else if (!strcmp(command, "again"))
        begin_again();
    else
        give_up("unknown command", command);
    bytes_clear(&data);
    print_progress();
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t size = 0;
    /* Containers allow little memory to be locked. */
    setenv("S2N_DONT_MLOCK", "1", 1);
    must(s2n_init(), "s2n-tls");
    config = s2n_config_new_minimal();
    must(s2n_config_set_wall_clock(config, read_wall_clock, NULL), "a clock");
    must(s2n_config_set_monotonic_clock(config, read_monotonic_clock, NULL), "a clock");
    must(s2n_config_set_session_ticket_cb(config, keep_ticket, NULL), "tickets");
    mode = argc > 1 && !strcmp(argv[1], "server") ? S2N_SERVER : S2N_CLIENT;
    for (int i = 2; i + 1 < argc; i += 2)
        configure(argv[i], argv[i + 1]);
    begin();
    while (getline(&line, &size, stdin) > 0)
        obey(line);
}
