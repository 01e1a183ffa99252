/*
 *   poster_send -> begin -> find (lookup) -> connect_next -> connected [-> secured] -> input -> finish
 *   nobody takes it -> fail -> begin, in a minute or with the next head
 */
#include "poster.h"
#include "base/log.h"
#include "lookup.h"
#include "net/loop.h"
#include "net/post.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { ADDRESSES_MAX = 8, ANSWER_MS = 30 * 1000, AGAIN_MS = 60 * 1000 };

struct poster {
    struct courier *courier; /* borrowed */
    struct post_url url;
    struct timer *again;
    char *text; /* owned; NULL: there is nothing to post */
    bool busy, finding;
    struct arena *arena; /* of this attempt; owned */
    struct slice sent;   /* what it posts, in arena; `text` may be newer by its end */
    struct endpoint addresses[ADDRESSES_MAX];
    size_t address, address_count;
    struct stream *stream;
    struct err why; /* the last address did not take it */
};

static void begin(void *ctx);
static void connect_next(struct poster *poster);

/* ---- its end ---- */

static void
finish(struct poster *poster)
{
    if (poster->stream)
        stream_close(poster->stream);
    poster->stream = NULL;
    poster->busy = false;
    if (!slice_is(poster->sent, poster->text)) {
        begin(poster); /* a newer one came meanwhile */
        return;
    }
    free(poster->text);
    poster->text = NULL;
}

static void
fail(struct poster *poster)
{
    log_event(LOG_LEVEL_ERROR, "ledger.head_not_posted",
              LOG_TEXT("to", poster->courier->config->ledger_head_url),
              LOG_CSTR("reason", poster->why.text));
    poster->busy = false;
    timer_start(poster->again, AGAIN_MS);
}

/* ---- the conversation ---- */

static void
on_secured(void *ctx, struct stream *stream)
{
    struct poster *poster = ctx;
    stream_write(stream, post_request(poster->arena, &poster->url, poster->sent));
}

static void
on_connected(void *ctx, struct stream *stream)
{
    struct poster *poster = ctx;
    if (poster->url.tls)
        stream_secure_client(stream, poster->courier->tls_verified, poster->url.host);
    else
        on_secured(ctx, stream);
}

static void
next_address(struct poster *poster)
{
    stream_close(poster->stream);
    poster->stream = NULL;
    connect_next(poster);
}

static size_t
on_input(void *ctx, struct stream *stream, struct slice data)
{
    struct poster *poster = ctx;
    int status;
    (void)stream;
    enum rc rc = post_status_read(data, &status, &poster->why);
    if (rc == RC_AGAIN)
        return 0;
    if (rc == RC_OK && status / 100 == 2) {
        log_event(LOG_LEVEL_INFO, "ledger.head_posted",
                  LOG_TEXT("to", poster->courier->config->ledger_head_url));
        finish(poster);
        return 0;
    }
    if (rc == RC_OK)
        (void)err_set(&poster->why, RC_DENIED, "the answer is %d", status);
    next_address(poster);
    return 0;
}

static void
on_ended(void *ctx, struct stream *stream, enum stream_end end, const char *why)
{
    struct poster *poster = ctx;
    (void)stream;
    (void)err_set(&poster->why, RC_TEMPORARY, "%s",
                  end == STREAM_TIMEOUT  ? "it did not answer in time"
                  : end == STREAM_CLOSED ? "the connection was closed without an answer"
                                         : why);
    poster->stream = NULL;
    connect_next(poster);
}

static const struct stream_handler stream_handler = {
    .connected = on_connected, .secured = on_secured, .input = on_input, .ended = on_ended};

/* ---- where to ---- */

static void
connect_next(struct poster *poster)
{
    struct courier *courier = poster->courier;
    while (poster->address < poster->address_count) {
        const struct endpoint *to = &poster->addresses[poster->address++];
        if (stream_connect(courier->loop, to, NULL, POST_STATUS_MAX, &stream_handler, poster,
                           &poster->stream, &poster->why) == RC_OK) {
            stream_deadline(poster->stream, ANSWER_MS);
            return;
        }
    }
    fail(poster);
}

static void
add_addresses(struct poster *poster, const struct dns_answer *answer)
{
    char text[INET6_ADDRSTRLEN];
    for (size_t i = 0; i < answer->count && poster->address_count < ADDRESSES_MAX; i++) {
        struct slice data = answer->records[i].data;
        if ((data.len == 4 || data.len == 16) &&
            inet_ntop(data.len == 4 ? AF_INET : AF_INET6, data.ptr, text, sizeof text) &&
            endpoint_parse(slice_of(text), poster->url.port,
                           &poster->addresses[poster->address_count], NULL) == RC_OK)
            poster->address_count++;
    }
}

/* The operator's word, so that it may be an address of a network of our own. */
static void
find(void *ctx)
{
    struct poster *poster = ctx;
    struct lookup *lookup = poster->courier->lookup;
    struct dns_answer v6, v4;
    if (!poster->finding)
        return;
    poster->address = poster->address_count = 0;
    if (endpoint_parse(poster->url.host, poster->url.port, &poster->addresses[0], NULL) == RC_OK) {
        poster->address_count = 1;
    } else {
        bool knows_v6 =
            lookup_get(lookup, poster->arena, DNS_AAAA, poster->url.host, &v6, find, poster);
        if (!lookup_get(lookup, poster->arena, DNS_A, poster->url.host, &v4, find, poster) ||
            !knows_v6)
            return;
        add_addresses(poster, &v4);
        add_addresses(poster, &v6);
    }
    poster->finding = false;
    (void)err_set(&poster->why, RC_TEMPORARY, "the host has no address");
    connect_next(poster);
}

static void
begin(void *ctx)
{
    struct poster *poster = ctx;
    if (poster->busy || !poster->text)
        return;
    poster->busy = true;
    timer_stop(poster->again);
    arena_reset(poster->arena);
    poster->sent = arena_dup(poster->arena, slice_of(poster->text));
    if (poster->url.tls && !poster->courier->tls_verified) {
        (void)err_set(&poster->why, RC_PERMANENT, "there are no root certificates");
        fail(poster);
        return;
    }
    poster->finding = true;
    find(poster);
}

struct poster *
poster_new(struct courier *courier)
{
    struct poster *poster = NEW(struct poster);
    struct err err;
    poster->courier = courier;
    if (post_url_read(courier->config->ledger_head_url, &poster->url, &err) != RC_OK) {
        free(poster);
        return NULL;
    }
    poster->arena = arena_new();
    poster->again = timer_new(courier->loop, begin, poster);
    return poster;
}

void
poster_send(struct poster *poster, struct slice text)
{
    free(poster->text);
    poster->text = memory_cstr(text);
    begin(poster);
}
