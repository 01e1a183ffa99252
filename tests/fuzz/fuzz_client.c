/*
 * A server that says anything, in pieces of any size. Three bytes choose the session (policy and
 * login; recipients and content; how the rest is cut), the rest is what the server says.
 *
 * What must hold: each recipient of a transaction hears exactly once and before `done`; nothing is
 * delivered whose final dot was not written; nothing but QUIT is said in clear where TLS is
 * required; after `close` the client is silent.
 */
#include "deliver/client.h"

#include <stdlib.h>

enum { RECIPIENTS = 3, TRANSACTIONS_MAX = 20, INPUT_MAX = 256 * 1024 };

struct owner {
    struct client *client;
    struct client_options options;
    uint8_t shape;
    uint32_t cut;
    bool ready, securing, secure, want_body, open, ended_body, closed;
    size_t transactions, heard[RECIPIENTS];
    struct buf unread;
};

static void
must(bool condition)
{
    if (!condition)
        abort();
}

static bool
needs_tls(const struct owner *owner)
{
    return owner->options.tls == TLS_REQUIRE || owner->options.tls == TLS_VERIFY;
}

static void
on_write(void *ctx, struct slice bytes)
{
    struct owner *owner = ctx;
    must(!owner->closed && bytes.len > 0);
    if (needs_tls(owner) && !owner->secure) {
        must(!slice_starts(bytes, SLICE("MAIL")) && !slice_starts(bytes, SLICE("AUTH")));
        must(!owner->open);
    }
}

static void
on_start_tls(void *ctx)
{
    struct owner *owner = ctx;
    must(!owner->secure && !owner->securing);
    owner->securing = true;
}

static void
on_ready(void *ctx)
{
    struct owner *owner = ctx;
    must(!owner->closed && !owner->open);
    owner->ready = true;
}

static void
on_want_body(void *ctx)
{
    struct owner *owner = ctx;
    must(!owner->closed && owner->open && !owner->want_body);
    owner->want_body = true;
}

static void
on_outcome(void *ctx, size_t recipient, enum outcome_kind kind, struct slice status,
           struct slice reply)
{
    struct owner *owner = ctx;
    must(!owner->closed && owner->open && recipient < RECIPIENTS);
    must(owner->heard[recipient]++ == 0);
    must(kind != OUTCOME_DELIVERED || owner->ended_body);
    must(status.len >= 5 && reply.len >= 3 && slice_chr(reply, '\n') == SLICE_NONE);
}

static void
on_done(void *ctx)
{
    struct owner *owner = ctx;
    must(owner->open);
    for (size_t i = 0; i < 1u + owner->shape % RECIPIENTS; i++)
        must(owner->heard[i] == 1);
    owner->open = owner->want_body = false;
}

static void
on_close(void *ctx)
{
    struct owner *owner = ctx;
    must(!owner->closed && !owner->open);
    owner->closed = true;
}

static void
on_trace(void *ctx, bool from_server, struct slice line)
{
    (void)ctx;
    must(from_server || slice_find(line, SLICE("c2VjcmV0")) == SLICE_NONE);
}

static const struct client_actions actions = {
    .write = on_write,
    .start_tls = on_start_tls,
    .ready = on_ready,
    .want_body = on_want_body,
    .outcome = on_outcome,
    .done = on_done,
    .close = on_close,
    .trace = on_trace,
};

static void
begin(struct owner *owner)
{
    static const struct slice recipients[RECIPIENTS] = {
        {"a@example.org", 13}, {"b@example.org", 13}, {"c@example.org", 13}};
    owner->ready = owner->ended_body = false;
    owner->open = true;
    owner->transactions++;
    memset(owner->heard, 0, sizeof owner->heard);
    client_begin(owner->client, &(struct client_transaction){
                                    .reverse_path = SLICE("me@test1.com"),
                                    .recipients = recipients,
                                    .recipient_count = 1u + owner->shape % RECIPIENTS,
                                    .size = (owner->shape & 8) ? 5000 : 10,
                                    .eight_bit = owner->shape & 16,
                                });
}

/* What an owner does when it was asked to. */
static void
act(struct owner *owner)
{
    if (owner->securing) {
        owner->securing = false;
        owner->secure = true;
        buf_reset(&owner->unread);
        client_secured(owner->client);
    } else if (owner->want_body) {
        client_body(owner->client, SLICE(".x\r\n"));
        if (!owner->open)
            return;
        owner->want_body = false;
        owner->ended_body = true;
        client_body_end(owner->client);
    }
    while (owner->ready && !owner->closed && owner->transactions < TRANSACTIONS_MAX)
        begin(owner);
}

static size_t
next_cut(struct owner *owner, size_t left)
{
    owner->cut = owner->cut * 1664525u + 1013904223u;
    size_t len = 1 + (owner->cut >> 16) % 40;
    return len < left ? len : left;
}

static void
run(struct owner *owner, struct slice server)
{
    while (server.len && !owner->closed) {
        size_t len = owner->cut == 0 ? server.len : next_cut(owner, server.len);
        buf_add(&owner->unread, slice_head(server, len));
        server = slice_from(server, len);
        size_t used = client_input(owner->client, buf_slice(&owner->unread));
        must(used <= owner->unread.len);
        buf_consume(&owner->unread, used);
        if (!owner->closed)
            act(owner);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || size > INPUT_MAX)
        return 0;
    struct owner owner = {
        .options = {.hostname = SLICE("client.example"),
                    .tls = (enum tls_policy)(data[0] % TLS_POLICY_COUNT),
                    .loopback = data[0] & 64},
        .shape = data[1],
        .cut = data[2],
    };
    if (data[0] & 128) {
        owner.options.user_name = SLICE("user");
        owner.options.password = SLICE("secret");
    }
    owner.secure = owner.options.tls == TLS_IMPLICIT;
    buf_init(&owner.unread, 2 * INPUT_MAX);
    owner.client = client_new(&owner.options, &actions, &owner);
    run(&owner, (struct slice){(const char *)data + 3, size - 3});
    client_lost(owner.client, SLICE("4.4.2"), SLICE("421 4.4.2 Connection timed out"));
    must(owner.closed && !owner.open);
    client_free(owner.client);
    buf_fini(&owner.unread);
    return 0;
}
