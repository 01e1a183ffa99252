/*
 * Reads a message on standard input and writes it signed:
 *
 *     sign_message KEY-FILE DOMAIN SELECTOR < message > signed
 *
 * KEY-FILE holds a private key in DER. For tests whose judges are other DKIM implementations.
 */
#include "sign/dkim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void
fail(const struct err *err)
{
    fprintf(stderr, "sign_message: %s\n", err->text);
    exit(1);
}

static struct slice
read_all(struct buf *buf, FILE *file)
{
    char piece[4096];
    size_t got;
    buf_init(buf, 64 * 1024 * 1024);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(buf, (struct slice){piece, got});
    if (!buf_ok(buf) || ferror(file)) {
        fprintf(stderr, "sign_message: the input is too long or cannot be read\n");
        exit(1);
    }
    return buf_slice(buf);
}

static struct signing_key *
load_key(const char *path)
{
    struct err err;
    struct buf der;
    struct signing_key *key;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    if (signing_key_load(read_all(&der, file), &key, &err) != RC_OK)
        fail(&err);
    buf_wipe(&der);
    fclose(file);
    return key;
}

/* The body in pieces of odd sizes: it comes in pieces in life, too. */
static void
hash_body(struct slice body, uint8_t out[32])
{
    struct body_hash *hash = body_hash_new();
    for (size_t size = 1; body.len > 0; size = size % 61 + 3) {
        body_hash_feed(hash, slice_head(body, size));
        body = slice_from(body, size);
    }
    body_hash_finish(hash, out);
    body_hash_free(hash);
}

int
main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: sign_message KEY-FILE DOMAIN SELECTOR\n");
        return 2;
    }
    struct err err;
    struct buf input;
    struct header header;
    struct slice field;
    uint8_t body_hash[32];
    size_t body;
    struct arena *arena = arena_new();
    struct signing_key *key = load_key(argv[1]);
    struct slice message = read_all(&input, stdin);
    if (header_end(message, &body, &err) != RC_OK ||
        header_parse(arena, slice_head(message, body - 2), &header, &err) != RC_OK)
        fail(&err);
    hash_body(slice_from(message, body), body_hash);
    struct dkim_request request = {slice_of(argv[2]), slice_of(argv[3]),
                                   (int64_t)time(NULL) * 1000};
    if (dkim_sign(arena, key, &request, &header, body_hash, &field, &err) != RC_OK)
        fail(&err);
    fwrite(field.ptr, 1, field.len, stdout);
    fwrite(message.ptr, 1, message.len, stdout);
    buf_fini(&input);
    signing_key_unref(key);
    arena_free(arena);
    return fflush(stdout) == 0 ? 0 : 1;
}
