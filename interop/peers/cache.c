#include "cache.h"

#include "bytes.h"

#include <string.h>

/* The latest sessions, each by its id; an entry without a value is free. */
static struct {
    struct bytes id, session;
} entries[16];

enum { ENTRIES = sizeof entries / sizeof *entries };

static size_t find(const void *id, uint64_t len)
{
    size_t at = 0;
    while (at < ENTRIES && (entries[at].id.len != len || memcmp(entries[at].id.data, id, len)))
        at++;
    return at;
}

static int discard(struct s2n_connection *connection, void *context, const void *id, uint64_t id_len)
{
    (void) connection, (void) context;
    size_t at = find(id, id_len);
    if (at < ENTRIES) {
        bytes_clear(&entries[at].id);
        bytes_clear(&entries[at].session);
    }
    return 0;
}

static int store(struct s2n_connection *connection, void *context, uint64_t seconds, const void *id, uint64_t id_len,
        const void *session, uint64_t len)
{
    static size_t next;
    (void) connection, (void) context, (void) seconds;
    size_t at = next++ % ENTRIES;
    bytes_clear(&entries[at].id);
    bytes_clear(&entries[at].session);
    bytes_append(&entries[at].id, id, id_len);
    bytes_append(&entries[at].session, session, len);
    return 0;
}

static int retrieve(struct s2n_connection *connection, void *context, const void *id, uint64_t id_len, void *session,
        uint64_t *len)
{
    (void) connection, (void) context;
    size_t at = find(id, id_len);
    if (at == ENTRIES || entries[at].session.len > *len)
        return -1;
    *len = entries[at].session.len;
    memcpy(session, entries[at].session.data, *len);
    return 0;
}

int cache_enable(struct s2n_config *config)
{
    if (s2n_config_set_cache_store_callback(config, store, NULL) < 0
            || s2n_config_set_cache_retrieve_callback(config, retrieve, NULL) < 0
            || s2n_config_set_cache_delete_callback(config, discard, NULL) < 0)
        return -1;
    return s2n_config_set_session_cache_onoff(config, 1);
}
