/*
 * A site is a next hop: a domain by its MX, or a smarthost. Its leases wait in one queue and are
 * taken by whichever connection is free. Connections are kept for a while, and opened more of
 * only while there is work for them, doubling from one as TCP does, so that a fast site is served
 * by few connections and a slow one soon by many.
 *
 *   LOOKING (DNS) -> CONNECTING (TCP, TLS from the start) -> OPENING (greeting to AUTH)
 *     -> IDLE <-> BUSY
 *
 * A connection that cannot be opened goes on to its host's next address, then to the next host,
 * back in LOOKING. When there is none left and nobody else serves the site, its queue is answered
 * with what was met on the way.
 */
#include "courier.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/random.h"
#include "deliver/client.h"
#include "deliver/mx.h"
#include "lookup.h"
#include "net/loop.h"

enum {
    CONNECT_MS = 30 * 1000,
    IDLE_MS = 10 * 1000,         /* a session without work is kept so long */
    GROWTH_PAUSE_MS = 30 * 1000, /* after a further connection was refused */
    WEAR_MS = 5 * 60 * 1000,     /* how long a site's own limit of messages is believed */
    TURNED_AWAY_MAX = 3,
    TRIES_MAX = 10,         /* addresses tried for one connection */
    INPUT_MAX = 256 * 1024, /* more than the longest reply that is read */
    ADDRESSES_MAX = 32,
    SAID_MAX = 200 /* of a line, as it is kept */
};

enum connection_state {
    CONNECTION_LOOKING,
    CONNECTION_CONNECTING,
    CONNECTION_OPENING,
    CONNECTION_IDLE,
    CONNECTION_BUSY
};

struct failure {
    bool set;
    enum outcome_kind kind;
    struct slice status, reply;
};

struct connection {
    struct site *site;
    enum connection_state state;
    struct arena *arena; /* owned: hosts, addresses, failure */
    struct mx_host *hosts;
    size_t host_count, host;
    struct endpoint *addresses; /* of hosts[host]; NULL: not looked up yet */
    size_t address_count, address, tries;
    bool clear;    /* TLS failed with this address: once more without */
    bool securing; /* a handshake runs */
    bool closed;   /* the client ended the session */
    bool retiring; /* not used again after its transaction */
    struct failure failure;
    struct remote remote;
    struct buf dialogue;   /* owned; since the session began, or the transaction */
    struct stream *stream; /* owned */
    struct client *client; /* owned */
    struct lease *lease;   /* BUSY */
    uint32_t transactions;
    TAILQ_ENTRY(connection) in_site;
};

struct site {
    struct courier *courier;
    char *key; /* owned; in courier->sites */
    size_t key_len;
    enum route_kind route;
    char *name; /* owned: the domain, or the smarthost */
    uint16_t port;
    enum tls_policy tls;
    bool verify, allow_private;
    char *user_name;
    struct secret password;
    STAILQ_HEAD(, lease) queue;
    size_t queued, opening, established; /* leases, connections, connections */
    int64_t no_growth_until_ms;
    uint32_t wear; /* messages after which the site closes a session, as was seen; until then */
    int64_t wear_until_ms;
    TAILQ_HEAD(, connection) connections;
};

static void site_pump(struct site *site);
static const struct client_actions client_actions;
static const struct stream_handler stream_handler;

/* --- leases of a site --------------------------------------------------------------------- */

static struct lease *
queue_take(struct site *site)
{
    struct lease *lease = STAILQ_FIRST(&site->queue);
    STAILQ_REMOVE_HEAD(&site->queue, in_queue);
    site->queued--;
    return lease;
}

static void
answer_queue(struct site *site, const struct failure *failure, const struct remote *remote)
{
    while (site->queued) {
        struct lease *lease = queue_take(site);
        lease_outcome_all(lease, failure->kind, failure->status, failure->reply);
        lease_finish(lease, remote);
    }
}

/* --- failures on the way to a session ----------------------------------------------------- */

/* One that may pass outweighs one that will not: had that host been well, it might have taken
 * the message. */
static void
note_failure(struct connection *connection, enum outcome_kind kind, struct slice status,
             struct slice reply)
{
    struct failure *failure = &connection->failure;
    if (failure->set && failure->kind == OUTCOME_RETRY && kind == OUTCOME_FAILED)
        return;
    *failure = (struct failure){true, kind, arena_dup(connection->arena, status),
                                arena_dup(connection->arena, reply)};
}

/* `text` begins with code and enhanced status: "421 4.4.0 ...". */
static void
note_words(struct connection *connection, enum outcome_kind kind, struct slice text)
{
    struct slice code, rest, status = SLICE("");
    if (slice_cut(text, ' ', &code, &rest))
        slice_cut(rest, ' ', &status, &rest);
    note_failure(connection, kind, status, text);
}

static void
connection_log_failure(const struct connection *connection)
{
    log_event(LOG_LEVEL_INFO, "delivery.unreachable", LOG_CSTR("site", connection->site->name),
              LOG_TEXT("host", connection->remote.host), LOG_TEXT("ip", connection->remote.ip),
              LOG_TEXT("reply", connection->failure.reply));
}

/* --- connections: their number ------------------------------------------------------------ */

static bool
is_established(const struct connection *connection)
{
    return connection->state == CONNECTION_IDLE || connection->state == CONNECTION_BUSY;
}

static void
set_state(struct connection *connection, enum connection_state state)
{
    bool before = is_established(connection);
    connection->state = state;
    if (is_established(connection) == before)
        return;
    connection->site->opening--;
    connection->site->established++;
}

static void
connection_free(struct connection *connection)
{
    struct site *site = connection->site;
    if (is_established(connection))
        site->established--;
    else
        site->opening--;
    TAILQ_REMOVE(&site->connections, connection, in_site);
    if (connection->stream)
        stream_close(connection->stream);
    client_free(connection->client);
    buf_fini(&connection->dialogue);
    arena_free(connection->arena);
    free(connection);
}

/* Nothing is left to try. */
static void
connection_give_up(struct connection *connection)
{
    struct site *site = connection->site;
    connection_log_failure(connection);
    if (site->established + site->opening == 1)
        answer_queue(site, &connection->failure, &connection->remote);
    site->no_growth_until_ms = loop_now_ms(site->courier->loop) + GROWTH_PAUSE_MS;
    connection_free(connection);
}

/* --- where to ----------------------------------------------------------------------------- */

/* RFC 5321 §4.1.3: "[192.0.2.1]", "[IPv6:2001:db8::1]" as domain; without brackets for a
 * smarthost. Other names are never read as addresses. */
static bool
literal_address(const struct site *site, struct slice name, struct endpoint *out)
{
    bool bracketed = name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
    if (bracketed)
        name = (struct slice){name.ptr + 1, name.len - 2};
    else if (site->route != ROUTE_SMARTHOST)
        return false;
    if (slice_istarts(name, SLICE("IPv6:")))
        name = slice_from(name, 5);
    return endpoint_parse(name, site->port, out, NULL) == RC_OK;
}

static void connection_look(struct connection *connection);

static void
woken(void *waiter)
{
    struct connection *connection = waiter;
    struct site *site = connection->site;
    if (connection->state == CONNECTION_LOOKING) {
        connection_look(connection);
        site_pump(site);
    }
}

static void
one_host(struct connection *connection, struct slice name)
{
    connection->hosts = ARENA_NEW(connection->arena, struct mx_host);
    connection->hosts[0].name = name;
    connection->host_count = 1;
}

/* False while DNS is asked. No host and a failure noted, when there is none. */
static bool
find_hosts(struct connection *connection)
{
    struct site *site = connection->site;
    struct courier *courier = site->courier;
    struct slice domain = slice_of(site->name);
    struct dns_answer answer;
    struct err err;
    if (site->route == ROUTE_SMARTHOST || domain.ptr[0] == '[') {
        one_host(connection, domain);
        return true;
    }
    if (!lookup_get(courier->lookup, connection->arena, DNS_MX, domain, &answer, woken, connection))
        return false;
    enum rc rc = mx_hosts(connection->arena, domain, courier->config->hostname, &answer,
                          random_u64(), &connection->hosts, &connection->host_count, &err);
    if (rc != RC_OK) {
        connection->hosts = ARENA_NEW(connection->arena, struct mx_host);
        connection->host_count = 0;
        note_words(connection,
                   rc == RC_TEMPORARY   ? OUTCOME_RETRY
                   : rc == RC_NOT_FOUND ? OUTCOME_NO_DOMAIN
                                        : OUTCOME_FAILED,
                   slice_of(err.text));
    }
    return true;
}

/* What the two questions about a host gave. */
struct found {
    struct dns_answer answers[2]; /* AAAA, A */
    size_t private_addresses;
};

static bool
source_is(const struct courier *courier, int family)
{
    return !courier->has_source || courier->source.address.ss_family == family;
}

/* An address of the family that we may not send from is not asked for. */
static bool
look_up_host(struct connection *connection, struct slice name, struct found *found)
{
    static const struct family {
        enum dns_type type;
        int family;
    } families[2] = {{DNS_AAAA, AF_INET6}, {DNS_A, AF_INET}};
    struct courier *courier = connection->site->courier;
    bool known = true;
    *found = (struct found){0};
    for (size_t i = 0; i < 2; i++) {
        found->answers[i].status = DNS_NODATA;
        if (source_is(courier, families[i].family) &&
            !lookup_get(courier->lookup, connection->arena, families[i].type, name,
                        &found->answers[i], woken, connection))
            known = false;
    }
    return known;
}

static bool
endpoint_from(const struct dns_record *record, uint16_t port, struct endpoint *out)
{
    char text[INET6_ADDRSTRLEN];
    int family = record->data.len == 4 ? AF_INET : AF_INET6;
    if (record->data.len != 4 && record->data.len != 16)
        return false;
    return inet_ntop(family, record->data.ptr, text, sizeof text) &&
           endpoint_parse(slice_of(text), port, out, NULL) == RC_OK;
}

/* A stranger's DNS must not make us speak to our own network; where a smarthost stands is the
 * operator's word. */
static bool
may_connect(struct connection *connection, const struct endpoint *endpoint, struct found *found)
{
    const struct site *site = connection->site;
    if (site->route == ROUTE_SMARTHOST || site->allow_private || !endpoint_is_private(endpoint))
        return true;
    found->private_addresses++;
    return false;
}

/* IPv6 and IPv4 in turn, so that one broken family costs one attempt. */
static void
collect_addresses(struct connection *connection, struct found *found)
{
    size_t next[2] = {0, 0};
    for (size_t turn = 0; connection->address_count < ADDRESSES_MAX; turn++) {
        size_t family = turn % 2;
        struct endpoint *endpoint = &connection->addresses[connection->address_count];
        if (next[0] >= found->answers[0].count && next[1] >= found->answers[1].count)
            return;
        if (next[family] >= found->answers[family].count)
            continue;
        if (endpoint_from(&found->answers[family].records[next[family]++], connection->site->port,
                          endpoint) &&
            may_connect(connection, endpoint, found))
            connection->address_count++;
    }
}

static bool
unanswered(const struct dns_answer *answer)
{
    return answer->status == DNS_TEMPORARY || answer->status == DNS_BOGUS;
}

static void
note_no_address(struct connection *connection, struct slice host, const struct found *found)
{
    /* A smarthost is our own configuration: it is mended, and the mail waits. */
    bool ours = connection->site->route == ROUTE_SMARTHOST;
    struct arena *arena = connection->arena;
    if (unanswered(&found->answers[0]) || unanswered(&found->answers[1]))
        note_words(connection, OUTCOME_RETRY,
                   arena_printf(arena, "421 4.4.0 Unable to lookup DNS for %.*s", SLICE_ARG(host)));
    else if (found->private_addresses)
        note_words(connection, OUTCOME_FAILED,
                   arena_printf(arena, "550 5.4.4 The host %.*s has only private addresses",
                                SLICE_ARG(host)));
    else if (ours)
        note_words(
            connection, OUTCOME_RETRY,
            arena_printf(arena, "451 4.4.4 The smarthost %.*s has no address", SLICE_ARG(host)));
    else
        note_words(connection, OUTCOME_FAILED,
                   arena_printf(arena, "550 5.4.4 The host %.*s has no address", SLICE_ARG(host)));
}

/* False while DNS is asked. */
static bool
find_addresses(struct connection *connection)
{
    struct slice name = connection->hosts[connection->host].name;
    struct found found = {0};
    struct endpoint literal;
    bool is_literal = literal_address(connection->site, name, &literal);
    if (!is_literal && !look_up_host(connection, name, &found))
        return false;
    connection->remote = (struct remote){.host = name};
    connection->addresses = ARENA_ARRAY(connection->arena, struct endpoint, ADDRESSES_MAX);
    connection->address = connection->address_count = 0;
    if (!is_literal)
        collect_addresses(connection, &found);
    else if (may_connect(connection, &literal, &found))
        connection->addresses[connection->address_count++] = literal;
    if (connection->address_count == 0)
        note_no_address(connection, name, &found);
    return true;
}

/* True when a connection is on its way. */
static bool
connect_next(struct connection *connection)
{
    struct courier *courier = connection->site->courier;
    struct err err;
    while (connection->address < connection->address_count && connection->tries < TRIES_MAX) {
        struct endpoint *to = &connection->addresses[connection->address++];
        connection->tries++;
        connection->remote.ip = endpoint_ip(connection->arena, to);
        if (source_is(courier, to->address.ss_family) &&
            stream_connect(courier->loop, to, courier->has_source ? &courier->source : NULL,
                           INPUT_MAX, &stream_handler, connection, &connection->stream,
                           &err) == RC_OK) {
            set_state(connection, CONNECTION_CONNECTING);
            stream_deadline(connection->stream, CONNECT_MS);
            return true;
        }
        connection->clear = false;
        note_words(connection, OUTCOME_RETRY, SLICE("421 4.4.1 Failed to establish connection"));
    }
    return false;
}

static void
next_host(struct connection *connection)
{
    connection->host++;
    connection->addresses = NULL;
    connection->clear = false;
}

/* LOOKING: go on until a connection is on its way, DNS is asked, or nothing is left. While DNS is
 * asked the connection must live, because it will be woken. */
static void
connection_look(struct connection *connection)
{
    if (!connection->hosts && !find_hosts(connection))
        return;
    for (; connection->host < connection->host_count && connection->tries < TRIES_MAX;
         next_host(connection)) {
        if (!connection->addresses && !find_addresses(connection))
            return;
        /* Others were quicker, all was recalled, or nothing new is begun. */
        if (connection->site->queued == 0 || connection->site->courier->draining) {
            connection_free(connection);
            return;
        }
        if (connect_next(connection))
            return;
    }
    connection_give_up(connection);
}

static void
connection_open(struct site *site)
{
    struct connection *connection = NEW(struct connection);
    connection->site = site;
    connection->arena = arena_new();
    buf_init(&connection->dialogue, DIALOGUE_MAX);
    TAILQ_INSERT_TAIL(&site->connections, connection, in_site);
    site->opening++;
    connection_look(connection);
}

/* --- the session -------------------------------------------------------------------------- */

static void
refresh_deadline(struct connection *connection)
{
    stream_deadline(connection->stream, connection->state == CONNECTION_IDLE
                                            ? IDLE_MS
                                            : client_step_limit_ms(connection->client));
}

static void
forget_dialogue(struct connection *connection)
{
    buf_reset(&connection->dialogue);
    connection->remote.dialogue = SLICE("");
}

static void
begin_transaction(struct connection *connection, struct lease *lease)
{
    const struct deliver_message *message = &lease->message;
    set_state(connection, CONNECTION_BUSY);
    if (connection->transactions > 0)
        forget_dialogue(connection);
    connection->transactions++;
    connection->lease = lease;
    lease->connection = connection;
    client_begin(connection->client, &(struct client_transaction){
                                         .reverse_path = message->reverse_path,
                                         .recipients = message->recipients,
                                         .recipient_count = message->recipient_count,
                                         .size = message->size,
                                         .eight_bit = message->eight_bit,
                                     });
}

/* The session could not be opened: what it said is noted, and the next address comes. A host that
 * refuses for good would say the same on its other addresses. */
static void
opening_failed(struct connection *connection)
{
    enum outcome_kind kind;
    struct slice status, reply;
    if (client_failure(connection->client, &kind, &status, &reply)) {
        note_failure(connection, kind, status, reply);
        if (kind == OUTCOME_FAILED)
            connection->address = connection->address_count;
    }
    client_free(connection->client);
    connection->client = NULL;
    connection->closed = connection->securing = connection->clear = false;
    set_state(connection, CONNECTION_LOOKING);
    connection_look(connection);
}

static bool
worn_out(const struct connection *connection)
{
    const struct site *site = connection->site;
    uint32_t max = site->courier->config->messages_per_connection;
    bool wears = loop_now_ms(site->courier->loop) < site->wear_until_ms;
    return connection->retiring || (max && connection->transactions >= max) ||
           (wears && connection->transactions >= site->wear);
}

/* After each step of the client: go on, or put away what ended. The connection may be gone. */
static void
connection_settle(struct connection *connection)
{
    if (!connection->closed && connection->state == CONNECTION_IDLE && worn_out(connection))
        client_quit(connection->client);
    if (!connection->closed) {
        refresh_deadline(connection);
        return;
    }
    stream_finish(connection->stream);
    connection->stream = NULL;
    if (is_established(connection))
        connection_free(connection);
    else
        opening_failed(connection);
}

/* --- what the client asks for ------------------------------------------------------------- */

static void
on_write(void *ctx, struct slice bytes)
{
    struct connection *connection = ctx;
    if (connection->stream)
        stream_write(connection->stream, bytes);
}

static void
on_start_tls(void *ctx)
{
    struct connection *connection = ctx;
    struct courier *courier = connection->site->courier;
    connection->securing = true;
    stream_secure_client(connection->stream,
                         connection->site->verify ? courier->tls_verified : courier->tls_any,
                         connection->remote.host);
}

static void
describe_tls(struct connection *connection)
{
    const struct stream *stream = connection->stream;
    if (stream_is_tls(stream))
        connection->remote.tls =
            arena_printf(connection->arena, "%s %s%s", stream_tls_version(stream),
                         stream_tls_cipher(stream), stream_tls_verified(stream) ? " verified" : "");
}

static void
on_ready(void *ctx)
{
    struct connection *connection = ctx;
    if (!is_established(connection))
        describe_tls(connection);
    set_state(connection, CONNECTION_IDLE);
}

static void
on_want_body(void *ctx)
{
    struct connection *connection = ctx;
    struct lease *lease = connection->lease;
    lease->writing = true;
    client_body(connection->client, lease->message.header);
    client_body(connection->client, buf_slice(&lease->body));
    lease_passed(lease, lease->body.len);
    buf_fini(&lease->body);
    if (lease->complete)
        client_body_end(connection->client);
}

static void
on_outcome(void *ctx, size_t recipient, enum outcome_kind kind, struct slice status,
           struct slice reply)
{
    struct connection *connection = ctx;
    lease_outcome(connection->lease, recipient, kind, status, reply);
}

/* A session that carried messages before was closed before it heard of this one: many sites take
 * only so many a session. */
static bool
was_turned_away(const struct connection *connection, const struct lease *lease)
{
    return connection->transactions > 1 && client_unheard(connection->client) && !lease->recalled &&
           lease->turned_away < TURNED_AWAY_MAX;
}

static void
queue_again(struct site *site, struct lease *lease, uint32_t carried)
{
    lease_forget_outcomes(lease);
    lease->turned_away++;
    lease->connection = NULL;
    STAILQ_INSERT_HEAD(&site->queue, lease, in_queue);
    site->queued++;
    site->wear = carried;
    site->wear_until_ms = loop_now_ms(site->courier->loop) + WEAR_MS;
}

static void
on_done(void *ctx)
{
    struct connection *connection = ctx;
    struct lease *lease = connection->lease;
    connection->lease = NULL;
    if (was_turned_away(connection, lease))
        queue_again(connection->site, lease, connection->transactions - 1);
    else
        lease_finish(lease, &connection->remote);
}

static void
on_close(void *ctx)
{
    struct connection *connection = ctx;
    connection->closed = true;
}

/* A line is cut to SAID_MAX; lines that do not fit are left out, and three dots stand for them. What
 * counts at the end, the reply, is told beside it. */
static void
add_said(struct buf *dialogue, const char *who, struct slice line)
{
    static const struct slice dots = SLICE("...");
    size_t len = strlen(who) + (line.len < SAID_MAX ? line.len : SAID_MAX) + 1;
    struct slice said = buf_slice(dialogue);
    if (slice_ends(said, dots))
        return;
    if (said.len + len + dots.len <= DIALOGUE_MAX)
        buf_printf(dialogue, "%s%s%.*s", said.len ? "\n" : "", who,
                   SLICE_ARG(slice_head(line, SAID_MAX)));
    else
        buf_add(dialogue, dots);
}

static void
on_trace(void *ctx, bool from_server, struct slice line)
{
    struct connection *connection = ctx;
    add_said(&connection->dialogue, from_server ? "S: " : "C: ", line);
    connection->remote.dialogue = buf_slice(&connection->dialogue);
    log_event(LOG_LEVEL_DEBUG, "delivery.line", LOG_TEXT("host", connection->remote.host),
              LOG_CSTR("from", from_server ? "server" : "client"), LOG_TEXT("text", line));
}

static const struct client_actions client_actions = {
    .write = on_write,
    .start_tls = on_start_tls,
    .ready = on_ready,
    .want_body = on_want_body,
    .outcome = on_outcome,
    .done = on_done,
    .close = on_close,
    .trace = on_trace,
};

/* --- what the stream tells ---------------------------------------------------------------- */

static enum tls_policy
effective_tls(const struct connection *connection)
{
    return connection->clear ? TLS_NEVER : connection->site->tls;
}

static bool
is_loopback(struct slice ip)
{
    return slice_starts(ip, SLICE("127.")) || slice_is(ip, "::1");
}

static void
start_session(struct connection *connection)
{
    const struct site *site = connection->site;
    struct client_options options = {
        .hostname = site->courier->config->hostname,
        .tls = effective_tls(connection),
        .user_name = slice_of(site->user_name),
        .password = secret_slice(&site->password),
        .loopback = is_loopback(connection->remote.ip),
    };
    set_state(connection, CONNECTION_OPENING);
    forget_dialogue(connection); /* with another address */
    connection->client = client_new(&options, &client_actions, connection);
    refresh_deadline(connection);
}

static void
on_connected(void *ctx, struct stream *stream)
{
    struct connection *connection = ctx;
    if (connection->site->tls == TLS_IMPLICIT) {
        on_start_tls(connection);
        stream_deadline(stream, CONNECT_MS);
    } else {
        start_session(connection);
    }
}

static void
on_secured(void *ctx, struct stream *stream)
{
    struct connection *connection = ctx;
    struct site *site = connection->site;
    (void)stream;
    connection->securing = false;
    if (!connection->client) {
        start_session(connection);
        return;
    }
    client_secured(connection->client);
    connection_settle(connection);
    site_pump(site);
}

static size_t
on_input(void *ctx, struct stream *stream, struct slice data)
{
    struct connection *connection = ctx;
    struct site *site = connection->site;
    (void)stream;
    if (!connection->client)
        return 0;
    size_t used = client_input(connection->client, data);
    connection_settle(connection);
    site_pump(site);
    return used;
}

static void
on_drained(void *ctx, struct stream *stream)
{
    struct connection *connection = ctx;
    (void)stream;
    if (!connection->client)
        return;
    refresh_deadline(connection);
    if (connection->lease && connection->lease->writing)
        lease_grant(connection->lease);
}

static void
lost_words(enum stream_end end, struct slice *status, struct slice *reply)
{
    *status = SLICE("4.4.2");
    *reply = end == STREAM_TIMEOUT ? SLICE("421 4.4.2 Connection timed out")
                                   : SLICE("421 4.4.2 Connection closed by the remote host");
}

/* The handshake failed. Where TLS is only welcome, the same address is tried once without
 * (RFC 7435 §3); where it is required, mail never goes in clear. */
static void
handshake_failed(struct connection *connection, const char *why)
{
    bool optional = connection->site->tls == TLS_OPPORTUNISTIC && !connection->clear;
    note_words(connection, OUTCOME_RETRY,
               arena_printf(connection->arena, "454 4.7.5 TLS failed: %s", why));
    log_event(LOG_LEVEL_INFO, "delivery.tls_failed", LOG_TEXT("host", connection->remote.host),
              LOG_TEXT("ip", connection->remote.ip), LOG_CSTR("why", why));
    client_free(connection->client);
    connection->client = NULL;
    connection->securing = false;
    connection->clear = optional;
    if (optional) {
        connection->address--;
        connection->tries--;
    }
    set_state(connection, CONNECTION_LOOKING);
    connection_look(connection);
}

static void
connect_failed(struct connection *connection)
{
    note_words(connection, OUTCOME_RETRY, SLICE("421 4.4.1 Failed to establish connection"));
    connection->clear = false;
    set_state(connection, CONNECTION_LOOKING);
    connection_look(connection);
}

static void
session_lost(struct connection *connection, enum stream_end end)
{
    struct slice status, reply;
    lost_words(end, &status, &reply);
    client_lost(connection->client, status, reply);
    if (is_established(connection))
        connection_free(connection);
    else
        opening_failed(connection);
}

static void
idle_enough(struct connection *connection, struct stream *stream)
{
    connection->stream = stream; /* for a last QUIT */
    client_quit(connection->client);
    connection->stream = NULL;
    stream_finish(stream);
    connection_free(connection);
}

static void
on_ended(void *ctx, struct stream *stream, enum stream_end end, const char *why)
{
    struct connection *connection = ctx;
    struct site *site = connection->site;
    connection->stream = NULL;
    if (connection->securing)
        handshake_failed(connection, why);
    else if (!connection->client)
        connect_failed(connection);
    else if (connection->state == CONNECTION_IDLE && end == STREAM_TIMEOUT)
        idle_enough(connection, stream);
    else
        session_lost(connection, end);
    site_pump(site);
}

static const struct stream_handler stream_handler = {
    .connected = on_connected,
    .secured = on_secured,
    .input = on_input,
    .drained = on_drained,
    .ended = on_ended,
};

/* --- sites -------------------------------------------------------------------------------- */

static void
site_free(struct site *site)
{
    map_remove(site->courier->sites, (struct slice){site->key, site->key_len});
    secret_free(&site->password);
    free(site->user_name);
    free(site->name);
    free(site->key);
    free(site);
}

static struct connection *
idle_connection(struct site *site)
{
    struct connection *connection = TAILQ_FIRST(&site->connections);
    while (connection && connection->state != CONNECTION_IDLE)
        connection = TAILQ_NEXT(connection, in_site);
    return connection;
}

/* The next connection that may carry a message; those that are worn out meanwhile are closed. */
static struct connection *
usable_connection(struct site *site)
{
    struct connection *connection;
    while ((connection = idle_connection(site)) && worn_out(connection))
        connection_settle(connection);
    return connection;
}

/* No more connections on their way than are at work, and one of them at first. */
static bool
site_should_grow(const struct site *site)
{
    const struct config *config = site->courier->config;
    uint32_t max = config->connections_per_site ? config->connections_per_site : 1;
    if (site->queued <= site->opening || site->opening + site->established >= max)
        return false;
    if (site->established == 0)
        return site->opening == 0;
    return site->opening < site->established &&
           loop_now_ms(site->courier->loop) >= site->no_growth_until_ms;
}

/* Bring leases and connections together. Called last by every event: the site may be gone. */
static void
site_pump(struct site *site)
{
    struct connection *connection;
    if (site->courier->draining) {
        courier_drained(site->courier);
        return;
    }
    while (site->queued && (connection = usable_connection(site))) {
        begin_transaction(connection, queue_take(site));
        connection_settle(connection);
    }
    while (site_should_grow(site))
        connection_open(site);
    if (site->queued == 0 && TAILQ_EMPTY(&site->connections))
        site_free(site);
}

bool
site_is_busy(const struct site *site)
{
    const struct connection *connection = TAILQ_FIRST(&site->connections);
    while (connection && connection->state != CONNECTION_BUSY)
        connection = TAILQ_NEXT(connection, in_site);
    return connection != NULL;
}

static struct slice
site_name(const struct deliver_message *message)
{
    return message->route == ROUTE_SMARTHOST ? message->host : message->domain;
}

static struct slice
site_key(struct courier *courier, const struct deliver_message *message)
{
    struct buf *key = &courier->key;
    buf_reset(key);
    wire_put_u8(key, (uint8_t)message->route);
    wire_put_u8(key, (uint8_t)message->tls);
    wire_put_u8(key, message->verify);
    wire_put_u8(key, message->allow_private);
    wire_put_u32(key, message->port);
    wire_put_bytes(key, message->user_name);
    wire_put_bytes(key, site_name(message));
    return buf_slice(key);
}

static struct site *
site_new(struct courier *courier, const struct deliver_message *message, struct slice key)
{
    struct site *site = NEW(struct site);
    *site = (struct site){
        .courier = courier,
        .key = memory_alloc(key.len),
        .key_len = key.len,
        .route = message->route,
        .name = memory_cstr(site_name(message)),
        .port = message->port,
        .tls = message->tls,
        .verify = message->verify,
        .allow_private = message->allow_private,
        .user_name = memory_cstr(message->user_name),
        .password = secret_new(message->password),
    };
    memcpy(site->key, key.ptr, key.len);
    STAILQ_INIT(&site->queue);
    TAILQ_INIT(&site->connections);
    map_put(courier->sites, key, site);
    return site;
}

/* A new password: sessions that were opened with the old one end with their transaction. */
static void
take_password(struct site *site, struct slice password)
{
    if (slice_equal_secret(secret_slice(&site->password), password))
        return;
    secret_free(&site->password);
    site->password = secret_new(password);
    for (struct connection *connection = TAILQ_FIRST(&site->connections); connection;
         connection = TAILQ_NEXT(connection, in_site))
        connection->retiring = true;
}

static struct site *
site_for(struct courier *courier, const struct deliver_message *message)
{
    struct slice key = site_key(courier, message);
    struct site *site = map_get(courier->sites, key);
    if (site)
        take_password(site, message->password);
    else
        site = site_new(courier, message, key);
    return site;
}

static void
refuse_unverifiable(struct lease *lease)
{
    lease_outcome_all(lease, OUTCOME_RETRY, SLICE("4.7.5"),
                      SLICE("454 4.7.5 Certificates cannot be verified: no trust anchors"));
    lease_finish(lease, &(struct remote){0});
}

void
site_deliver(struct courier *courier, struct lease *lease)
{
    if (lease->message.verify && !courier->tls_verified) {
        refuse_unverifiable(lease);
        return;
    }
    struct site *site = site_for(courier, &lease->message);
    memory_wipe((char *)lease->message.password.ptr, lease->message.password.len);
    lease->site = site;
    STAILQ_INSERT_TAIL(&site->queue, lease, in_queue);
    site->queued++;
    site_pump(site);
}

void
site_body(struct lease *lease, struct slice piece, bool last)
{
    struct connection *connection = lease->connection;
    struct site *site = lease->site;
    client_body(connection->client, piece);
    lease_passed(lease, piece.len);
    if (last)
        client_body_end(connection->client);
    connection_settle(connection);
    site_pump(site);
}

static void
recall_waiting(struct lease *lease)
{
    struct site *site = lease->site;
    STAILQ_REMOVE(&site->queue, lease, lease, in_queue);
    site->queued--;
    lease_outcome_all(lease, OUTCOME_RETRY, SLICE("4.3.0"), SLICE("450 4.3.0 recalled"));
    lease_finish(lease, &(struct remote){0});
}

void
site_recall(struct lease *lease)
{
    struct connection *connection = lease->connection;
    struct site *site = lease->site;
    if (lease->writing)
        return;
    lease->recalled = true;
    if (connection) { /* DATA may be on its way: only the end of the session takes it back */
        client_lost(connection->client, SLICE("4.3.0"), SLICE("450 4.3.0 recalled"));
        connection_free(connection);
    } else {
        recall_waiting(lease);
    }
    site_pump(site);
}

size_t
site_backlog(const struct lease *lease)
{
    return lease->connection->stream ? stream_backlog(lease->connection->stream) : 0;
}
