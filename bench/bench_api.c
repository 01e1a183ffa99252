/*
 * A load of signed requests to the API (AWS Signature Version 4), on connections that are kept. Its
 * options, besides those in bench_client.h:
 *
 *   --operation NAME  raw1   SendRawEmail of SES v1, a form
 *                     raw2   SendEmail of SES v2 with a raw message, JSON
 *                     quota  GetSendQuota of SES v1
 *   --tls 1           HTTPS; 0
 *
 * With --hold each connection makes one request and is then silent.
 */
#include "base/codec.h"
#include "bench_client.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SCOPE "us-east-1/ses/aws4_request"

enum { BODY_MAX = 16 * 1024 * 1024 };

struct digest {
    uint8_t bytes[SHA256_DIGEST_LENGTH];
};

static const char *operation_name = "raw1";
static uint64_t secure;
static struct buf text; /* of each message */

/* --- operations --------------------------------------------------------------------------- */

static struct slice
raw_message(struct arena *arena, const struct account *account)
{
    char date[64];
    time_t now = time(NULL);
    struct tm parts;
    unsigned long long number = client_started;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &parts));
    struct slice header =
        arena_printf(arena,
                     "From: Load <%s>\r\nTo: <list@dest.test>\r\nSubject: load %llu\r\nDate: %s\r\n"
                     "Message-ID: <%llu@load.test>\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
                     account->address, number, date, number);
    return codec_base64(arena, arena_concat(arena, header, buf_slice(&text)));
}

static struct slice
recipient(struct arena *arena)
{
    return arena_printf(arena, "r%llu@dest.test", (unsigned long long)client_started);
}

static struct slice
raw1_body(struct arena *arena, const struct account *account)
{
    struct slice data = codec_percent(arena, raw_message(arena, account));
    struct slice to = recipient(arena);
    return arena_printf(arena,
                        "Action=SendRawEmail&Version=2010-12-01&Source=%.*s"
                        "&Destinations.member.1=%.*s&RawMessage.Data=%.*s",
                        SLICE_ARG(codec_percent(arena, slice_of(account->address))),
                        SLICE_ARG(codec_percent(arena, to)), SLICE_ARG(data));
}

static struct slice
raw2_body(struct arena *arena, const struct account *account)
{
    struct slice data = raw_message(arena, account), to = recipient(arena);
    return arena_printf(arena,
                        "{\"FromEmailAddress\": \"%s\", \"Destination\": {\"ToAddresses\": "
                        "[\"%.*s\"]}, \"Content\": {\"Raw\": {\"Data\": \"%.*s\"}}}",
                        account->address, SLICE_ARG(to), SLICE_ARG(data));
}

static struct slice
quota_body(struct arena *arena, const struct account *account)
{
    (void)arena, (void)account;
    return SLICE("Action=GetSendQuota&Version=2010-12-01");
}

static const struct operation {
    const char *name, *path, *type;
    struct slice (*body)(struct arena *arena, const struct account *account);
} operations[] = {
    {"raw1", "/", "application/x-www-form-urlencoded; charset=utf-8", raw1_body},
    {"raw2", "/v2/email/outbound-emails", "application/json", raw2_body},
    {"quota", "/", "application/x-www-form-urlencoded; charset=utf-8", quota_body},
};
static const struct operation *operation;

static bool
choose_operation(void)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, operation_name) == 0)
            operation = &operations[i];
    return operation;
}

/* --- the signature ------------------------------------------------------------------------ */

static struct slice
bytes_of(const struct digest *digest)
{
    return (struct slice){(const char *)digest->bytes, sizeof digest->bytes};
}

static struct digest
hmac(struct slice key, struct slice bytes)
{
    struct digest digest;
    if (!HMAC(EVP_sha256(), key.ptr, (int)key.len, (const uint8_t *)bytes.ptr, bytes.len,
              digest.bytes, NULL))
        abort();
    return digest;
}

static struct slice
hash(struct arena *arena, struct slice bytes)
{
    struct digest digest;
    SHA256((const uint8_t *)bytes.ptr, bytes.len, digest.bytes);
    return codec_hex(arena, bytes_of(&digest));
}

static struct slice
sign(struct arena *arena, const struct account *account, struct slice time, struct slice host,
     struct slice body)
{
    struct slice day = slice_head(time, 8);
    struct slice request =
        arena_printf(arena,
                     "POST\n%s\n\ncontent-type:%s\nhost:%.*s\nx-amz-date:%.*s\n\n"
                     "content-type;host;x-amz-date\n%.*s",
                     operation->path, operation->type, SLICE_ARG(host), SLICE_ARG(time),
                     SLICE_ARG(hash(arena, body)));
    struct slice signed_text =
        arena_printf(arena, "AWS4-HMAC-SHA256\n%.*s\n%.*s/" SCOPE "\n%.*s", SLICE_ARG(time),
                     SLICE_ARG(day), SLICE_ARG(hash(arena, request)));
    struct digest key = hmac(arena_printf(arena, "AWS4%s", account->secret), day);
    key = hmac(bytes_of(&key), SLICE("us-east-1"));
    key = hmac(bytes_of(&key), SLICE("ses"));
    key = hmac(bytes_of(&key), SLICE("aws4_request"));
    key = hmac(bytes_of(&key), signed_text);
    return codec_hex(arena, bytes_of(&key));
}

/* --- one connection ----------------------------------------------------------------------- */

static void
request(struct connection *connection)
{
    char time_text[32];
    time_t now = time(NULL);
    struct tm parts;
    struct arena *arena = arena_new();
    const struct account *account = connection->account;
    struct slice body = operation->body(arena, account);
    struct slice host = arena_printf(arena, "127.0.0.1:%llu", (unsigned long long)options.port);
    strftime(time_text, sizeof time_text, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
    buf_printf(&connection->out,
               "POST %s HTTP/1.1\r\nHost: %.*s\r\nAccept-Encoding: identity\r\n"
               "Content-Type: %s\r\nUser-Agent: bench_api\r\nX-Amz-Date: %s\r\n"
               "Authorization: AWS4-HMAC-SHA256 Credential=%s/%.8s/" SCOPE
               ", SignedHeaders=content-type;host;x-amz-date, Signature=%.*s\r\n"
               "Content-Length: %zu\r\n\r\n",
               operation->path, SLICE_ARG(host), operation->type, time_text, account->user,
               time_text, SLICE_ARG(sign(arena, account, slice_of(time_text), host, body)),
               body.len);
    buf_add(&connection->out, body);
    arena_free(arena);
    connection->dotted = client_now_s();
}

static void
usable(struct connection *connection)
{
    if (options.hold)
        request(connection); /* open with its answer */
    else
        client_opened(connection);
}

static void
connected(struct connection *connection)
{
    if (secure)
        client_start_tls(connection);
    else
        usable(connection);
}

static void
answered(struct connection *connection, struct slice response)
{
    char line[256];
    if (!slice_starts(response, SLICE("HTTP/1.1 200 "))) {
        snprintf(line, sizeof line, "%.*s", SLICE_ARG(response));
        client_fail(connection, line);
    } else if (options.hold) {
        client_opened(connection);
    } else {
        client_answered(connection);
    }
}

static size_t
input(struct connection *connection, struct slice bytes)
{
    uint64_t length;
    struct slice rest, line, name = SLICE("Content-Length: ");
    size_t end = slice_find(bytes, SLICE("\r\n\r\n")), at = slice_find(bytes, name);
    if (end == SLICE_NONE)
        return 0;
    rest = slice_from(bytes, at == SLICE_NONE ? end : at + name.len);
    if (!slice_cut(rest, '\r', &line, &rest) || !slice_u64(line, &length)) {
        client_fail(connection, "a response without Content-Length");
        return 0;
    }
    size_t whole = end + 4 + length;
    if (bytes.len < whole)
        return 0;
    answered(connection, slice_head(bytes, whole));
    return whole;
}

int
main(int argc, char **argv)
{
    static const struct protocol https = {.name = "bench_api",
                                          .connected = connected,
                                          .secured = usable,
                                          .input = input,
                                          .message = request,
                                          .leave = client_hang_up};
    const struct client_option more[] = {
        {"--operation", NULL, &operation_name}, {"--tls", &secure, NULL}, {NULL, NULL, NULL}};
    if (!client_options(argc, argv, more) || !choose_operation()) {
        fprintf(stderr, "bench_api: see the head of bench_api.c\n");
        return 2;
    }
    buf_init(&text, BODY_MAX);
    while (text.len < options.bytes)
        buf_add_cstr(&text, "The quick brown fox jumps over the lazy dog and files a report.\r\n");
    return client_run(&https);
}
