/*
 * What one signature costs: dkim_sign over the header of an ordinary 4 KiB message, beside the
 * bare signature of a digest with the same key, and the body hash. Processor time of the thread,
 * so that other load on the machine counts little.
 */
#include "sign/dkim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char header_text[] =
    "From: Taro Yamada <taro@test1.com>\r\n"
    "To: Hanako Suzuki <hanako@example.com>,\r\n Jiro Sato <jiro@example.com>\r\n"
    "Subject: =?UTF-8?B?5pyI5pyr44Gu44GU6YCj57Wh?= and what follows from it\r\n"
    "Reply-To: taro@test1.com\r\n"
    "References: <0100018c40f0e6d8-e9683548-4dde-4320-8ff3-3fd4103c7274-000000@test1.com>\r\n"
    "In-Reply-To: <0100018c40f0e6d8-e9683548-4dde-4320-8ff3-3fd4103c7274-000000@test1.com>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative;\r\n boundary=\"----=_Part_1_1234567890\"\r\n"
    "X-Mailer: an ordinary client 1.0\r\n"
    "List-Unsubscribe: <https://test1.com/unsubscribe/0123456789>\r\n"
    "Message-ID: <0100018c40f0e6d8-e9683548-4dde-4320-8ff3-3fd4103c7275-000000@test1.com>\r\n"
    "Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
    "Feedback-ID: ::1.us-east-1.LF00NED762KFuBsfzrtoqw+Brn/qlF9OYdxWukAhsl8=:test1.com\r\n";

static double
now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void
must(enum rc rc, const struct err *err)
{
    if (rc == RC_OK)
        return;
    fprintf(stderr, "bench_sign: %s\n", err->text);
    exit(1);
}

static double
time_body(struct slice body, uint8_t out[32], int rounds)
{
    double start = now_us();
    for (int i = 0; i < rounds; i++) {
        struct body_hash *hash = body_hash_new();
        body_hash_feed(hash, body);
        body_hash_finish(hash, out);
        body_hash_free(hash);
    }
    return (now_us() - start) / rounds;
}

static double
time_bare(struct arena *arena, const struct signing_key *key, const uint8_t digest[32], int rounds)
{
    struct err err;
    struct slice signature;
    double start = now_us();
    for (int i = 0; i < rounds; i++) {
        arena_reset(arena);
        must(signing_key_sign(arena, key, digest, &signature, &err), &err);
    }
    return (now_us() - start) / rounds;
}

static double
time_dkim(struct arena *arena, const struct signing_key *key, const struct header *header,
          const uint8_t digest[32], int rounds)
{
    struct err err;
    struct slice field;
    struct dkim_request request = {SLICE("test1.com"), SLICE("6gbrjpgwjskckoa6a5zn6fwqkn67xbtw"),
                                   1701896578776};
    double start = now_us();
    for (int i = 0; i < rounds; i++) {
        arena_reset(arena);
        must(dkim_sign(arena, key, &request, header, digest, &field, &err), &err);
    }
    return (now_us() - start) / rounds;
}

/* In turns, the best of five: what disturbs one then disturbs the other. */
static void
measure(const char *name, enum dkim_algorithm algorithm, const struct header *header,
        const uint8_t digest[32], int rounds)
{
    struct err err;
    struct slice der, public_part;
    struct signing_key *key;
    struct arena *arena = arena_new();
    double bare = 1e9, dkim = 1e9;
    must(signing_key_generate(arena, algorithm, 2048, &der, &public_part, &err), &err);
    must(signing_key_load(der, &key, &err), &err);
    for (int i = 0; i < 5; i++) {
        double one = time_bare(arena, key, digest, rounds);
        double other = time_dkim(arena, key, header, digest, rounds);
        bare = one < bare ? one : bare;
        dkim = other < dkim ? other : dkim;
    }
    printf("%-14s dkim_sign %7.1f us, of which the bare signature %7.1f us (%.1f %%)\n", name, dkim,
           bare, bare * 100 / dkim);
    signing_key_unref(key);
    arena_free(arena);
}

int
main(void)
{
    struct err err;
    struct header header;
    uint8_t digest[32];
    char body[4096 - sizeof header_text];
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = i % 72 == 70 ? '\r' : i % 72 == 71 ? '\n' : (char)('a' + i % 26);
    must(header_parse(arena, slice_of(header_text), &header, &err), &err);
    printf("body_hash of %zu bytes %.1f us\n", sizeof body,
           time_body((struct slice){body, sizeof body}, digest, 20000));
    measure("rsa-2048", DKIM_RSA_SHA256, &header, digest, 1000);
    measure("ed25519", DKIM_ED25519_SHA256, &header, digest, 5000);
    arena_free(arena);
    return 0;
}
