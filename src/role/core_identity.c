/*
 * What DNS proves of the identities, asked of postern-resolver, which alone decides it; and the
 * pool of signing keys, made ahead so that adding a domain waits for nothing.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core.h"
#include "identity/proof.h"
#include "net/protocol.h"
#include "store/identities.h"

#include <assert.h>
#include <stdlib.h>

enum {
    CHECKS_AT_ONCE = 20,
    KEYS_ASKED_MAX = 10,
    QUESTIONS_MAX = KEYS_ASKED_MAX + 5,
    COURIER_QUESTIONS_MAX = 10000, /* open at once: those it waits for, and those it gave up */
    UPDATES_MAX = 1000,            /* of DNS, asked for and not answered */
    POOL_KEYS = 6,                 /* two domains' worth */
    POOL_KEYS_ED25519 = 3
};

struct question {
    enum prove_kind kind;
    const char *purpose; /* "verification", "dkim", "mail_from"; others are for people to read */
    struct slice name, expected;
    bool active_key;  /* the DKIM key that signs now */
    struct slice key; /* the DKIM key asked about */
    bool queued;      /* a message waits that it signed */
    enum proof found;
    bool secure, through_cname;
    struct slice seen;
};

struct asker {
    void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err);
    void *ctx;
    struct asker *next;
};

/* One identity being asked about. */
struct check {
    struct proving *proving;
    struct arena *arena; /* owned */
    struct slice name;
    struct identity_row row;
    struct question questions[QUESTIONS_MAX];
    size_t question_count, pending;
    struct asker *askers;      /* owned: who wants to be told */
    struct identity_row after; /* the identity and what is proved of it, once findings counted */
    enum identity_status verification, dkim;
    struct key_look keys;
    enum rc rc;
    struct err err;
    bool changed; /* some status */
    struct write_job write;
};

/* Who waits for an answer of the resolver's. */
struct waiter {
    struct check *check; /* a question of its own; */
    size_t question;
    void (*told)(void *ctx, const struct dns_answer *answer); /* or one of core's own; */
    void *ctx;
    uint64_t courier_query; /* or, when neither is there, courier's */
};

struct proving {
    struct core *core;
    struct pool *background; /* one thread: makes keys */
    struct timer *timer;
    struct map *waiters; /* by query number; owned */
    struct map *running; /* by identity: its check */
    struct map *updates; /* by query number: the name that is changed; owned */
    uint64_t last_query;
    size_t courier_questions; /* of the waiters */
    bool looking, making_keys;
};

/* ---- questions to the resolver ---- */

static void
send_prove(struct proving *proving, struct check *check, size_t index)
{
    const struct question *question = &check->questions[index];
    struct waiter *waiter = NEW(struct waiter);
    struct buf out;
    uint64_t number = ++proving->last_query;
    struct prove_message message = {number, question->kind, question->name, question->expected};
    *waiter = (struct waiter){.check = check, .question = index};
    map_put(proving->waiters, MAP_KEY(number), waiter);
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_prove(&out, &message);
    channel_send(proving->core->resolver, MESSAGE_PROVE, buf_slice(&out));
    buf_fini(&out);
}

static void
answer_courier(struct proving *proving, uint64_t query, const struct dns_answer *answer)
{
    if (!proving->core->courier)
        return;
    struct buf out;
    struct resolved_message message = {query, *answer};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_resolved(&out, &message);
    channel_send(proving->core->courier, MESSAGE_RESOLVED, buf_slice(&out));
    buf_fini(&out);
}

static bool
is_couriers(const struct waiter *waiter)
{
    return !waiter->check && !waiter->told;
}

/* A new courier numbers its questions anew: answers to the old one's are nobody's. */
void
proving_courier_down(struct proving *proving)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(proving->waiters, &cursor, &key, &value)) {
        struct waiter *waiter = value;
        if (!is_couriers(waiter))
            continue;
        map_remove(proving->waiters, key);
        free(waiter);
    }
    proving->courier_questions = 0;
}

static void
send_resolve(struct proving *proving, struct waiter waiting, enum dns_type type, struct slice name)
{
    struct waiter *waiter = NEW(struct waiter);
    struct buf out;
    uint64_t number = ++proving->last_query;
    struct resolve_message message = {number, type, name};
    *waiter = waiting;
    map_put(proving->waiters, MAP_KEY(number), waiter);
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_resolve(&out, &message);
    channel_send(proving->core->resolver, MESSAGE_RESOLVE, buf_slice(&out));
    buf_fini(&out);
}

void
proving_relay(struct proving *proving, const struct resolve_message *question)
{
    if (!proving->core->resolver || proving->courier_questions >= COURIER_QUESTIONS_MAX) {
        struct dns_answer unknown = {.status = DNS_TEMPORARY};
        answer_courier(proving, question->query, &unknown);
        return;
    }
    proving->courier_questions++;
    send_resolve(proving, (struct waiter){.courier_query = question->query}, question->type,
                 question->name);
}

void
proving_ask(struct proving *proving, enum dns_type type, struct slice name,
            void (*told)(void *ctx, const struct dns_answer *answer), void *ctx)
{
    struct dns_answer unknown = {.status = DNS_TEMPORARY};
    if (proving->core->resolver)
        send_resolve(proving, (struct waiter){.told = told, .ctx = ctx}, type, name);
    else
        told(ctx, &unknown);
}

static struct waiter *
waiter_take(struct proving *proving, uint64_t query)
{
    struct waiter *waiter = map_remove(proving->waiters, MAP_KEY(query));
    if (waiter && is_couriers(waiter))
        proving->courier_questions--;
    return waiter;
}

static void check_answered(struct check *check);

static bool
take_proved(struct proving *proving, struct slice payload)
{
    struct arena *arena = arena_new();
    struct proved_message message;
    bool read = protocol_get_proved(arena, payload, &message);
    struct waiter *waiter = read ? waiter_take(proving, message.query) : NULL;
    if (waiter && waiter->check) {
        struct check *check = waiter->check;
        struct question *question = &check->questions[waiter->question];
        question->found = message.proof;
        question->secure = message.secure;
        question->through_cname = message.through_cname;
        question->seen = arena_dup(check->arena, message.seen);
        check_answered(check);
    }
    free(waiter);
    arena_free(arena);
    return read;
}

static bool
take_resolved(struct proving *proving, struct slice payload)
{
    struct arena *arena = arena_new();
    struct resolved_message message;
    bool read = protocol_get_resolved(arena, payload, &message);
    struct waiter *waiter = read ? waiter_take(proving, message.query) : NULL;
    if (waiter && waiter->told)
        waiter->told(waiter->ctx, &message.answer);
    else if (waiter && !waiter->check)
        answer_courier(proving, waiter->courier_query, &message.answer);
    free(waiter);
    arena_free(arena);
    return read;
}

/* ---- changes that the resolver makes ---- */

/* That DNS was changed is believed when it is seen: until then it is asked for again, ever less often. */
static void
send_update(struct proving *proving, const struct update_message *wish)
{
    struct buf out;
    struct update_message message = *wish;
    if (!proving->core->resolver || map_count(proving->updates) >= UPDATES_MAX)
        return;
    message.query = ++proving->last_query;
    map_put(proving->updates, MAP_KEY(message.query), memory_cstr(message.name));
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_update(&out, &message);
    channel_send(proving->core->resolver, MESSAGE_UPDATE, buf_slice(&out));
    buf_fini(&out);
}

static bool
take_updated(struct proving *proving, struct slice payload)
{
    struct arena *arena = arena_new();
    struct updated_message message;
    bool read = protocol_get_updated(arena, payload, &message);
    char *name = read ? map_remove(proving->updates, MAP_KEY(message.query)) : NULL;
    if (name && message.done)
        log_event(LOG_LEVEL_INFO, "dkim.dns_updated", LOG_CSTR("record", name));
    else if (name)
        log_event(LOG_LEVEL_WARN, "dkim.dns_update_failed", LOG_CSTR("record", name),
                  LOG_TEXT("reason", message.reason));
    free(name);
    arena_free(arena);
    return read;
}

/* What became of them is not known. */
static void
forget_updates(struct proving *proving)
{
    size_t cursor = 0;
    struct slice key;
    void *name;
    while (map_next(proving->updates, &cursor, &key, &name)) {
        map_remove(proving->updates, key);
        free(name);
    }
}

bool
proving_resolver_message(struct proving *proving, uint8_t type, struct slice payload)
{
    switch (type) {
    case MESSAGE_PROVED: return take_proved(proving, payload);
    case MESSAGE_RESOLVED: return take_resolved(proving, payload);
    case MESSAGE_UPDATED: return take_updated(proving, payload);
    default: return false;
    }
}

/* ---- one check ---- */

static struct question *
ask(struct check *check, enum prove_kind kind, const char *purpose, struct slice name,
    struct slice expected)
{
    assert(check->question_count < QUESTIONS_MAX);
    struct question *question = &check->questions[check->question_count++];
    *question = (struct question){.kind = kind,
                                  .purpose = purpose,
                                  .name = name,
                                  .expected = expected,
                                  .found = PROOF_UNKNOWN,
                                  .seen = SLICE("")};
    return question;
}

/* The second signature is an extra: nothing waits for its records, and it is made once they are
 * seen. What signed before proves nothing any more. */
static const char *
purpose_of(const struct signing_key_row *key)
{
    switch (domain_key_state(key)) {
    case KEY_RETIRING: return "dkim_retiring";
    case KEY_GONE: return "dkim_gone";
    default: return key->algorithm == DKIM_ED25519_SHA256 ? "dkim_ed25519" : "dkim";
    }
}

static enum rc
ask_about_keys(struct check *check, struct database *database, struct err *err)
{
    struct signing_key_row *keys;
    size_t count;
    enum rc rc = signing_keys_of(database, check->arena, check->name, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count && i < KEYS_ASKED_MAX; i++) {
        struct question *question =
            ask(check, PROVE_DKIM, purpose_of(&keys[i]), domain_key_name(check->arena, &keys[i]),
                keys[i].public_base64);
        question->active_key = keys[i].position == 0;
        question->key = keys[i].public_base64;
        rc = domain_key_is_queued(database, &keys[i], &question->queued, err);
    }
    return rc;
}

static void
check_load(void *job, unsigned worker)
{
    struct check *check = job;
    struct arena *arena = check->arena;
    const struct api_constants *constants = &check->proving->core->constants;
    struct database *database = check->proving->core->workers[worker].database;
    check->rc = identities_find(database, arena, check->name, &check->row, &check->err);
    if (check->rc != RC_OK || !check->row.domain)
        return;
    ask(check, PROVE_TXT, "verification",
        arena_concat(arena, SLICE("_amazonses."), check->row.name), check->row.token);
    check->rc = ask_about_keys(check, database, &check->err);
    struct slice spf = arena_concat(arena, SLICE("a:"), constants->hostname);
    if (check->row.mail_from_domain.len) {
        ask(check, PROVE_MX, "mail_from", check->row.mail_from_domain, constants->hostname);
        ask(check, PROVE_SPF, "mail_from_spf", check->row.mail_from_domain, spf);
    }
    ask(check, PROVE_SPF, "spf", check->row.name, spf);
    ask(check, PROVE_DMARC, "dmarc", arena_concat(arena, SLICE("_dmarc."), check->row.name),
        SLICE("v=DMARC1"));
}

/* All of one purpose together: present when all are, absent or wrong when one is, unknown else. */
static enum proof
combine(const struct check *check, const char *purpose, bool active_only)
{
    enum proof combined = PROOF_PRESENT;
    bool any = false;
    for (size_t i = 0; i < check->question_count; i++) {
        const struct question *question = &check->questions[i];
        if (strcmp(question->purpose, purpose) != 0 || (active_only && !question->active_key))
            continue;
        any = true;
        if (question->found == PROOF_ABSENT || question->found == PROOF_WRONG)
            return question->found;
        if (question->found == PROOF_UNKNOWN)
            combined = PROOF_UNKNOWN;
    }
    return any ? combined : PROOF_ABSENT;
}

/* A domain is verified by its TXT record, or by its DKIM records (reference §3.2). */
static enum proof
verification_finding(const struct check *check, enum proof dkim)
{
    enum proof txt = combine(check, "verification", false);
    if (txt == PROOF_PRESENT || dkim == PROOF_PRESENT)
        return PROOF_PRESENT;
    return txt == PROOF_UNKNOWN || dkim == PROOF_UNKNOWN ? PROOF_UNKNOWN : txt;
}

static enum rc
apply_finding(struct check *check, struct database *database, const char *kind, enum proof finding,
              int64_t now_ms, struct err *err)
{
    struct proof_row row;
    enum rc rc = proofs_find(database, check->arena, check->name, kind, &row, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc != RC_OK)
        return rc;
    struct proof_state state = {.status = (enum identity_status)row.status,
                                .absent_ms = row.absent_ms,
                                .absent_since_ms = row.absent_since_ms,
                                .checked_ms = row.checked_ms,
                                .succeeded_ms = row.succeeded_ms};
    enum identity_status before = state.status;
    check->changed |= proof_apply(&state, finding, now_ms);
    row.status = state.status;
    row.absent_ms = state.absent_ms;
    row.absent_since_ms = state.absent_since_ms;
    row.checked_ms = state.checked_ms;
    row.succeeded_ms = state.succeeded_ms;
    row.next_ms = proof_next_ms(&state, row.created_ms, now_ms);
    if (before != state.status)
        log_event(LOG_LEVEL_INFO, "identity.status", LOG_TEXT("identity", check->name),
                  LOG_CSTR("proof", kind), LOG_CSTR("was", identity_status_name(before)),
                  LOG_CSTR("is", identity_status_name(state.status)));
    return proofs_put(database, &row, err);
}

/* A verification link that was not followed within its window. */
static enum rc
expire_link(struct check *check, struct database *database, int64_t now_ms, struct err *err)
{
    struct proof_row row;
    enum rc rc = proofs_find(database, check->arena, check->name, "verification", &row, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    if (row.status == IDENTITY_PENDING && now_ms >= row.created_ms + LINK_WINDOW_HOURS * HOUR_MS) {
        row.status = IDENTITY_FAILED;
        check->changed = true;
        row.next_ms = INT64_MAX;
    } else {
        row.next_ms = row.status == IDENTITY_PENDING ? row.created_ms + LINK_WINDOW_HOURS * HOUR_MS
                                                     : INT64_MAX;
    }
    return proofs_put(database, &row, err);
}

static enum rc
read_status(struct check *check, struct database *database, const char *kind,
            enum identity_status *out, struct err *err)
{
    struct proof_row proof = {.status = IDENTITY_NOT_STARTED};
    enum rc rc = proofs_find(database, check->arena, check->name, kind, &proof, err);
    *out = (enum identity_status)proof.status;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Verification and DKIM of a domain that nobody vouched for. */
static enum rc
apply_proofs(struct check *check, struct database *database, int64_t now_ms, struct err *err)
{
    enum identity_status status;
    enum rc rc = read_status(check, database, "dkim", &status, err);
    if (rc != RC_OK)
        return rc;
    /* To start with DKIM all records must be there; to go on, the one that signs. */
    bool signs = status == IDENTITY_SUCCESS || status == IDENTITY_TEMPORARY_FAILURE;
    enum proof dkim = combine(check, "dkim", signs);
    rc = apply_finding(check, database, "verification", verification_finding(check, dkim), now_ms,
                       err);
    return rc == RC_OK ? apply_finding(check, database, "dkim", dkim, now_ms, err) : rc;
}

static enum rc
apply_to_keys(struct check *check, struct database *database, int64_t now_ms, struct err *err)
{
    struct key_finding findings[KEYS_ASKED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < check->question_count; i++) {
        const struct question *question = &check->questions[i];
        if (question->key.len)
            findings[count++] =
                (struct key_finding){question->key, question->found, question->queued};
    }
    check->keys = (struct key_look){.identity = &check->after,
                                    .dkim = check->dkim,
                                    .findings = findings,
                                    .finding_count = count,
                                    .now_ms = now_ms};
    return rotation_apply(check->proving->core, database, check->arena, &check->keys, err);
}

/* The identity was removed, made anew or changed while DNS was asked: what was found is about
 * something else, and what is due now is asked for again. */
static bool
is_about(const struct check *check, const struct identity_row *now)
{
    return now->created_ms == check->row.created_ms && slice_eq(now->token, check->row.token) &&
           slice_eq(now->mail_from_domain, check->row.mail_from_domain) &&
           now->keys_ms == check->row.keys_ms;
}

static enum rc
apply_to_domain(struct check *check, struct database *database, int64_t now_ms, struct err *err)
{
    enum rc rc = RC_OK;
    /* The administrator's word stands, whatever DNS shows. */
    if (!check->after.vouched)
        rc = apply_proofs(check, database, now_ms, err);
    if (rc == RC_OK && check->after.mail_from_domain.len)
        rc = apply_finding(check, database, "mail_from", combine(check, "mail_from", false), now_ms,
                           err);
    if (rc == RC_OK)
        rc = read_status(check, database, "verification", &check->verification, err);
    if (rc == RC_OK)
        rc = read_status(check, database, "dkim", &check->dkim, err);
    return rc == RC_OK ? apply_to_keys(check, database, now_ms, err) : rc;
}

static enum rc
check_apply(struct write_job *write, struct database *database, struct err *err)
{
    struct check *check = (struct check *)((char *)write - offsetof(struct check, write));
    int64_t now_ms = clock_now_ms();
    enum rc rc = identities_find(database, check->arena, check->name, &check->after, err);
    if (rc == RC_OK && !is_about(check, &check->after))
        return RC_OK;
    if (rc == RC_OK)
        rc = check->after.domain ? apply_to_domain(check, database, now_ms, err)
                                 : expire_link(check, database, now_ms, err);
    if (rc == RC_OK)
        rc = proofs_postpone(database, check->name, now_ms, now_ms + DAY_MS, err);
    return rc == RC_OK ? rotations_postpone(database, check->name, now_ms, now_ms + DAY_MS, err)
                       : rc;
}

static const char *const found_names[] = {"present", "absent", "wrong", "unknown"};
static const char *const record_types[] = {"TXT", "TXT", "MX", "TXT", "TXT"};
_Static_assert(sizeof record_types / sizeof *record_types == PROVE_KIND_COUNT, "a type for each");

/* What the administrator is told: what is proved now, and what DNS showed. */
static struct slice
findings_json(struct check *check)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 64 * 1024);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_bool(&writer, "ok", true);
    json_put_string(&writer, "domain", check->name);
    json_put_bool(&writer, "vouched", check->after.vouched);
    json_put_cstr(&writer, "verification", identity_status_name(check->verification));
    json_put_cstr(&writer, "dkim", identity_status_name(check->dkim));
    json_key(&writer, "findings");
    json_open_array(&writer);
    for (size_t i = 0; i < check->question_count; i++) {
        const struct question *question = &check->questions[i];
        json_open_object(&writer);
        json_put_cstr(&writer, "purpose", question->purpose);
        json_put_cstr(&writer, "type", record_types[question->kind]);
        json_put_string(&writer, "name", question->name);
        json_put_cstr(&writer, "found", found_names[question->found]);
        json_put_string(&writer, "seen", question->seen);
        json_put_bool(&writer, "secure", question->secure);
        json_put_bool(&writer, "through_cname", question->through_cname);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    struct slice json = arena_dup(check->arena, buf_slice(&out));
    buf_fini(&out);
    return json;
}

static void
check_finish(struct check *check)
{
    struct proving *proving = check->proving;
    struct slice findings = findings_json(check);
    map_remove(proving->running, check->name);
    for (struct asker *asker = check->askers, *next; asker; asker = next) {
        next = asker->next;
        asker->done(asker->ctx, check->rc, findings, &check->err);
        free(asker);
    }
    /* What could not be read or written now can in a while. */
    timer_start(proving->timer, check->rc == RC_OK || check->rc == RC_NOT_FOUND ? 0 : MINUTE_MS);
    arena_free(check->arena);
    free(check);
}

static void
check_applied(struct write_job *write)
{
    struct check *check = (struct check *)((char *)write - offsetof(struct check, write));
    check->rc = write->rc;
    check->err = write->err;
    for (size_t i = 0; check->rc == RC_OK && i < check->keys.wish_count; i++)
        send_update(check->proving, &check->keys.wishes[i]);
    check_finish(check);
}

static void
check_answered(struct check *check)
{
    if (--check->pending > 0)
        return;
    check->write = (struct write_job){.run = check_apply, .done = check_applied, .guarded = true};
    writer_submit(check->proving->core->writer, &check->write);
}

static void
check_loaded(void *job)
{
    struct check *check = job;
    struct proving *proving = check->proving;
    if (check->rc != RC_OK) {
        check_finish(check);
        return;
    }
    check->pending = 1; /* ours, until all are asked */
    for (size_t i = 0; i < check->question_count && proving->core->resolver; i++) {
        check->pending++;
        send_prove(proving, check, i);
    }
    check_answered(check);
}

void
proving_check(struct proving *proving, struct slice identity,
              void (*done)(void *ctx, enum rc rc, struct slice json, const struct err *err),
              void *ctx)
{
    struct check *check = map_get(proving->running, identity);
    bool fresh = !check;
    if (fresh) {
        check = NEW(struct check);
        check->proving = proving;
        check->arena = arena_new();
        check->name = arena_dup(check->arena, identity);
        map_put(proving->running, check->name, check);
    }
    if (done) {
        struct asker *asker = NEW(struct asker); /* a thread may be using the arena */
        *asker = (struct asker){done, ctx, check->askers};
        check->askers = asker;
    }
    if (fresh)
        pool_submit(proving->core->pool, check_load, check_loaded, check);
}

/* ---- what is due ---- */

struct look {
    struct proving *proving;
    struct arena *arena;
    int64_t limit;
    struct slice *names;
    size_t count;
    int64_t next_ms;
    enum rc rc;
    struct err err;
};

static void
add_names(struct look *look, const struct slice *names, size_t count)
{
    for (size_t i = 0; i < count && look->count < (size_t)look->limit; i++)
        look->names[look->count++] = names[i];
}

/* Both that are due first, in turn: neither waits for all of the other. */
static enum rc
look_due(struct look *look, struct database *database, int64_t now_ms, struct err *err)
{
    struct slice *proofs, *rotations;
    size_t proof_count, rotation_count, half = (size_t)look->limit / 2;
    enum rc rc = proofs_due(database, look->arena, now_ms, look->limit, &proofs, &proof_count, err);
    if (rc == RC_OK)
        rc = rotations_due(database, look->arena, now_ms, now_ms + 2 * ROTATION_LOOK_MS,
                           look->limit, &rotations, &rotation_count, err);
    if (rc != RC_OK)
        return rc;
    look->names = ARENA_ARRAY(look->arena, struct slice, (size_t)look->limit);
    size_t first = rotation_count < half ? rotation_count : half;
    add_names(look, rotations, first);
    add_names(look, proofs, proof_count);
    add_names(look, rotations + first, rotation_count - first);
    return RC_OK;
}

static void
look_run(void *job, unsigned worker)
{
    struct look *look = job;
    struct database *database = look->proving->core->workers[worker].database;
    int64_t rotation_ms;
    look->rc = look_due(look, database, clock_now_ms(), &look->err);
    if (look->rc == RC_OK)
        look->rc = proofs_next_ms(database, &look->next_ms, &look->err);
    if (look->rc == RC_OK)
        look->rc = rotations_next_ms(database, &rotation_ms, &look->err);
    if (look->rc == RC_OK && rotation_ms < look->next_ms)
        look->next_ms = rotation_ms;
}

static void
look_done(void *job)
{
    struct look *look = job;
    struct proving *proving = look->proving;
    int64_t delay = look->rc == RC_OK ? look->next_ms - clock_now_ms() : MINUTE_MS;
    proving->looking = false;
    if (look->rc != RC_OK)
        log_event(LOG_LEVEL_ERROR, "identity.look_failed", LOG_CSTR("reason", look->err.text));
    for (size_t i = 0; look->rc == RC_OK && i < look->count; i++)
        if (!map_get(proving->running, look->names[i]))
            proving_check(proving, look->names[i], NULL, NULL);
    /* What is due now runs now; come back for the next, at the latest in a minute. */
    if (delay < SECOND_MS)
        delay = SECOND_MS;
    timer_start(proving->timer, delay < MINUTE_MS ? delay : MINUTE_MS);
    arena_free(look->arena);
    free(look);
}

/* ---- signing keys made ahead ---- */

struct key_making {
    struct proving *proving;
    struct arena *arena;
    enum dkim_algorithm algorithm;
    unsigned bits;
    bool wanted;  /* the pool has room for one more */
    bool lacking; /* somebody has none, and the pool has some */
    struct signing_key_row row;
    enum rc rc;
    struct err err;
    struct write_job write;
};

static void
make_key(void *job, unsigned worker)
{
    struct key_making *making = job;
    struct slice der;
    const struct api_constants *constants = &making->proving->core->constants;
    (void)worker;
    making->rc = signing_key_generate(making->arena, making->algorithm, making->bits, &der,
                                      &making->row.public_base64, &making->err);
    if (making->rc != RC_OK)
        return;
    struct slice name =
        arena_concat(making->arena, SLICE("signing-key:"), making->row.public_base64);
    making->row.private_sealed = sealer_seal(constants->sealer, making->arena, name, der);
    memory_wipe((char *)der.ptr, der.len);
    making->row.algorithm = making->algorithm;
    making->row.bits = making->bits;
    making->row.created_ms = clock_now_ms();
}

static void make_keys(struct proving *proving);

static void
making_free(struct key_making *making)
{
    arena_free(making->arena);
    free(making);
}

static enum rc
store_key(struct write_job *write, struct database *database, struct err *err)
{
    struct key_making *making =
        (struct key_making *)((char *)write - offsetof(struct key_making, write));
    return signing_keys_insert(database, &making->row, err);
}

static enum rc
provider_lacks_key(struct database *database, struct key_making *making, bool *lacks,
                   struct err *err)
{
    struct signing_key_row *rows;
    size_t count;
    enum rc rc =
        signing_keys_of(database, making->arena, making->proving->core->constants.provider_domain,
                        &rows, &count, err);
    *lacks = rc == RC_OK && count == 0;
    return rc;
}

/* The provider's own key comes first: until then mail without DKIM waits. Then the keys of the
 * second signature, for domains that were added before it was switched on. */
static enum rc
hand_out_keys(struct write_job *write, struct database *database, struct err *err)
{
    struct key_making *making =
        (struct key_making *)((char *)write - offsetof(struct key_making, write));
    const struct api_constants *constants = &making->proving->core->constants;
    struct slice *domains;
    size_t count = 0;
    bool lacks;
    enum rc rc = provider_lacks_key(database, making, &lacks, err);
    if (rc == RC_OK && lacks)
        rc = api_claim_keys(database, making->arena, DKIM_RSA_SHA256, constants->provider_domain, 0,
                            1, err);
    if (rc == RC_OK && constants->second_ed25519)
        rc = signing_keys_lacking(database, making->arena, DKIM_ED25519_SHA256, &domains, &count,
                                  err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        int64_t pooled;
        rc = signing_keys_pooled(database, DKIM_ED25519_SHA256, &pooled, err);
        if (rc == RC_OK && pooled < API_SELECTORS)
            break; /* the rest when there are more */
        if (rc == RC_OK)
            rc = api_claim_keys(database, making->arena, DKIM_ED25519_SHA256, domains[i], 0,
                                API_SELECTORS, err);
    }
    return rc;
}

static void
key_stored(struct write_job *write)
{
    struct key_making *making =
        (struct key_making *)((char *)write - offsetof(struct key_making, write));
    struct proving *proving = making->proving;
    bool stored = write->rc == RC_OK;
    proving->making_keys = false;
    making_free(making);
    if (stored)
        make_keys(proving);
}

static void
key_made(void *job)
{
    struct key_making *making = job;
    if (making->rc != RC_OK) {
        log_event(LOG_LEVEL_ERROR, "dkim.key_failed", LOG_CSTR("reason", making->err.text));
        making->proving->making_keys = false;
        making_free(making);
        return;
    }
    making->write = (struct write_job){.run = store_key, .done = key_stored, .guarded = true};
    writer_submit(making->proving->core->writer, &making->write);
}

static void
count_keys(void *job, unsigned worker)
{
    struct key_making *making = job;
    const struct core *core = making->proving->core;
    int64_t rsa = POOL_KEYS, ed25519 = POOL_KEYS_ED25519;
    making->rc =
        signing_keys_pooled(core->workers[worker].database, DKIM_RSA_SHA256, &rsa, &making->err);
    if (making->rc == RC_OK && core->config.second_ed25519)
        making->rc = signing_keys_pooled(core->workers[worker].database, DKIM_ED25519_SHA256,
                                         &ed25519, &making->err);
    making->wanted = making->rc == RC_OK && (rsa < POOL_KEYS || ed25519 < POOL_KEYS_ED25519);
    bool provider = false;
    struct slice *domains;
    size_t count = 0;
    struct database *database = core->workers[worker].database;
    if (making->rc == RC_OK)
        making->rc = provider_lacks_key(database, making, &provider, &making->err);
    if (making->rc == RC_OK && core->config.second_ed25519)
        making->rc = signing_keys_lacking(database, making->arena, DKIM_ED25519_SHA256, &domains,
                                          &count, &making->err);
    making->lacking =
        making->rc == RC_OK && ((provider && rsa > 0) || (count > 0 && ed25519 >= API_SELECTORS));
    making->algorithm = rsa < POOL_KEYS ? DKIM_RSA_SHA256 : DKIM_ED25519_SHA256;
    making->bits = making->algorithm == DKIM_RSA_SHA256 ? core->config.key_bits : 256;
}

static void
keys_counted(void *job)
{
    struct key_making *making = job;
    if (making->lacking) {
        making->write =
            (struct write_job){.run = hand_out_keys, .done = key_stored, .guarded = true};
        writer_submit(making->proving->core->writer, &making->write);
        return;
    }
    if (making->wanted) {
        pool_submit(making->proving->background, make_key, key_made, making);
        return;
    }
    making->proving->making_keys = false;
    making_free(making);
}

static void
make_keys(struct proving *proving)
{
    if (proving->making_keys)
        return;
    struct key_making *making = NEW(struct key_making);
    making->proving = proving;
    making->arena = arena_new();
    proving->making_keys = true;
    pool_submit(proving->core->pool, count_keys, keys_counted, making);
}

/* ---- life ---- */

static void
look_now(void *ctx)
{
    struct proving *proving = ctx;
    if (proving->looking)
        return;
    make_keys(proving);
    if (!proving->core->resolver) {
        timer_start(proving->timer, SECOND_MS);
        return;
    }
    struct look *look = NEW(struct look);
    look->proving = proving;
    look->arena = arena_new();
    /* Those that are being asked about are still due. */
    look->limit = CHECKS_AT_ONCE + (int64_t)map_count(proving->running);
    proving->looking = true;
    pool_submit(proving->core->pool, look_run, look_done, look);
}

void
proving_wake(struct proving *proving)
{
    timer_start(proving->timer, 0);
}

void
proving_resolver_up(struct proving *proving)
{
    proving_wake(proving);
}

/* Nothing is known of what was asked. */
void
proving_resolver_down(struct proving *proving)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    struct dns_answer unknown = {.status = DNS_TEMPORARY};
    while (map_next(proving->waiters, &cursor, &key, &value)) {
        struct waiter *waiter = value;
        map_remove(proving->waiters, key);
        if (waiter->check)
            check_answered(waiter->check);
        else if (waiter->told)
            waiter->told(waiter->ctx, &unknown);
        else
            answer_courier(proving, waiter->courier_query, &unknown);
        free(waiter);
    }
    proving->courier_questions = 0;
    forget_updates(proving);
}

struct proving *
proving_new(struct core *core)
{
    struct proving *proving = NEW(struct proving);
    proving->core = core;
    proving->background = pool_new(core->loop, 1);
    proving->timer = timer_new(core->loop, look_now, proving);
    proving->last_query = random_u64() >> 1;
    proving->waiters = map_new();
    proving->running = map_new();
    proving->updates = map_new();
    return proving;
}

void
proving_stop(struct proving *proving)
{
    pool_free(proving->background);
}
