/* Bytes that grow, and how they are written in lines: in hexadecimal. */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t len;
};

void bytes_append(struct bytes *bytes, const void *data, size_t len);
/* Takes up to `len` bytes from the front; returns how many there were. */
size_t bytes_take(struct bytes *bytes, void *out, size_t len);
void bytes_clear(struct bytes *bytes);
/* Ends the program where `text` is not hexadecimal. */
struct bytes bytes_from_hex(const char *text);
/* Prints a line: a name, and the bytes. Prints nothing where there are none. */
void bytes_print(const char *name, const struct bytes *bytes);

#endif
