/*
 * Which key of a domain signs (identity/rotation.h): applied when DNS was asked about the domain, in
 * the commit that notes what it said. One domain is asked about once at a time, so a look and what
 * follows from it are never mixed with another's, and a restart goes on from the rows.
 */
#include "base/log.h"
#include "core.h"

#include <stdlib.h>

enum { KEYS_MAX = ROTATION_KEYS + ROTATION_GONE_MAX + 1 }; /* of an algorithm, as looked at */

/* The keys of one algorithm. */
struct turn {
    struct core *core;
    struct database *database;
    struct arena *arena;
    struct key_look *look;
    const struct identity_row *identity;
    int64_t algorithm, now_ms;
    struct signing_key_row *rows;
    size_t count;
    struct rotation_key keys[KEYS_MAX];
    struct rotation_row stored;
    struct rotation rotation;
    struct rotation_rules rules;
};

static struct slice
record_name(const struct turn *turn, size_t i)
{
    return domain_key_name(turn->arena, &turn->rows[i]);
}

/* ---- what is told ---- */

static void
log_key(const struct turn *turn, enum log_level level, const char *event, size_t i)
{
    log_event(level, event, LOG_TEXT("domain", turn->identity->name),
              LOG_TEXT("selector", turn->rows[i].selector),
              LOG_TEXT("record", record_name(turn, i)));
}

static void
log_change(const struct turn *turn, size_t i, enum key_state was)
{
    enum key_state is = rotation_state(&turn->keys[i]);
    if (is == was)
        return;
    log_event(was == KEY_PUBLISHED && is == KEY_WAITING ? LOG_LEVEL_WARN : LOG_LEVEL_INFO,
              "dkim.key", LOG_TEXT("domain", turn->identity->name),
              LOG_TEXT("selector", turn->rows[i].selector), LOG_CSTR("was", key_state_name(was)),
              LOG_CSTR("is", key_state_name(is)));
}

/* Its record went while receivers still need it. */
static void
log_if_missed(const struct turn *turn, size_t i, bool published_before)
{
    if (!published_before || turn->keys[i].published_ms)
        return;
    if (rotation_state(&turn->keys[i]) == KEY_RETIRING)
        log_key(turn, LOG_LEVEL_WARN, "dkim.record_deleted_early", i);
    else if (rotation_state(&turn->keys[i]) == KEY_SIGNING)
        log_key(turn, LOG_LEVEL_WARN, "dkim.record_missing", i);
}

static void
complain_if_late(struct turn *turn)
{
    int64_t waited_ms = turn->now_ms - turn->rotation.wanted_ms;
    int64_t silent_ms = turn->now_ms - turn->stored.warned_ms;
    if (!turn->rotation.wanted_ms)
        turn->stored.warned_ms = 0;
    else if (waited_ms >= ROTATION_LATE_MS && (silent_ms >= ROTATION_LATE_MS || silent_ms < 0)) {
        turn->stored.warned_ms = turn->now_ms;
        for (size_t i = 0; i < turn->count; i++)
            if (rotation_state(&turn->keys[i]) == KEY_WAITING)
                log_event(LOG_LEVEL_WARN, "dkim.rotation_waits",
                          LOG_TEXT("domain", turn->identity->name),
                          LOG_NUMBER("hours", waited_ms / HOUR_MS),
                          LOG_TEXT("record", record_name(turn, i)),
                          LOG_CSTR("reason", "DNS does not show it"));
    }
}

/* ---- one look ---- */

static const struct key_finding *
finding_of(const struct key_look *look, struct slice key)
{
    static const struct key_finding nothing = {.found = PROOF_UNKNOWN, .queued = true};
    for (size_t i = 0; i < look->finding_count; i++)
        if (slice_eq(look->findings[i].key, key))
            return &look->findings[i];
    return &nothing;
}

static void
look(struct turn *turn)
{
    enum key_state was[KEYS_MAX];
    bool published[KEYS_MAX];
    for (size_t i = 0; i < turn->count; i++) {
        const struct key_finding *finding = finding_of(turn->look, turn->rows[i].public_base64);
        turn->keys[i] = domain_key_of(&turn->rows[i], finding->found, finding->queued);
        was[i] = rotation_state(&turn->keys[i]);
        published[i] = turn->keys[i].published_ms != 0;
    }
    rotation_look(turn->keys, turn->count, &turn->rules, &turn->rotation, turn->now_ms);
    for (size_t i = 0; i < turn->count; i++) {
        log_change(turn, i, was[i]);
        log_if_missed(turn, i, published[i]);
    }
}

/* ---- what DNS is asked to hold ---- */

/*
 * Only the owner's word makes this service write: DNS shows the key that signs now, or the
 * administrator vouched for the domain. So the first keys are the owner's to publish, and who takes
 * the signing key out of DNS does not find others put there.
 */
static bool
may_publish(const struct turn *turn)
{
    for (size_t i = 0; i < turn->count; i++)
        if (rotation_state(&turn->keys[i]) == KEY_SIGNING)
            return turn->rules.rotates &&
                   (turn->identity->vouched || turn->keys[i].found == PROOF_PRESENT);
    return false;
}

static bool
differs(const struct turn *turn, size_t i, bool publish)
{
    const struct rotation_key *key = &turn->keys[i];
    bool seen_missing = key->found == PROOF_ABSENT || key->found == PROOF_WRONG;
    switch (rotation_state(key)) {
    case KEY_WAITING: return publish && seen_missing;
    case KEY_GONE: return key->found == PROOF_PRESENT;
    default: return false;
    }
}

/* A minute, two, four, up to an hour. */
static int64_t
next_wait_ms(int64_t updates)
{
    return updates < 6 ? MINUTE_MS << updates : HOUR_MS;
}

static void
wish_for(struct turn *turn, size_t i)
{
    struct signing_key_row *row = &turn->rows[i];
    struct key_look *look = turn->look;
    bool add = rotation_state(&turn->keys[i]) == KEY_WAITING;
    bool due = row->update_ms <= turn->now_ms || row->update_ms > turn->now_ms + HOUR_MS;
    if (due) {
        row->update_ms = turn->now_ms + next_wait_ms(row->updates++);
        look->wishes = arena_grow(turn->arena, look->wishes, sizeof *look->wishes, look->wish_count,
                                  &look->wish_cap);
        look->wishes[look->wish_count++] = (struct update_message){
            .add = add,
            .name = record_name(turn, i),
            .value = add ? domain_key_record(turn->arena, row) : SLICE(""),
        };
    }
    if (turn->rotation.next_ms > row->update_ms)
        turn->rotation.next_ms = row->update_ms;
}

/* One that keeps this domain, as far as the administrator said which zone it keeps. */
static bool
has_server(const struct turn *turn)
{
    const struct config *config = &turn->core->config;
    return config->update_server.len > 0 &&
           dns_name_lies_in(turn->identity->name, config->update_zone);
}

static void
wish(struct turn *turn)
{
    bool publish = may_publish(turn);
    for (size_t i = 0; has_server(turn) && i < turn->count; i++) {
        if (differs(turn, i, publish))
            wish_for(turn, i);
        else if (turn->keys[i].found != PROOF_UNKNOWN)
            turn->rows[i].updates = turn->rows[i].update_ms = 0;
    }
}

/* ---- what is stored ---- */

/* A key that is gone is destroyed, and forgotten when DNS has forgotten it. */
static enum rc
store_key(struct turn *turn, size_t i, struct err *err)
{
    struct signing_key_row *row = &turn->rows[i];
    const struct rotation_key *key = &turn->keys[i];
    bool gone = rotation_state(key) == KEY_GONE;
    if (gone && (key->found == PROOF_ABSENT || key->found == PROOF_WRONG)) {
        log_key(turn, LOG_LEVEL_INFO, "dkim.key_forgotten", i);
        return signing_keys_delete(turn->database, row->public_base64, err);
    }
    domain_key_store(key, row);
    if (gone)
        row->private_sealed = SLICE("");
    return signing_keys_update(turn->database, row, err);
}

/* The oldest of those that DNS still shows stand at the end. */
static enum rc
forget_surplus(struct turn *turn, struct err *err)
{
    size_t gone = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < turn->count; i++) {
        gone += rotation_state(&turn->keys[i]) == KEY_GONE;
        if (gone > ROTATION_GONE_MAX)
            rc = signing_keys_delete(turn->database, turn->rows[i].public_base64, err);
    }
    return rc;
}

/* The last place among those that wait. */
static int64_t
last_position(const struct turn *turn)
{
    int64_t last = 0;
    for (size_t i = 0; i < turn->count; i++)
        last = turn->keys[i].position > last ? turn->keys[i].position : last;
    return last;
}

static enum rc
note_new_keys(struct turn *turn, struct err *err)
{
    struct identity_row row = *turn->identity;
    row.keys_ms = turn->now_ms > row.keys_ms ? turn->now_ms : row.keys_ms + 1;
    turn->rotation.next_ms = turn->now_ms + SECOND_MS; /* what DNS says of them */
    log_event(LOG_LEVEL_INFO, "dkim.next_key", LOG_TEXT("domain", row.name),
              LOG_CSTR("action", "publish the new record: postern domain records"));
    return identities_update(turn->database, &row, err);
}

/* New keys take the places of those that are gone; while none is made, a minute is waited. */
static enum rc
refill(struct turn *turn, struct err *err)
{
    size_t missing = rotation_missing(turn->keys, turn->count);
    int64_t pooled, minute_ms = turn->now_ms + MINUTE_MS;
    enum rc rc = signing_keys_pooled(turn->database, turn->algorithm, &pooled, err);
    bool used = turn->algorithm == DKIM_RSA_SHA256 || turn->core->constants.second_ed25519;
    if (rc != RC_OK || turn->identity->dkim_external || missing == 0 || !used)
        return rc;
    if (pooled < (int64_t)missing) {
        if (turn->rotation.next_ms > minute_ms)
            turn->rotation.next_ms = minute_ms;
        return RC_OK;
    }
    rc = api_claim_keys(turn->database, turn->arena, (enum dkim_algorithm)turn->algorithm,
                        turn->identity->name, last_position(turn) + 1, (int64_t)missing, err);
    return rc == RC_OK ? note_new_keys(turn, err) : rc;
}

static enum rc
load_rotation(struct turn *turn, struct err *err)
{
    enum rc rc =
        rotations_find(turn->database, turn->identity->name, turn->algorithm, &turn->stored, err);
    if (rc == RC_NOT_FOUND)
        turn->stored =
            (struct rotation_row){.domain = turn->identity->name, .algorithm = turn->algorithm};
    turn->rotation = (struct rotation){turn->stored.wanted_ms, turn->stored.at_once, 0};
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
store_rotation(struct turn *turn, struct err *err)
{
    turn->stored.wanted_ms = turn->rotation.wanted_ms;
    turn->stored.at_once = turn->rotation.at_once;
    turn->stored.next_ms = turn->rotation.next_ms;
    return rotations_put(turn->database, &turn->stored, err);
}

static enum rc
take_turn(struct turn *turn, struct err *err)
{
    enum rc rc = load_rotation(turn, err);
    if (rc != RC_OK)
        return rc;
    look(turn);
    complain_if_late(turn);
    wish(turn);
    for (size_t i = 0; rc == RC_OK && i < turn->count; i++)
        rc = store_key(turn, i, err);
    if (rc == RC_OK)
        rc = forget_surplus(turn, err);
    if (rc == RC_OK)
        rc = refill(turn, err);
    return rc == RC_OK ? store_rotation(turn, err) : rc;
}

enum rc
rotation_apply(struct core *core, struct database *database, struct arena *arena,
               struct key_look *look, struct err *err)
{
    const struct identity_row *identity = look->identity;
    struct signing_key_row *rows;
    size_t total, first = 0;
    enum rc rc = signing_keys_of(database, arena, identity->name, &rows, &total, err);
    for (size_t end; rc == RC_OK && first < total; first = end) {
        for (end = first; end < total && rows[end].algorithm == rows[first].algorithm;)
            end++;
        struct turn turn = {.core = core,
                            .database = database,
                            .arena = arena,
                            .look = look,
                            .identity = identity,
                            .algorithm = rows[first].algorithm,
                            .now_ms = look->now_ms,
                            .rows = rows + first,
                            .count = end - first < KEYS_MAX ? end - first : KEYS_MAX};
        turn.rules = domain_keys_rules(&core->constants, identity, look->dkim, turn.algorithm);
        rc = take_turn(&turn, err);
    }
    return rc;
}
