/*
 * Who is it: SMTP passwords checked against the sealed secret, sessions numbered for the fronts.
 * A front holds only the number; everything the number stands for stays here.
 */
#include "api/alarm.h"
#include "api/recording.h"
#include "authenticate/smtp_password.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core.h"
#include "net/protocol.h"
#include "store/canaries.h"
#include "store/decisions.h"
#include "store/users.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* One AUTHENTICATE on its way through a worker. */
struct login {
    struct core *core;
    struct arena *arena; /* owned */
    uint32_t front; /* its number: the front may be gone afterwards, and another in its place */
    struct authenticate_message message; /* in arena */
    struct access_key_row key;
    uint64_t revocations; /* when the worker began to look */
    bool proved;          /* the password is that of the key, which may be of no use */
    enum authenticate_result result;
    bool canary;
    struct write_job write;
};

/* What a string takes beside its bytes: a zero, and alignment. */
enum { ARENA_SLACK = 17 };
enum { LAST_USED_GRANULARITY_MS = 60 * 1000 };

static void
answer(struct core *core, uint32_t number, uint64_t connection, uint64_t session,
       enum authenticate_result result)
{
    struct front *front = map_get(core->fronts, MAP_KEY(number));
    if (!front)
        return; /* the front is gone */
    struct buf out;
    struct authenticated_message message = {connection, session, result};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_authenticated(&out, &message);
    channel_send(front->channel, MESSAGE_AUTHENTICATED, buf_slice(&out));
    buf_fini(&out);
}

static void
login_free(struct login *login)
{
    /* The password was borrowed into the arena: wipe it there. */
    memory_wipe((char *)login->message.password.ptr, login->message.password.len);
    arena_free(login->arena);
    free(login);
}

static bool
secret_fits(const struct api_constants *constants, struct slice row, struct slice sealed,
            struct login *login, struct err *err)
{
    struct secret secret;
    if (sealer_unseal(constants->sealer, row, sealed, &secret, err) != RC_OK) {
        login->result = AUTHENTICATE_TEMPORARY;
        return false;
    }
    bool fits =
        smtp_password_matches(secret_slice(&secret), constants->region, login->message.password);
    secret_free(&secret);
    return fits;
}

static bool
password_fits(const struct api_constants *constants, struct login *login, struct err *err)
{
    struct slice row = arena_concat(login->arena, SLICE("access-key:"), login->key.id);
    login->proved = secret_fits(constants, row, login->key.secret, login, err);
    return login->proved && access_key_is_usable(&login->key, clock_now_ms());
}

/* On a worker. Unknown user, wrong password, inactive key and suspended user take the same way and
 * time. */
static void
login_run(void *job, unsigned worker)
{
    struct login *login = job;
    struct core *core = login->core;
    struct err err = {0};
    login->result = AUTHENTICATE_REFUSED;
    enum rc rc = access_keys_find(core->workers[worker].database, login->arena,
                                  login->message.user_name, &login->key, &err);
    if (rc == RC_NOT_FOUND)
        (void)!secret_fits(&core->constants, SLICE("decoy"), core->constants.decoy, login, &err);
    else if (rc != RC_OK)
        login->result = AUTHENTICATE_TEMPORARY;
    else if (password_fits(&core->constants, login, &err))
        login->result = AUTHENTICATE_OK;
    if (canaries_is(core->workers[worker].database, login->message.user_name, &login->canary,
                    &err) != RC_OK)
        login->result = AUTHENTICATE_TEMPORARY;
    if (login->result == AUTHENTICATE_TEMPORARY)
        log_event(LOG_LEVEL_ERROR, "submission.login_failed", LOG_CSTR("reason", err.text));
}

/* As long as a connection lasts, and there may be thousands: no more than they say. */
static struct arena *
arena_for(const struct core *core, const struct login *login)
{
    const struct access_key_row *key = &login->key;
    const struct authenticate_message *message = &login->message;
    size_t names = key->user_folded.len + key->user_name.len + key->user_id.len + key->id.len;
    size_t arn = SLICE("arn:aws:iam:::user").len + core->constants.account.len +
                 key->user_path.len + key->user_name.len;
    size_t client = message->source_ip.len + message->client_name.len + message->tls_version.len;
    return arena_new_of(names + arn + client + 8 * ARENA_SLACK);
}

static struct session *
session_new(struct core *core, struct front *front, const struct login *login)
{
    struct session *session = NEW(struct session);
    struct arena *arena = arena_for(core, login);
    const struct access_key_row *key = &login->key;
    session->arena = arena;
    session->front = front;
    front->sessions++;
    do
        session->number = random_u64();
    while (session->number == 0 || map_get(core->sessions, MAP_KEY(session->number)));
    session->user_folded = arena_dup(arena, key->user_folded);
    session->user_name = arena_dup(arena, key->user_name);
    session->user_id = arena_dup(arena, key->user_id);
    session->access_key = arena_dup(arena, key->id);
    session->user_arn =
        api_iam_arn(arena, &core->constants, "user", key->user_path, key->user_name);
    session->source_ip = arena_dup(arena, login->message.source_ip);
    session->client_name = arena_dup(arena, login->message.client_name);
    session->tls = arena_dup(arena, login->message.tls_version);
    map_put(core->sessions, MAP_KEY(session->number), session);
    return session;
}

static void
session_free(struct core *core, struct session *session)
{
    map_remove(core->sessions, MAP_KEY(session->number));
    session->front->sessions--;
    arena_free(session->arena);
    free(session);
}

/* Strangers are counted by network: /24, or /56 for IPv6. */
static struct slice
network_of(struct arena *arena, struct slice ip)
{
    char text[INET6_ADDRSTRLEN], *cstr;
    uint8_t address[16];
    struct err err;
    size_t dot = slice_rchr(ip, '.');
    if (dot != SLICE_NONE && slice_chr(ip, ':') == SLICE_NONE)
        return arena_printf(arena, "%.*s.0/24", SLICE_ARG(slice_head(ip, dot)));
    if (arena_cstr(arena, ip, &cstr, &err) != RC_OK || inet_pton(AF_INET6, cstr, address) != 1)
        return SLICE("unknown");
    memset(address + 7, 0, 9);
    inet_ntop(AF_INET6, address, text, sizeof text);
    return arena_printf(arena, "%s/56", text);
}

/* Nobody has a reason to log in as a canary, with whatever password. It is told after the answer was
 * given, which is that of any key. */
static void
tell_canary(const struct login *login)
{
    static const struct slice results[] = {
        [AUTHENTICATE_OK] = {"logged in", 9},
        [AUTHENTICATE_REFUSED] = {"refused", 7},
        [AUTHENTICATE_LOCKED] = {"locked out", 10},
        [AUTHENTICATE_TEMPORARY] = {"put off", 7},
    };
    const struct alarm_use use = {
        .authenticated = login->result == AUTHENTICATE_OK,
        .access_key = login->message.user_name,
        .service = SLICE("smtp"),
        .operation = SLICE("AUTH"),
        .result = results[login->result],
        .source_ip = login->message.source_ip,
        .client = login->message.client_name,
    };
    if (login->canary)
        alarms_canary(login->core, &use);
}

static enum rc
stranger_run(struct write_job *job, struct database *database, struct err *err)
{
    struct login *login = (struct login *)((char *)job - offsetof(struct login, write));
    bool locked = login->result == AUTHENTICATE_LOCKED; /* nothing was looked at */
    if (locked && canaries_is(database, login->message.user_name, &login->canary, err) != RC_OK)
        return RC_TEMPORARY;
    return strangers_count(database, clock_now_ms(),
                           network_of(login->arena, login->message.source_ip),
                           login->result == AUTHENTICATE_LOCKED ? "locked" : "credentials", 1,
                           slice_head(login->message.user_name, 64), err);
}

static void
stranger_done(struct write_job *job)
{
    struct login *login = (struct login *)((char *)job - offsetof(struct login, write));
    if (login->result == AUTHENTICATE_LOCKED)
        tell_canary(login);
    login_free(login);
}

/* A key that was used, on its way to the store. */
struct use {
    struct write_job write;
    struct arena *arena; /* owned */
    struct slice key, service, address;
    int64_t now_ms;
};

static enum rc
use_run(struct write_job *job, struct database *database, struct err *err)
{
    const struct use *use = (struct use *)((char *)job - offsetof(struct use, write));
    return access_keys_touch(database, use->key, use->now_ms, use->service, use->address, err);
}

static void
use_done(struct write_job *job)
{
    struct use *use = (struct use *)((char *)job - offsetof(struct use, write));
    arena_free(use->arena);
    free(use);
}

void
session_record_use(struct core *core, struct slice access_key, int64_t used_ms,
                   struct slice used_address, struct slice service, struct slice address)
{
    int64_t now_ms = clock_now_ms();
    if (now_ms - used_ms <= LAST_USED_GRANULARITY_MS && slice_eq(used_address, address))
        return;
    struct use *use = NEW(struct use);
    use->arena = arena_new_of(access_key.len + service.len + address.len + 3 * ARENA_SLACK);
    use->key = arena_dup(use->arena, access_key);
    use->service = arena_dup(use->arena, service);
    use->address = arena_dup(use->arena, address);
    use->now_ms = now_ms;
    use->write = (struct write_job){.run = use_run, .done = use_done, .guarded = true};
    writer_submit(core->writer, &use->write);
}

static void
log_login(const struct login *login, const char *event, uint64_t number)
{
    log_event(LOG_LEVEL_INFO, event, LOG_NUMBER("session", number),
              LOG_TEXT("key", login->message.user_name),
              LOG_TEXT("principal", login->key.user_name),
              LOG_TEXT("source", login->message.source_ip),
              LOG_TEXT("client", login->message.client_name),
              LOG_TEXT("tls", login->message.tls_version));
}

/* The client is told none of these apart. */
static const char *
result_of(const struct login *login)
{
    if (login->result == AUTHENTICATE_OK)
        return "ok";
    return !login->proved ? "wrong_password" : login->key.active ? "suspended" : "inactive_key";
}

/* A login of somebody we know, or whose key we know. */
static void
record_login(const struct login *login)
{
    struct ledger_record record;
    const struct recording_login said = {
        .user_name = login->key.user_name,
        .access_key = login->key.id,
        .source_ip = login->message.source_ip,
        .tls = login->message.tls_version,
        .client_name = login->message.client_name,
        .service = "smtp",
        .result = result_of(login),
    };
    if (login->key.id.len == 0)
        return;
    recording_login(&said, clock_now_ms(), &record);
    core_ledger_login(login->core, &record);
}

/* Count a login that failed, off the client's way, and free it there. */
static void
count_stranger(struct login *login)
{
    login->write = (struct write_job){.run = stranger_run, .done = stranger_done, .guarded = true};
    writer_submit(login->core->writer, &login->write);
}

static void login_done(void *job);

/* A key that is switched off while the worker looks would become a session that its revocation does
 * not find: then the worker looks again. */
static void
look(struct login *login)
{
    login->revocations = login->core->revocations;
    pool_submit(login->core->pool, login_run, login_done, login);
}

static void
login_done(void *job)
{
    struct login *login = job;
    struct core *core = login->core;
    struct front *front = map_get(core->fronts, MAP_KEY(login->front));
    const struct authenticate_message *message = &login->message;
    int64_t now_ms = clock_monotonic_ms();
    uint64_t number = 0;
    if (login->result == AUTHENTICATE_OK && login->revocations != core->revocations) {
        look(login);
        return;
    }
    if (front)
        front->logins--;
    if (login->result == AUTHENTICATE_OK && front) {
        throttle_success(core->throttle, message->user_name, message->source_ip, now_ms);
        number = session_new(core, front, login)->number;
        core->counters.logins++;
        log_login(login, "submission.authenticated", number);
    } else if (login->result == AUTHENTICATE_REFUSED) {
        throttle_failure(core->throttle, message->user_name, message->source_ip, now_ms);
        core->counters.login_failures++;
        log_login(login, "submission.login_refused", 0);
    }
    if (login->result == AUTHENTICATE_OK || login->result == AUTHENTICATE_REFUSED)
        record_login(login);
    answer(core, login->front, message->connection, number, login->result);
    tell_canary(login);
    if (login->result == AUTHENTICATE_OK)
        session_record_use(core, login->key.id, login->key.used_ms, login->key.used_address,
                           SLICE("ses"), message->source_ip);
    if (login->result == AUTHENTICATE_REFUSED)
        count_stranger(login);
    else
        login_free(login);
}

bool
session_authenticate(struct front *front, struct slice payload)
{
    struct core *core = front->core;
    struct login *login = NEW(struct login);
    login->core = core;
    login->arena = arena_new();
    login->front = front->number;
    /* One to a connection; while one ends, another may begin. */
    bool fits = front->logins + front->sessions < 2 * (size_t)core->config.connections;
    /* The payload is borrowed: copy it, the message points into the copy. */
    if (!fits || !protocol_get_authenticate(login->arena, arena_dup(login->arena, payload),
                                            &login->message)) {
        arena_free(login->arena);
        free(login);
        return false;
    }
    if (throttle_allows(core->throttle, login->message.user_name, login->message.source_ip,
                        clock_monotonic_ms())) {
        front->logins++;
        look(login);
        return true;
    }
    login->result = AUTHENTICATE_LOCKED;
    core->counters.login_failures++;
    log_login(login, "submission.login_locked", 0);
    answer(core, front->number, login->message.connection, 0, AUTHENTICATE_LOCKED);
    count_stranger(login);
    return true;
}

struct session *
session_find(struct core *core, struct front *front, uint64_t number)
{
    struct session *session = map_get(core->sessions, MAP_KEY(number));
    return session && session->front == front ? session : NULL;
}

void
session_end(struct core *core, struct front *front, uint64_t number)
{
    struct session *session = session_find(core, front, number);
    if (session)
        session_free(core, session);
}

/* All fronts have heard of it before the answer to who switched the key off goes out, which one of
 * them may pass on: a command sent after that answer finds its session ended. */
static void
flush_fronts(struct core *core)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(core->fronts, &cursor, &key, &value))
        channel_flush(((struct front *)value)->channel);
}

/* Open sessions of a key that was switched off end at their next command. */
void
session_revoke(struct core *core, struct slice access_key)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    core->revocations++;
    while (map_next(core->sessions, &cursor, &key, &value)) {
        struct session *session = value;
        if (session->revoked || !slice_eq(session->access_key, access_key))
            continue;
        session->revoked = true;
        submission_revoke(session->front, session->number);
        struct buf out;
        struct number_message message = {session->number};
        buf_init(&out, CHANNEL_PAYLOAD_MAX);
        protocol_put_number(&out, &message);
        channel_send(session->front->channel, MESSAGE_DROP, buf_slice(&out));
        buf_fini(&out);
        log_event(LOG_LEVEL_INFO, "submission.revoked", LOG_NUMBER("session", session->number),
                  LOG_TEXT("principal", session->user_name), LOG_TEXT("key", access_key),
                  LOG_TEXT("source", session->source_ip));
    }
    flush_fronts(core);
}

void
session_forget_front(struct front *front)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(front->core->sessions, &cursor, &key, &value)) {
        struct session *session = value;
        if (session->front == front)
            session_free(front->core, session);
    }
}
