/* What DNS proved, and for how long it did not. */
#include "proof.h"

#include "base/clock.h"
#include "mail/tagged.h"

enum { ED25519_BASE64_CHARS = 44 }; /* 32 bytes (RFC 8463 §4.2); any RSA key is longer */

static const char *const status_names[] = {"NOT_STARTED", "PENDING", "SUCCESS", "FAILED",
                                           "TEMPORARY_FAILURE"};
_Static_assert(sizeof status_names / sizeof *status_names == IDENTITY_STATUS_COUNT,
               "a name for each status");

const char *
identity_status_name(enum identity_status status)
{
    return (unsigned)status < IDENTITY_STATUS_COUNT ? status_names[status] : "UNKNOWN";
}

bool
identity_status_parse(struct slice name, enum identity_status *out)
{
    for (int i = 0; i < IDENTITY_STATUS_COUNT; i++)
        if (slice_is(name, status_names[i])) {
            *out = (enum identity_status)i;
            return true;
        }
    return false;
}

/* RFC 6376 §3.6.1. An empty p= is a revoked key: it equals no expected one. */
static bool
key_record_fits(struct arena *arena, struct slice record, struct slice expected)
{
    struct tagged tags;
    const char *type = expected.len == ED25519_BASE64_CHARS ? "ed25519" : "rsa";
    if (!tagged_read(record, &tags))
        return false;
    const struct tag *v = tagged_find(&tags, "v");
    if (v && (v != tags.list || !slice_is(v->value, "DKIM1")))
        return false; /* "MUST be the first tag in the record" */
    if (!slice_is(tagged_text(&tags, "k", SLICE("rsa")), type) ||
        !tagged_list_has(tagged_text(&tags, "h", SLICE("sha256")), "sha256"))
        return false;
    struct slice services = tagged_text(&tags, "s", SLICE("*"));
    if (!tagged_list_has(services, "*") && !tagged_list_has(services, "email"))
        return false;
    return expected.len &&
           slice_eq(tagged_unspaced(arena, tagged_text(&tags, "p", SLICE(""))), expected);
}

static bool
any_txt_is(const struct dns_answer *answer, struct slice expected)
{
    for (size_t i = 0; i < answer->count; i++)
        if (slice_eq(answer->records[i].data, expected))
            return true;
    return false;
}

static bool
any_key_fits(struct arena *arena, const struct dns_answer *answer, struct slice expected)
{
    struct slice key = tagged_unspaced(arena, expected);
    for (size_t i = 0; i < answer->count; i++)
        if (key_record_fits(arena, answer->records[i].data, key))
            return true;
    return false;
}

static bool
only_mx_is(const struct dns_answer *answer, struct slice expected)
{
    if (slice_ends(expected, SLICE(".")))
        expected.len--;
    return answer->count == 1 && slice_ieq(answer->records[0].data, expected);
}

/* The first word of a record says what it is. */
static bool
begins_with(struct slice record, struct slice version, char after)
{
    return slice_starts(record, version) &&
           (record.len == version.len || record.ptr[version.len] == after);
}

static bool
holds_term(struct slice record, struct slice term)
{
    struct slice word;
    bool more = true;
    while (more) {
        more = slice_cut(record, ' ', &word, &record);
        if (slice_ieq(more ? word : record, term))
            return true;
    }
    return false;
}

/* More than one SPF record is an error for whoever evaluates it. */
static bool
only_spf_holds(const struct dns_answer *answer, struct slice term)
{
    size_t records = 0, fitting = 0;
    for (size_t i = 0; i < answer->count; i++)
        if (begins_with(answer->records[i].data, SLICE("v=spf1"), ' ')) {
            records++;
            fitting += holds_term(answer->records[i].data, term);
        }
    return records == 1 && fitting == 1;
}

static bool
any_is_dmarc(const struct dns_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        if (begins_with(answer->records[i].data, SLICE("v=DMARC1"), ';'))
            return true;
    return false;
}

static void
show_value(struct buf *out, struct slice value)
{
    for (size_t i = 0; i < value.len && buf_ok(out); i++) {
        char c = value.ptr[i];
        buf_add_char(out, c >= ' ' && c < 0x7f ? c : '?');
    }
}

/* Values for people: several are parted by " | ", what is too long is cut. */
static struct slice
show_answer(struct arena *arena, enum prove_kind kind, const struct dns_answer *answer)
{
    struct buf buf;
    buf_init(&buf, PROOF_SEEN_MAX);
    for (size_t i = 0; i < answer->count && buf_ok(&buf); i++) {
        const struct dns_record *record = &answer->records[i];
        if (i)
            buf_add_cstr(&buf, " | ");
        if (kind == PROVE_MX)
            buf_printf(&buf, "%u ", (unsigned)record->preference);
        show_value(&buf, kind == PROVE_MX && !record->data.len ? SLICE(".") : record->data);
    }
    struct slice seen = arena_dup(arena, buf_slice(&buf));
    buf_fini(&buf);
    return seen;
}

static bool
answer_fits(struct arena *arena, enum prove_kind kind, struct slice expected,
            const struct dns_answer *answer)
{
    switch (kind) {
    case PROVE_TXT: return any_txt_is(answer, expected);
    case PROVE_DKIM: return any_key_fits(arena, answer, expected);
    case PROVE_MX: return only_mx_is(answer, expected);
    case PROVE_SPF: return only_spf_holds(answer, expected);
    case PROVE_DMARC: return any_is_dmarc(answer);
    default: return false;
    }
}

enum proof
proof_judge(struct arena *arena, enum prove_kind kind, struct slice expected,
            const struct dns_answer *answer, bool *through_cname, struct slice *seen)
{
    *through_cname = answer->canonical_name.len > 0;
    *seen = SLICE("");
    switch (answer->status) {
    case DNS_NODATA:
    case DNS_NXDOMAIN: return PROOF_ABSENT;
    case DNS_FOUND: break;
    case DNS_BOGUS: *seen = SLICE("DNSSEC validation failed"); return PROOF_UNKNOWN;
    default: *seen = SLICE("no answer in time, or SERVFAIL"); return PROOF_UNKNOWN;
    }
    if (answer_fits(arena, kind, expected, answer))
        return PROOF_PRESENT;
    *seen = show_answer(arena, kind, answer);
    return PROOF_WRONG;
}

static bool
enter(struct proof_state *state, enum identity_status status)
{
    bool changed = state->status != status;
    state->status = status;
    return changed;
}

static bool
found(struct proof_state *state, int64_t now_ms)
{
    state->absent_ms = state->absent_since_ms = 0;
    state->succeeded_ms = now_ms;
    return enter(state, IDENTITY_SUCCESS);
}

/* Two findings of absence with more than the gap between them, or in the wrong order because the
 * clock was set back, say nothing about the time between. */
static void
count_absence(struct proof_state *state, int64_t now_ms)
{
    int64_t gap = now_ms - state->absent_since_ms;
    if (state->absent_since_ms != 0 && gap > 0 && gap <= PROOF_GAP_HOURS * HOUR_MS)
        state->absent_ms += gap;
    state->absent_since_ms = now_ms;
}

static bool
missed(struct proof_state *state, int64_t now_ms)
{
    if (state->status == IDENTITY_SUCCESS) {
        state->absent_ms = 0;
        state->absent_since_ms = now_ms;
        return enter(state, IDENTITY_TEMPORARY_FAILURE);
    }
    count_absence(state, now_ms);
    return state->absent_ms >= PROOF_WINDOW_HOURS * HOUR_MS && enter(state, IDENTITY_FAILED);
}

bool
proof_apply(struct proof_state *state, enum proof finding, int64_t now_ms)
{
    state->checked_ms = now_ms;
    if (state->status == IDENTITY_NOT_STARTED || state->status == IDENTITY_FAILED)
        return false;
    switch (finding) {
    case PROOF_PRESENT: return found(state, now_ms);
    case PROOF_ABSENT:
    case PROOF_WRONG: return missed(state, now_ms);
    default: state->absent_since_ms = 0; return false;
    }
}

int64_t
proof_next_ms(const struct proof_state *state, int64_t created_ms, int64_t now_ms)
{
    switch (state->status) {
    case IDENTITY_PENDING: return now_ms + (now_ms - created_ms < HOUR_MS ? MINUTE_MS : HOUR_MS);
    case IDENTITY_TEMPORARY_FAILURE: return now_ms + HOUR_MS;
    case IDENTITY_SUCCESS:
        if (state->checked_ms != state->succeeded_ms)
            return now_ms + HOUR_MS;
        /* Between 20 and 24 hours, so that domains registered together spread out. */
        return now_ms + 20 * HOUR_MS + (created_ms & INT64_MAX) % (4 * HOUR_MS);
    default: return INT64_MAX;
    }
}
