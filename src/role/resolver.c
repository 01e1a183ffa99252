/*
 * postern-resolver: asks DNS for all of us, validates what it hears (DNSSEC), caches it, and alone
 * decides what DNS proved for an identity; and changes the records of DKIM keys in DNS where the
 * administrator allows it (record_updates.h). libunbound does the work on our loop through its event
 * interface.
 *
 * Every question is answered exactly once and within TIME_LIMIT_MS: DNS_TEMPORARY (PROOF_UNKNOWN)
 * when libunbound did not answer by then. libunbound goes on with such a question until it gives
 * up by itself, so those count, too, against what may be under way; the rest waits here.
 *
 *   waiting --ask--> asked --on_answer--> answered
 *      ^               | \--expire--> abandoned --on_answer--> freed
 *      \-- a CNAME leads elsewhere --/
 *
 * Local records (dns.local_records) come before DNS:
 *   - a name with records there has no others: another type is DNS_NODATA;
 *   - a name below it that is not in the file is looked for in DNS;
 *   - unless the file holds a SOA record at or above it: then the file is all there is from that
 *     name downwards, and what is not in it is DNS_NXDOMAIN.
 * They are never `secure`. A CNAME among them is followed, into DNS where it leads there. The file
 * is read again before the next question when it has changed.
 *
 * An answer that fails validation is DNS_BOGUS. A forwarder that strips DNSSEC records makes every
 * name below a trust anchor bogus: that is meant so, we never fall back. Who has only such a one
 * sets dns.resolver to `recursive`, or dns.trust_anchor to `off` and does without proof.
 */
#include "identity/proof.h"
#include "net/channel.h"
#include "net/dns.h"
#include "net/protocol.h"
#include "net/unbound_loop.h"
#include "process.h"
#include "record_updates.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#define TIME_LIMIT_MS (20 * SECOND_MS)
/* A file may change twice within one tick of its time stamp: read so soon after a change, it
 * is read once more. */
#define STAMP_TICK_MS ((int64_t)50)

enum {
    ASKED_MAX = 5000,     /* under way and waited for */
    UNDER_WAY_MAX = 8000, /* with the abandoned ones: some 11 KiB each while DNS is away */
    WAITING_MAX = 100000, /* more are answered DNS_TEMPORARY at once */
    ASK_BATCH = 256,      /* per turn: answers from the cache come at once and cost time */
    CLOCK_LOOK_MS = 30 * 1000,
    CLOCK_BACK_MS = 10 * 1000,
    CNAME_HOPS_MAX = 8, /* from one response to the next */
    LOCAL_FILE_MAX = 4 * 1024 * 1024,
    SECURITY_BOGUS = 1, /* libunbound's `sec` */
    SECURITY_SECURE = 2,
    CLASS_IN = 1
};

#define ROOT_HINTS  "/usr/share/dns/root.hints"
#define ROOT_ANCHOR "/usr/share/dns/root.key"

enum question_state { QUESTION_WAITING, QUESTION_ASKED, QUESTION_ABANDONED };

struct question {
    TAILQ_ENTRY(question) unanswered; /* in order of arrival, so of deadline */
    TAILQ_ENTRY(question) waiting;
    struct resolver *resolver; /* borrowed */
    struct peer *peer;         /* borrowed; NULL: it went away, nobody wants the answer */
    enum question_state state;
    int64_t deadline_ms;
    uint64_t query;
    enum dns_type type;
    char *name; /* owned; moves along CNAMEs from one response to the next */
    bool proves;
    enum prove_kind kind;
    char *expected; /* owned */
    size_t expected_len;
    unsigned hops; /* responses that ended in a CNAME, so far */
    bool secure;   /* all of those were */
    uint32_t ttl;  /* least of those */
};

struct peer {
    TAILQ_ENTRY(peer) peers;
    struct resolver *resolver; /* borrowed */
    struct channel *channel;
};

/* What the file of local records looked like when it was read. */
struct stamp {
    bool exists, settled;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct resolver {
    struct loop *loop;
    struct ub_event_base *base;
    struct ub_ctx *unbound;
    TAILQ_HEAD(, peer) peers;
    TAILQ_HEAD(questions, question) unanswered, waiting;
    size_t waiting_count, asked_count, abandoned_count;
    struct record_updates *updates;
    struct timer *timer; /* at the deadline of the first unanswered question */
    struct timer *clock_timer;
    int64_t clock_ahead_ms; /* the time of day, before the time since the machine started */
    bool pump_posted;
    struct arena *arena; /* of one answer */
    struct buf out;
    const char *local_path; /* NULL: no local records */
    struct stamp local_stamp;
    struct arena *local_arena; /* names of the local records that libunbound holds */
    struct slice *local_names;
    size_t local_count, local_cap;
};

static void
die(const char *what, const char *why)
{
    log_event(LOG_LEVEL_ERROR, "resolver.failed", LOG_CSTR("what", what), LOG_CSTR("reason", why));
    exit(EXIT_FAILURE);
}

/* Answers. */

static void
send_message(struct question *question, enum message_type type)
{
    struct buf *out = &question->resolver->out;
    if (question->peer && buf_ok(out))
        channel_send(question->peer->channel, (uint8_t)type, buf_slice(out));
}

static void
send_proved(struct question *question, const struct dns_answer *answer)
{
    struct resolver *resolver = question->resolver;
    struct proved_message proved = {.query = question->query, .secure = answer->secure};
    struct slice expected = {question->expected, question->expected_len};
    proved.proof = proof_judge(resolver->arena, question->kind, expected, answer,
                               &proved.through_cname, &proved.seen);
    protocol_put_proved(&resolver->out, &proved);
    send_message(question, MESSAGE_PROVED);
}

/* The one place that answers: after it the question is on no list. */
static void
answer_question(struct question *question, const struct dns_answer *answer)
{
    struct resolver *resolver = question->resolver;
    TAILQ_REMOVE(&resolver->unanswered, question, unanswered);
    buf_reset(&resolver->out);
    if (question->proves) {
        send_proved(question, answer);
        return;
    }
    struct resolved_message resolved = {question->query, *answer};
    protocol_put_resolved(&resolver->out, &resolved);
    send_message(question, MESSAGE_RESOLVED);
}

static void
question_free(struct question *question)
{
    free(question->name);
    free(question->expected);
    free(question);
}

static void
leave_waiting(struct question *question)
{
    TAILQ_REMOVE(&question->resolver->waiting, question, waiting);
    question->resolver->waiting_count--;
}

static void
expire(struct question *question)
{
    struct resolver *resolver = question->resolver;
    const struct dns_answer nothing = {.status = DNS_TEMPORARY};
    answer_question(question, &nothing);
    if (question->state == QUESTION_WAITING) {
        leave_waiting(question);
        question_free(question);
        return;
    }
    question->state = QUESTION_ABANDONED;
    resolver->asked_count--;
    resolver->abandoned_count++;
}

static void post_pump(struct resolver *resolver);

static void
on_deadline(void *ctx)
{
    struct resolver *resolver = ctx;
    struct question *question;
    int64_t now = loop_now_ms(resolver->loop);
    arena_reset(resolver->arena);
    while ((question = TAILQ_FIRST(&resolver->unanswered)) && question->deadline_ms <= now)
        expire(question);
    if (question)
        timer_start(resolver->timer, question->deadline_ms - now);
    post_pump(resolver);
}

/* Local records. */

static void
local_forget(struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->local_count; i++) {
        const char *name = resolver->local_names[i].ptr; /* arena_dup ends it with a NUL */
        ub_ctx_data_remove(resolver->unbound, name);
        /* The zone that libunbound made for the name would hide a wider one. */
        ub_ctx_zone_remove(resolver->unbound, name);
    }
    arena_reset(resolver->local_arena);
    resolver->local_names = NULL;
    resolver->local_count = resolver->local_cap = 0;
}

static void
local_complain(const struct resolver *resolver, size_t line, const char *why)
{
    log_event(LOG_LEVEL_ERROR, "resolver.local_record_refused",
              LOG_CSTR("file", resolver->local_path), LOG_NUMBER("line", line),
              LOG_CSTR("reason", why));
}

static void
local_remember(struct resolver *resolver, struct slice name)
{
    resolver->local_names = arena_grow(resolver->local_arena, resolver->local_names, sizeof name,
                                       resolver->local_count, &resolver->local_cap);
    resolver->local_names[resolver->local_count++] = arena_dup(resolver->local_arena, name);
}

static bool
local_add(struct resolver *resolver, const struct dns_local_record *record, bool zones,
          struct err *err)
{
    char *text, *name;
    if (arena_cstr(resolver->local_arena, record->text, &text, err) != RC_OK ||
        arena_cstr(resolver->local_arena, record->name, &name, err) != RC_OK)
        return false;
    int rc = zones ? ub_ctx_zone_add(resolver->unbound, name, "static")
                   : ub_ctx_data_add(resolver->unbound, text);
    if (rc != 0) {
        err_set(err, RC_SYNTAX, "libunbound does not take the record: %s", ub_strerror(rc));
        return false;
    }
    local_remember(resolver, record->name);
    return true;
}

/* First the zones that SOA records make, so that the records below them fall into them. */
static void
local_pass(struct resolver *resolver, struct slice text, bool zones)
{
    struct err err;
    struct dns_local_record record;
    for (size_t number = 1; text.len; number++) {
        struct slice line = text;
        if (!slice_cut(text, '\n', &line, &text))
            text = SLICE("");
        enum rc rc = dns_read_local_record(resolver->local_arena, line, &record, &err);
        if (rc == RC_NOT_FOUND || (rc == RC_OK && zones && !record.is_soa))
            continue;
        bool taken = rc == RC_OK && local_add(resolver, &record, zones, &err);
        if (!taken && !zones) /* once is enough */
            local_complain(resolver, number, err.text);
    }
}

static bool
local_read_all(int fd, struct buf *text)
{
    for (;;) {
        char piece[16 * 1024];
        ssize_t len = read(fd, piece, sizeof piece);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return false;
        if (len == 0)
            return true;
        buf_add(text, (struct slice){piece, (size_t)len});
        if (!buf_ok(text)) {
            errno = EFBIG;
            return false;
        }
    }
}

static void
local_load(struct resolver *resolver)
{
    struct buf text;
    buf_init(&text, LOCAL_FILE_MAX);
    local_forget(resolver);
    int fd = open(resolver->local_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || !local_read_all(fd, &text)) {
        log_event(LOG_LEVEL_WARN, "resolver.local_records_unreadable",
                  LOG_CSTR("file", resolver->local_path), LOG_CSTR("reason", strerror(errno)));
        buf_reset(&text);
    }
    if (fd >= 0)
        close(fd);
    local_pass(resolver, buf_slice(&text), true);
    local_pass(resolver, buf_slice(&text), false);
    buf_fini(&text);
    log_event(LOG_LEVEL_INFO, "resolver.local_records", LOG_CSTR("file", resolver->local_path),
              LOG_NUMBER("names", resolver->local_count));
}

static struct stamp
local_look(const struct resolver *resolver)
{
    struct stat status;
    if (stat(resolver->local_path, &status) != 0)
        return (struct stamp){.settled = true};
    int64_t modified_ms =
        (int64_t)status.st_mtim.tv_sec * SECOND_MS + status.st_mtim.tv_nsec / 1000000;
    return (struct stamp){
        .exists = true,
        .settled = llabs(clock_now_ms() - modified_ms) > STAMP_TICK_MS,
        .device = status.st_dev,
        .inode = status.st_ino,
        .size = status.st_size,
        .modified = status.st_mtim,
    };
}

static bool
stamp_same(const struct stamp *a, const struct stamp *b)
{
    return a->exists == b->exists && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

static void
local_refresh(struct resolver *resolver)
{
    if (!resolver->local_path)
        return;
    struct stamp now = local_look(resolver);
    if (resolver->local_stamp.settled && stamp_same(&now, &resolver->local_stamp))
        return;
    resolver->local_stamp = now;
    local_load(resolver);
}

/* Questions. */

static void
wait_at_front(struct question *question)
{
    TAILQ_INSERT_HEAD(&question->resolver->waiting, question, waiting);
    question->state = QUESTION_WAITING;
    question->resolver->waiting_count++;
}

static void
remember_hop(struct question *question, const struct dns_answer *answer)
{
    bool first = question->hops++ == 0;
    question->secure = answer->secure && (first || question->secure);
    question->ttl = first || answer->ttl < question->ttl ? answer->ttl : question->ttl;
    free(question->name);
    question->name = memory_cstr(answer->canonical_name);
}

/* True when the response ended in a CNAME without saying what is there, as local records do, and
 * the question goes on from there. A chain without an end says nothing. */
static bool
follow_cname(struct question *question, struct dns_answer *answer)
{
    struct slice target = answer->canonical_name;
    if (answer->status != DNS_NODATA || target.len == 0 || !dns_name_valid(target))
        return false;
    if (question->hops == CNAME_HOPS_MAX) {
        *answer = (struct dns_answer){.status = DNS_TEMPORARY};
        return false;
    }
    remember_hop(question, answer);
    wait_at_front(question);
    return true;
}

/* What earlier responses of the chain said holds for the whole. */
static void
join_chain(const struct question *question, struct dns_answer *answer)
{
    if (question->hops == 0)
        return;
    answer->secure = answer->secure && question->secure;
    answer->ttl = question->ttl < answer->ttl ? question->ttl : answer->ttl;
    if (answer->canonical_name.len == 0 && answer->status != DNS_TEMPORARY)
        answer->canonical_name = slice_of(question->name);
}

static void
read_response(const struct question *question, int rcode, struct slice response, int security,
              struct dns_answer *out)
{
    struct err err;
    *out = (struct dns_answer){.status = DNS_TEMPORARY};
    if (security == SECURITY_BOGUS)
        out->status = DNS_BOGUS;
    if (security == SECURITY_BOGUS || rcode != 0 || response.len == 0)
        return;
    if (dns_read_response(question->resolver->arena, slice_of(question->name), question->type,
                          response, out, &err) != RC_OK) {
        log_event(LOG_LEVEL_DEBUG, "resolver.malformed", LOG_CSTR("name", question->name),
                  LOG_CSTR("reason", err.text));
        return;
    }
    out->secure = security == SECURITY_SECURE && out->status != DNS_TEMPORARY;
}

static void
take_answer(struct question *question, struct dns_answer *answer, const char *why_bogus)
{
    if (answer->status == DNS_BOGUS)
        log_event(LOG_LEVEL_WARN, "resolver.bogus", LOG_CSTR("name", question->name),
                  LOG_NUMBER("type", question->type), LOG_CSTR("reason", why_bogus));
    if (follow_cname(question, answer))
        return;
    join_chain(question, answer);
    answer_question(question, answer);
    question_free(question);
}

/* May be called from within ub_resolve_event, and never calls it: libunbound is not re-entrant. */
static void
on_answer(void *ctx, int rcode, void *response, int len, int security, char *why_bogus,
          int rate_limited)
{
    struct question *question = ctx;
    struct resolver *resolver = question->resolver;
    struct slice bytes = {response, response && len > 0 ? (size_t)len : 0};
    struct dns_answer answer;
    (void)rate_limited;
    if (question->state == QUESTION_ABANDONED) {
        resolver->abandoned_count--;
        question_free(question);
    } else {
        resolver->asked_count--;
        arena_reset(resolver->arena);
        read_response(question, rcode, bytes, security, &answer);
        take_answer(question, &answer, why_bogus ? why_bogus : "validation failed");
    }
    post_pump(resolver);
}

static void
ask(struct question *question)
{
    struct resolver *resolver = question->resolver;
    question->state = QUESTION_ASKED;
    resolver->asked_count++;
    int rc = ub_resolve_event(resolver->unbound, question->name, (int)question->type, CLASS_IN,
                              question, on_answer, NULL);
    if (rc == 0) /* it may be answered and freed by now */
        return;
    log_event(LOG_LEVEL_WARN, "resolver.ask_failed", LOG_CSTR("name", question->name),
              LOG_CSTR("reason", ub_strerror(rc)));
    const struct dns_answer nothing = {.status = DNS_TEMPORARY};
    resolver->asked_count--;
    arena_reset(resolver->arena);
    answer_question(question, &nothing);
    question_free(question);
}

static bool
may_ask(const struct resolver *resolver)
{
    return resolver->asked_count < ASKED_MAX &&
           resolver->asked_count + resolver->abandoned_count < UNDER_WAY_MAX;
}

static void
pump(void *ctx)
{
    struct resolver *resolver = ctx;
    struct question *question;
    unsigned asked = 0;
    resolver->pump_posted = false;
    if (!TAILQ_EMPTY(&resolver->waiting))
        local_refresh(resolver);
    while (asked < ASK_BATCH && may_ask(resolver) && (question = TAILQ_FIRST(&resolver->waiting))) {
        leave_waiting(question);
        ask(question);
        asked++;
    }
    post_pump(resolver);
}

static void
post_pump(struct resolver *resolver)
{
    if (resolver->pump_posted || TAILQ_EMPTY(&resolver->waiting) || !may_ask(resolver))
        return;
    resolver->pump_posted = true;
    loop_post(resolver->loop, pump, resolver);
}

static struct question *
question_new(struct peer *peer, uint64_t query, enum dns_type type, struct slice name)
{
    struct resolver *resolver = peer->resolver;
    struct question *question = NEW(struct question);
    question->resolver = resolver;
    question->peer = peer;
    question->query = query;
    question->type = type;
    question->deadline_ms = loop_now_ms(resolver->loop) + TIME_LIMIT_MS;
    if (TAILQ_EMPTY(&resolver->unanswered))
        timer_start(resolver->timer, TIME_LIMIT_MS);
    TAILQ_INSERT_TAIL(&resolver->unanswered, question, unanswered);
    TAILQ_INSERT_TAIL(&resolver->waiting, question, waiting);
    resolver->waiting_count++;
    question->name = dns_name_valid(name) ? memory_cstr(name) : NULL;
    return question;
}

/* A name that we do not ask for, or too many questions: nothing is known, and said at once. */
static void
accept_question(struct question *question, struct slice name)
{
    struct resolver *resolver = question->resolver;
    bool crowded = resolver->waiting_count > WAITING_MAX;
    if (question->name && !crowded) {
        post_pump(resolver);
        return;
    }
    log_event(LOG_LEVEL_WARN, "resolver.refused", LOG_TEXT("name", name),
              LOG_CSTR("reason", crowded ? "too many questions wait" : "not a domain name"));
    arena_reset(resolver->arena);
    expire(question);
}

static bool
take_resolve(struct peer *peer, struct slice payload)
{
    struct resolve_message message;
    if (!protocol_get_resolve(peer->resolver->arena, payload, &message))
        return false;
    accept_question(question_new(peer, message.query, message.type, message.name), message.name);
    return true;
}

static bool
take_prove(struct peer *peer, struct slice payload)
{
    struct prove_message message;
    if (!protocol_get_prove(peer->resolver->arena, payload, &message))
        return false;
    struct question *question = question_new(
        peer, message.query, message.kind == PROVE_MX ? DNS_MX : DNS_TXT, message.name);
    question->proves = true;
    question->kind = message.kind;
    question->expected_len = message.expected.len;
    question->expected = memory_alloc(message.expected.len);
    memcpy(question->expected, message.expected.ptr, message.expected.len);
    accept_question(question, message.name);
    return true;
}

static void
send_updated(void *ctx, const struct updated_message *message)
{
    struct peer *peer = ctx;
    struct buf *out = &peer->resolver->out;
    buf_reset(out);
    protocol_put_updated(out, message);
    channel_send(peer->channel, MESSAGE_UPDATED, buf_slice(out));
}

static bool
take_update(struct peer *peer, struct slice payload)
{
    struct update_message message;
    if (!protocol_get_update(peer->resolver->arena, payload, &message))
        return false;
    record_updates_add(peer->resolver->updates, &message, send_updated, peer);
    return true;
}

static bool
on_message(void *ctx, struct channel *channel, uint8_t type, struct slice payload)
{
    struct peer *peer = ctx;
    (void)channel;
    arena_reset(peer->resolver->arena);
    switch (type) {
    case MESSAGE_RESOLVE: return take_resolve(peer, payload);
    case MESSAGE_PROVE: return take_prove(peer, payload);
    case MESSAGE_UPDATE: return take_update(peer, payload);
    default: return false;
    }
}

static void
on_closed(void *ctx, struct channel *channel, const char *why)
{
    struct peer *peer = ctx;
    struct question *question;
    (void)channel;
    log_event(LOG_LEVEL_WARN, "resolver.peer_gone", LOG_CSTR("reason", why));
    TAILQ_FOREACH(question, &peer->resolver->unanswered, unanswered)
    {
        if (question->peer == peer)
            question->peer = NULL;
    }
    record_updates_forget(peer->resolver->updates, peer);
    TAILQ_REMOVE(&peer->resolver->peers, peer, peers);
    free(peer);
}

/* Only core asks; it hands on what courier wants to know. */
static void
on_attached(void *ctx, struct process_peer attached)
{
    static const struct channel_handler handler = {on_message, on_closed};
    struct resolver *resolver = ctx;
    if (attached.role != ROLE_CORE) {
        log_event(LOG_LEVEL_WARN, "resolver.peer_refused",
                  LOG_CSTR("role", role_name(attached.role)));
        close(attached.fd);
        return;
    }
    struct peer *peer = NEW(struct peer);
    peer->resolver = resolver;
    peer->channel = channel_open(resolver->loop, attached.fd, &handler, peer);
    TAILQ_INSERT_TAIL(&resolver->peers, peer, peers);
}

/* Setting up libunbound. */

static void
set_options(struct ub_ctx *unbound)
{
    static const char *const options[][2] = {
        {"do-not-query-localhost:", "no"}, /* a resolver of the operator's own */
        {"unblock-lan-zones:", "yes"},     /* private networks have names, too */
        {"outgoing-range:", "512"},
        {"num-queries-per-thread:", "20000"},
        {"outgoing-num-tcp:", "64"},
        {"msg-cache-size:", "16m"},
        {"rrset-cache-size:", "32m"},
        /* Who has just added a record wants to see it: an hour of "no such record" is too long. */
        {"cache-max-negative-ttl:", "60"},
        {"cache-max-ttl:", "3600"},
        /* A forwarder that was away is asked again soon. */
        {"infra-host-ttl:", "60"},
        {"infra-keep-probing:", "yes"},
        /* A name that nobody answers for is given up in half a minute, not in two. */
        {"infra-cache-max-rtt:", "3000"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int rc = ub_ctx_set_option(unbound, options[i][0], options[i][1]);
        if (rc != 0)
            die(options[i][0], ub_strerror(rc));
    }
}

static void
use_root_hints(struct ub_ctx *unbound)
{
    if (access(ROOT_HINTS, R_OK) != 0)
        return; /* libunbound has its own */
    int rc = ub_ctx_set_option(unbound, "root-hints:", ROOT_HINTS);
    if (rc != 0)
        die(ROOT_HINTS, ub_strerror(rc));
}

static void
use_forwarders(struct resolver *resolver, struct slice list)
{
    bool more = true;
    while (more) {
        struct slice item = list;
        struct err err;
        char *address;
        more = slice_cut(list, ',', &item, &list);
        if (arena_cstr(resolver->arena, slice_trim(item), &address, &err) != RC_OK)
            die("dns.resolver", err.text);
        int rc = ub_ctx_set_fwd(resolver->unbound, address);
        if (rc != 0)
            die("dns.resolver is not `address@port`", address);
    }
}

static void
use_upstream(struct resolver *resolver, struct slice upstream)
{
    if (slice_iis(upstream, "recursive")) {
        use_root_hints(resolver->unbound);
        return;
    }
    if (upstream.len) {
        use_forwarders(resolver, upstream);
        return;
    }
    int rc = ub_ctx_resolvconf(resolver->unbound, NULL);
    if (rc == 0)
        return;
    log_event(LOG_LEVEL_WARN, "resolver.recursive", LOG_CSTR("file", "/etc/resolv.conf"),
              LOG_CSTR("reason", ub_strerror(rc)));
    use_root_hints(resolver->unbound);
}

static void
use_trust_anchor(struct resolver *resolver, struct slice path)
{
    struct err err;
    char *file;
    if (slice_iis(path, "off")) {
        log_event(LOG_LEVEL_WARN, "resolver.no_validation", LOG_CSTR("reason", "dns.trust_anchor"));
        return;
    }
    if (path.len == 0 && access(ROOT_ANCHOR, R_OK) != 0) {
        log_event(LOG_LEVEL_WARN, "resolver.no_trust_anchor", LOG_CSTR("file", ROOT_ANCHOR));
        return;
    }
    if (arena_cstr(resolver->arena, path.len ? path : SLICE(ROOT_ANCHOR), &file, &err) != RC_OK)
        die("dns.trust_anchor", err.text);
    if (access(file, R_OK) != 0) /* libunbound would only say so at the first question */
        die(file, strerror(errno));
    int rc = ub_ctx_add_ta_file(resolver->unbound, file);
    if (rc != 0)
        die(file, ub_strerror(rc));
}

/* libunbound answers NXDOMAIN for these by itself, which hides whoever uses them inside. The first
 * removal ends the configuration: options, forwarders and anchors come before. */
static void
remove_builtin_zones(struct ub_ctx *unbound)
{
    static const char *const zones[] = {"test.", "invalid.", "onion.", "home.arpa."};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        int rc = ub_ctx_zone_remove(unbound, zones[i]);
        if (rc != 0)
            die("libunbound could not be set up (dns.trust_anchor, dns.resolver)", ub_strerror(rc));
    }
}

static void
open_unbound(struct resolver *resolver, const struct config *config)
{
    resolver->base = unbound_loop_new(resolver->loop);
    resolver->unbound = ub_ctx_create_ub_event(resolver->base);
    if (!resolver->unbound)
        die("libunbound", strerror(errno));
    set_options(resolver->unbound);
    use_upstream(resolver, config->resolver);
    use_trust_anchor(resolver, config->trust_anchor);
    remove_builtin_zones(resolver->unbound);
    if (config->local_records.len == 0)
        return;
    resolver->local_path = memory_cstr(config->local_records);
    resolver->local_stamp = local_look(resolver);
    local_load(resolver);
}

static int64_t
clock_ahead_ms(void)
{
    return clock_now_ms() - clock_monotonic_ms();
}

/* libunbound keeps answers by the time of day: one that was set back would keep them for so much
 * longer. A process that begins anew has none. */
static void
look_at_clock(void *ctx)
{
    struct resolver *resolver = ctx;
    int64_t ahead_ms = clock_ahead_ms();
    if (ahead_ms < resolver->clock_ahead_ms - CLOCK_BACK_MS) {
        log_event(LOG_LEVEL_WARN, "resolver.clock_set_back",
                  LOG_NUMBER("ms", resolver->clock_ahead_ms - ahead_ms),
                  LOG_CSTR("action", "starting anew, without what was remembered"));
        loop_stop(resolver->loop);
        return;
    }
    resolver->clock_ahead_ms = ahead_ms;
    timer_start(resolver->clock_timer, CLOCK_LOOK_MS);
}

static void
resolver_init(struct resolver *resolver, struct loop *loop)
{
    resolver->loop = loop;
    TAILQ_INIT(&resolver->peers);
    TAILQ_INIT(&resolver->unanswered);
    TAILQ_INIT(&resolver->waiting);
    resolver->timer = timer_new(loop, on_deadline, resolver);
    resolver->clock_timer = timer_new(loop, look_at_clock, resolver);
    resolver->clock_ahead_ms = clock_ahead_ms();
    timer_start(resolver->clock_timer, CLOCK_LOOK_MS);
    resolver->arena = arena_new();
    resolver->local_arena = arena_new();
    buf_init(&resolver->out, CHANNEL_PAYLOAD_MAX);
}

int
main(void)
{
    static const struct process_handler handler = {.attached = on_attached};
    static struct resolver resolver;
    struct process_start start;
    struct loop *loop = loop_new();
    struct process *process = process_begin(ROLE_RESOLVER, loop, &start);
    resolver_init(&resolver, loop);
    open_unbound(&resolver, &start.config);
    resolver.updates = record_updates_new(loop, &start.config, start.update_secret);
    memory_wipe((char *)start.update_secret.ptr, start.update_secret.len);
    process_confine(process, &start);
    for (size_t i = 0; i < start.peer_count; i++)
        on_attached(&resolver, start.peers[i]);
    process_ready(process, &handler, &resolver);
    loop_run(loop);
    return EXIT_SUCCESS;
}
