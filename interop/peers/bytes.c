#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bytes_append(struct bytes *bytes, const void *data, size_t len)
{
    if (len == 0)
        return;
    bytes->data = realloc(bytes->data, bytes->len + len);
    if (!bytes->data)
        abort();
    memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
}

size_t bytes_take(struct bytes *bytes, void *out, size_t len)
{
    if (len > bytes->len)
        len = bytes->len;
    if (len == 0)
        return 0;
    memcpy(out, bytes->data, len);
    bytes->len -= len;
    memmove(bytes->data, bytes->data + len, bytes->len);
    return len;
}

void bytes_clear(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){ 0 };
}

struct bytes bytes_from_hex(const char *text)
{
    struct bytes bytes = { 0 };
    for (; *text; text += 2) {
        unsigned byte;
        if (sscanf(text, "%2x", &byte) != 1 || text[1] == 0) {
            fprintf(stderr, "\"%s\" is not hexadecimal\n", text);
            exit(1);
        }
        bytes_append(&bytes, &(uint8_t){ byte }, 1);
    }
    return bytes;
}

void bytes_print(const char *name, const struct bytes *bytes)
{
    if (bytes->len == 0)
        return;
    printf("%s ", name);
    for (size_t i = 0; i < bytes->len; i++)
        printf("%02x", bytes->data[i]);
    putchar('\n');
}
