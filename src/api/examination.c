#include "examination.h"

#include "base/clock.h"
#include "domain_keys.h"
#include "identity/dmarc.h"
#include "identity/spf.h"
#include "mail/address.h"
#include "mail/dsn.h"
#include "mail/traces.h"
#include "net/certificate_names.h"
#include "sign/signing_key.h"
#include "sign/verify.h"

#include <arpa/inet.h>

enum { SOURCES_MAX = 16, NAMES_MAX = 4, WORDS_MAX = 2000 /* strangers' records are in them */ };

static const char *const verdict_names[] = {"note", "green", "amber", "red"};
_Static_assert(sizeof verdict_names / sizeof *verdict_names == VERDICT_COUNT, "a name for each");

const char *
verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

/* An address that mail leaves from. */
struct source {
    struct slice bytes, text;
    bool named; /* the host name leads to it */
};

struct examiner {
    struct arena *arena;
    struct answers *answers;
    const struct examined *examined;
    struct findings *findings;
    bool waiting;
    struct header header; /* of the message; empty when there is none */
    struct slice from_domain;
    struct slice names[NAMES_MAX]; /* of the provider, which must not show */
    size_t name_count;
    struct source sources[SOURCES_MAX];
    size_t source_count;
    struct dmarc_found dmarc;
    bool dkim_aligned, spf_aligned;
    struct slice signed_by; /* d= of a signature that holds */
};

/* ---- saying ---- */

static struct finding *
say(struct examiner *examiner, enum verdict verdict, const char *subject, struct slice words)
{
    struct findings *findings = examiner->findings;
    findings->list = arena_grow(examiner->arena, findings->list, sizeof *findings->list,
                                findings->count, &findings->cap);
    struct finding *finding = &findings->list[findings->count++];
    *finding = (struct finding){
        .verdict = verdict, .subject = subject, .words = slice_head(words, WORDS_MAX)};
    return finding;
}

#define WORDS(...) arena_printf(examiner->arena, __VA_ARGS__)

static void
publish(struct finding *finding, struct slice name, const char *type, struct slice value)
{
    finding->name = name;
    finding->type = type;
    finding->value = value;
}

static const struct dns_answer *
ask(struct examiner *examiner, enum dns_type type, struct slice name)
{
    const struct dns_answer *answer = answers_get(examiner->answers, type, name);
    examiner->waiting = examiner->waiting || !answer;
    return answer;
}

static bool
is_silent(const struct dns_answer *answer)
{
    return answer->status == DNS_TEMPORARY || answer->status == DNS_BOGUS;
}

static bool
is_within(struct slice name, struct slice domain)
{
    return slice_ieq(name, domain) || (name.len > domain.len && slice_iends(name, domain) &&
                                       name.ptr[name.len - domain.len - 1] == '.');
}

static bool
is_named(const struct examiner *examiner, struct slice name)
{
    for (size_t i = 0; i < examiner->name_count; i++)
        if (slice_ieq(examiner->names[i], name))
            return true;
    return false;
}

/* What is below the domain names the domain, and hides nothing by leaving it out. */
static void
name_provider(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    const struct slice names[] = {examined->hostname, examined->provider_domain,
                                  SLICE("amazonses.com"), SLICE("postern")};
    for (size_t i = 0; i < NAMES_MAX; i++)
        if (!is_within(examined->domain, names[i]) && !is_within(names[i], examined->domain) &&
            slice_find(examined->domain, names[i]) == SLICE_NONE && !is_named(examiner, names[i]))
            examiner->names[examiner->name_count++] = arena_lower(examiner->arena, names[i]);
}

static bool
is_providers(const struct examiner *examiner, struct slice name)
{
    for (size_t i = 0; i < examiner->name_count; i++)
        if (is_within(name, examiner->names[i]))
            return true;
    return false;
}

/* ---- who, and whether they may ---- */

static void
examine_identity(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    if (examined->vouched)
        say(examiner, VERDICT_NOTE, "identity",
            SLICE("verified by the administrator's word, not by DNS"));
    else if (examined->verification == IDENTITY_SUCCESS)
        say(examiner, VERDICT_GREEN, "identity", SLICE("verified by its records"));
    else if (examined->verification == IDENTITY_TEMPORARY_FAILURE)
        say(examiner, VERDICT_AMBER, "identity",
            WORDS("its records are not seen any more: after %d hours it may not send",
                  PROOF_WINDOW_HOURS))
            ->run = WORDS("postern domain records %.*s", SLICE_ARG(examined->domain));
    else
        say(examiner, VERDICT_RED, "identity",
            WORDS("not verified: %s", identity_status_name(examined->verification)))
            ->run = WORDS("postern domain records %.*s", SLICE_ARG(examined->domain));
}

static void
examine_gate(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    if (examined->refusal.len == 0)
        say(examiner, VERDICT_GREEN, "gate",
            WORDS("%.*s may send as %.*s: message %.*s", SLICE_ARG(examined->user),
                  SLICE_ARG(examined->from), SLICE_ARG(examined->message_id)));
    else
        say(examiner, VERDICT_RED, "gate", examined->refusal)->run =
            examined->user.len
                ? WORDS("postern explain --as %.*s --from %.*s", SLICE_ARG(examined->user),
                        SLICE_ARG(examined->from))
                : WORDS("postern grant postmaster@%.*s", SLICE_ARG(examined->domain));
}

/* Not of this message, which reaches nobody, but of all that the user sends. */
static void
examine_brake(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    if (examined->braked.len)
        say(examiner, VERDICT_AMBER, "brake",
            WORDS("what %.*s sends is held: %.*s", SLICE_ARG(examined->user),
                  SLICE_ARG(examined->braked)))
            ->run = WORDS("postern brake show %.*s", SLICE_ARG(examined->user));
}

static void
examine_route(struct examiner *examiner)
{
    if (examiner->examined->route == ROUTE_CAPTURE)
        say(examiner, VERDICT_AMBER, "route",
            SLICE("mail is kept here and not delivered: under [route *], via = mx"));
}

/* ---- DKIM ---- */

static void
publish_key(struct examiner *examiner, struct finding *finding, const struct signing_key_row *key)
{
    publish(finding, domain_key_name(examiner->arena, key), "TXT",
            domain_key_record(examiner->arena, key));
}

static const struct signing_key_row *
find_key(const struct signing_key_row *keys, size_t count, struct slice domain,
         struct slice selector)
{
    for (size_t i = 0; i < count; i++)
        if (slice_ieq(keys[i].domain, domain) && slice_ieq(keys[i].selector, selector))
            return &keys[i];
    return NULL;
}

static const struct signing_key_row *
key_of(const struct examined *examined, const struct dkim_verdict *signature)
{
    const struct signing_key_row *key =
        find_key(examined->keys, examined->key_count, signature->domain, signature->selector);
    return key ? key
               : find_key(examined->provider_keys, examined->provider_key_count, signature->domain,
                          signature->selector);
}

static void
examine_failure(struct examiner *examiner, const struct dkim_verdict *signature)
{
    const struct signing_key_row *key = key_of(examiner->examined, signature);
    bool extra = slice_iis(signature->algorithm, "ed25519-sha256");
    struct finding *finding =
        say(examiner, extra || signature->result == DKIM_TEMPERROR ? VERDICT_AMBER : VERDICT_RED,
            "DKIM",
            WORDS("the %.*s signature of %.*s does not hold (%s): %.*s",
                  SLICE_ARG(signature->algorithm), SLICE_ARG(signature->domain),
                  dkim_result_name(signature->result), SLICE_ARG(signature->why)));
    if (key && signature->result != DKIM_TEMPERROR)
        publish_key(examiner, finding, key);
}

static bool
rotates(const struct examined *examined, const struct signing_key_row *key)
{
    return examined->rotate_after_ms > 0 && slice_ieq(key->domain, examined->domain);
}

/* What changes keys: a verb, or for a key that was brought another like it. */
static struct slice
rotation_verb(struct examiner *examiner, const struct signing_key_row *key)
{
    const struct examined *examined = examiner->examined;
    bool own = slice_ieq(key->domain, examined->domain) && !examined->dkim_external;
    return own ? WORDS("postern dkim rotate %.*s", SLICE_ARG(key->domain)) : SLICE("");
}

static void
examine_length(struct examiner *examiner, const struct signing_key_row *key)
{
    say(examiner, VERDICT_AMBER, "key",
        WORDS("%.*s has %lld bits, and some receivers count on %d: set dkim.key_bits, and change "
              "keys until the short ones are gone",
              SLICE_ARG(domain_key_name(examiner->arena, key)), (long long)key->bits,
              KEY_BITS_WANTED))
        ->run = rotation_verb(examiner, key);
}

/* The age of the key that signs. What rotates is due by itself, and has some time for it. */
static void
examine_age(struct examiner *examiner, const struct signing_key_row *key, struct slice kind)
{
    const struct examined *examined = examiner->examined;
    struct slice name = domain_key_name(examiner->arena, key);
    int64_t since_ms = key->signing_ms ? key->signing_ms : key->created_ms;
    int64_t age_ms = examined->now_ms - since_ms;
    int64_t due_ms = rotates(examined, key) ? examined->rotate_after_ms : KEY_DAYS_MAX * DAY_MS;
    long long days = age_ms / DAY_MS, left = (due_ms - age_ms) / DAY_MS;
    if (!rotates(examined, key) && age_ms > due_ms)
        say(examiner, VERDICT_AMBER, "key",
            WORDS("%.*s has signed for %lld days: it is due to be changed", SLICE_ARG(name), days))
            ->run = rotation_verb(examiner, key);
    else if (age_ms > due_ms + ROTATION_LOOK_MS + ROTATION_LATE_MS)
        say(examiner, VERDICT_AMBER, "key",
            WORDS("%.*s has signed for %lld days and was due after %lld (dkim.rotate_after): no "
                  "other is in DNS",
                  SLICE_ARG(name), days, (long long)(due_ms / DAY_MS)))
            ->run = WORDS("postern dkim show %.*s", SLICE_ARG(key->domain));
    else
        say(examiner, VERDICT_GREEN, "key",
            WORDS("%.*s: %.*s, signs for %lld days, another is due in %lld", SLICE_ARG(name),
                  SLICE_ARG(kind), days, left > 0 ? left : 0));
}

static void
examine_key(struct examiner *examiner, const struct signing_key_row *key)
{
    bool rsa = key->algorithm == DKIM_RSA_SHA256;
    struct slice kind = rsa ? WORDS("%lld bits", (long long)key->bits) : SLICE("ed25519");
    if (rsa && key->bits < KEY_BITS_WANTED)
        examine_length(examiner, key);
    else if (domain_key_state(key) == KEY_SIGNING)
        examine_age(examiner, key, kind);
    else
        say(examiner, VERDICT_GREEN, "key",
            WORDS("%.*s: %.*s, waits for its turn",
                  SLICE_ARG(domain_key_name(examiner->arena, key)), SLICE_ARG(kind)));
}

static void
examine_key_use(struct examiner *examiner, const struct dkim_verdict *signature,
                const struct signing_key_row *key)
{
    if (signature->testing)
        publish_key(examiner,
                    say(examiner, VERDICT_AMBER, "key",
                        WORDS("%.*s says t=y, testing: receivers may treat the signature as none",
                              SLICE_ARG(signature->key_name))),
                    key);
    examine_key(examiner, key);
}

static void
examine_signature(struct examiner *examiner, const struct dkim_verdict *signature)
{
    const struct examined *examined = examiner->examined;
    if (signature->result != DKIM_PASS) {
        examine_failure(examiner, signature);
        return;
    }
    bool aligned = dmarc_aligned(examiner->arena, signature->domain, examiner->from_domain,
                                 examiner->dmarc.record.strict_dkim);
    bool own = is_within(examiner->from_domain, signature->domain);
    examiner->dkim_aligned = examiner->dkim_aligned || aligned;
    examiner->signed_by = signature->domain;
    struct finding *finding =
        say(examiner, own ? VERDICT_GREEN : VERDICT_RED, "DKIM",
            WORDS("the %.*s signature of %.*s holds%s", SLICE_ARG(signature->algorithm),
                  SLICE_ARG(signature->domain),
                  own ? "" : ", and is not that of the domain: receivers say \"via\""));
    if (!own && examined->dkim_enabled)
        finding->run = WORDS("postern domain check %.*s", SLICE_ARG(examined->domain));
    const struct signing_key_row *key = key_of(examined, signature);
    if (key)
        examine_key_use(examiner, signature, key);
}

static const char *
role_of(enum key_state state)
{
    return state == KEY_SIGNING    ? ""
           : state == KEY_RETIRING ? ", which signed mail that may still be verified,"
                                   : ", which waits for its turn,";
}

/* What did not sign this message: the others must be there when their turn comes, and as long as
 * what they signed is on its way. */
static void
examine_other(struct examiner *examiner, const struct signing_key_row *key, enum proof found,
              struct slice seen)
{
    enum key_state state = domain_key_state(key);
    struct slice name = domain_key_name(examiner->arena, key);
    const char *role = role_of(state);
    /* Without its key the second signature is left out, and the first stands alone. */
    bool needed = state == KEY_SIGNING && key->algorithm == DKIM_RSA_SHA256;
    if (found == PROOF_PRESENT)
        return;
    struct finding *finding =
        say(examiner, needed && found != PROOF_UNKNOWN ? VERDICT_RED : VERDICT_AMBER, "DKIM",
            found == PROOF_ABSENT ? WORDS("%.*s%s is not published", SLICE_ARG(name), role)
            : found == PROOF_WRONG
                ? WORDS("%.*s%s is wrong: %.*s", SLICE_ARG(name), role, SLICE_ARG(seen))
                : WORDS("DNS does not answer for %.*s", SLICE_ARG(name)));
    if (found != PROOF_UNKNOWN)
        publish_key(examiner, finding, key);
}

/* And of all of them, whether a CNAME shows where they come from. */
static void
examine_key_record(struct examiner *examiner, const struct signing_key_row *key, bool used)
{
    bool through_cname;
    struct slice seen, name = domain_key_name(examiner->arena, key);
    const struct dns_answer *answer = ask(examiner, DNS_TXT, name);
    if (!answer)
        return;
    enum proof found =
        proof_judge(examiner->arena, PROVE_DKIM, key->public_base64, answer, &through_cname, &seen);
    if (through_cname && is_providers(examiner, answer->canonical_name))
        publish_key(examiner,
                    say(examiner, VERDICT_AMBER, "trace",
                        WORDS("%.*s is a CNAME to %.*s, which shows the provider to whoever "
                              "looks: publish the record itself",
                              SLICE_ARG(name), SLICE_ARG(answer->canonical_name))),
                    key);
    if (!used)
        examine_other(examiner, key, found, seen);
}

static bool
was_used(const struct signing_key_row *key, const struct dkim_verdict *signatures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_ieq(signatures[i].domain, key->domain) &&
            slice_ieq(signatures[i].selector, key->selector))
            return true;
    return false;
}

static void
examine_switch(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    if (!examined->dkim_enabled)
        say(examiner, VERDICT_RED, "DKIM",
            WORDS("it is off for the domain: %.*s signs instead, and shows",
                  SLICE_ARG(examined->provider_domain)))
            ->run = WORDS("postern dkim on %.*s", SLICE_ARG(examined->domain));
}

static void
examine_dkim(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    struct dkim_verdict *signatures = NULL;
    size_t count = 0;
    if (dkim_verify(examiner->arena, examiner->answers, &examiner->header, examined->body,
                    examined->now_ms, &signatures, &count) != RC_OK)
        examiner->waiting = true;
    examine_switch(examiner);
    for (size_t i = 0; i < count; i++)
        examine_signature(examiner, &signatures[i]);
    if (examiner->header.count > 0 && count == 0)
        say(examiner, VERDICT_RED, "DKIM", SLICE("the message is not signed"));
    for (size_t i = 0; i < examined->key_count; i++) {
        const struct signing_key_row *key = &examined->keys[i];
        enum key_state state = domain_key_state(key);
        bool used = was_used(key, signatures, count);
        if (state != KEY_GONE)
            examine_key_record(examiner, key, used);
        if (!used && state != KEY_GONE && state != KEY_RETIRING)
            examine_key(examiner, key);
    }
}

/* ---- where mail comes from ---- */

static void
add_source(struct examiner *examiner, struct slice bytes, bool named)
{
    char text[INET6_ADDRSTRLEN];
    if (examiner->source_count == SOURCES_MAX ||
        !inet_ntop(bytes.len == 4 ? AF_INET : AF_INET6, bytes.ptr, text, sizeof text))
        return;
    examiner->sources[examiner->source_count++] = (struct source){
        .bytes = bytes, .text = arena_dup(examiner->arena, slice_of(text)), .named = named};
}

static bool
leads_to(const struct dns_answer *answer, struct slice bytes)
{
    for (size_t i = 0; answer && i < answer->count; i++)
        if (slice_eq(answer->records[i].data, bytes))
            return true;
    return false;
}

/* The address that was given, or those that the host name leads to. */
static void
find_sources(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    uint8_t bytes[16];
    bool six = slice_chr(examined->outgoing, ':') != SLICE_NONE;
    const struct dns_answer *v4 = ask(examiner, DNS_A, examined->hostname);
    const struct dns_answer *v6 = ask(examiner, DNS_AAAA, examined->hostname);
    if (examined->outgoing.len &&
        inet_pton(six ? AF_INET6 : AF_INET, arena_dup(examiner->arena, examined->outgoing).ptr,
                  bytes) == 1) {
        struct slice given =
            arena_dup(examiner->arena, (struct slice){(const char *)bytes, six ? 16 : 4});
        add_source(examiner, given, leads_to(six ? v6 : v4, given));
        return;
    }
    for (size_t i = 0; v4 && i < v4->count; i++)
        add_source(examiner, v4->records[i].data, true);
    for (size_t i = 0; v6 && i < v6->count; i++)
        add_source(examiner, v6->records[i].data, true);
    if (v4 && v6 && examiner->source_count == 0 && examined->route == ROUTE_MX)
        say(examiner, VERDICT_AMBER, "SPF",
            is_silent(v4) || is_silent(v6)
                ? WORDS("DNS does not answer for %.*s", SLICE_ARG(examined->hostname))
                : WORDS("%.*s has no address in DNS, so that the one mail leaves from is not "
                        "known: publish it, or give it with --from-ip",
                        SLICE_ARG(examined->hostname)));
}

/* Of an address that mail goes out from directly. */
static bool
leaves_from_sources(const struct examiner *examiner)
{
    return examiner->examined->route == ROUTE_MX || examiner->examined->outgoing.len > 0;
}

static bool
names(const struct dns_answer *answer, struct slice host)
{
    for (size_t i = 0; i < answer->count; i++)
        if (slice_ieq(answer->records[i].data, host))
            return true;
    return false;
}

static void
examine_reverse(struct examiner *examiner, const struct source *source)
{
    struct slice hostname = examiner->examined->hostname;
    struct slice name = dns_reverse_name(examiner->arena, source->bytes);
    const struct dns_answer *answer = ask(examiner, DNS_PTR, name);
    if (!answer)
        return;
    if (is_silent(answer))
        say(examiner, VERDICT_AMBER, "PTR", WORDS("DNS does not answer for %.*s", SLICE_ARG(name)));
    else if (answer->count == 0)
        publish(say(examiner, VERDICT_AMBER, "PTR",
                    WORDS("%.*s has none, and many receivers refuse such hosts: ask your network "
                          "for it",
                          SLICE_ARG(source->text))),
                name, "PTR", hostname);
    else if (!names(answer, hostname) || !source->named)
        publish(say(examiner, VERDICT_AMBER, "PTR",
                    WORDS("%.*s leads to %.*s, and EHLO says %.*s: each should lead to the other",
                          SLICE_ARG(source->text), SLICE_ARG(answer->records[0].data),
                          SLICE_ARG(hostname))),
                name, "PTR", hostname);
    else
        say(examiner, VERDICT_GREEN, "PTR",
            WORDS("%.*s leads to %.*s and back", SLICE_ARG(source->text), SLICE_ARG(hostname)));
}

/* ---- SPF ---- */

/* What lets the address send. A name is left out where it would show the provider. */
static struct slice
term_for(struct examiner *examiner, const struct source *source)
{
    struct slice hostname = examiner->examined->hostname;
    if (source->named && !is_providers(examiner, hostname))
        return WORDS("a:%.*s", SLICE_ARG(hostname));
    return WORDS("%s:%.*s", source->bytes.len == 4 ? "ip4" : "ip6", SLICE_ARG(source->text));
}

/* The record with that term in front, since what comes first decides and costs no more lookups, and
 * without what cannot be read. */
static struct slice
with_term(struct examiner *examiner, struct slice record, const struct source *source)
{
    struct slice term = term_for(examiner, source), rest, word;
    struct buf made;
    if (!spf_is_record(record))
        return WORDS("v=spf1 %.*s ~all", SLICE_ARG(term));
    rest = slice_from(record, 6);
    buf_init(&made, record.len + term.len + 16);
    buf_printf(&made, "v=spf1 %.*s", SLICE_ARG(term));
    for (bool more = true; more;) {
        more = slice_cut(rest, ' ', &word, &rest);
        word = more ? word : rest;
        if (spf_is_term(word))
            buf_printf(&made, " %.*s", SLICE_ARG(word));
    }
    struct slice text = arena_dup(examiner->arena, buf_slice(&made));
    buf_fini(&made);
    return text;
}

static enum verdict
verdict_of(enum spf_result result)
{
    switch (result) {
    case SPF_PASS: return VERDICT_GREEN;
    case SPF_FAIL:
    case SPF_PERMERROR: return VERDICT_RED;
    default: return VERDICT_AMBER;
    }
}

static bool
examine_spf_from(struct examiner *examiner, struct slice domain, struct slice sender,
                 const struct source *source)
{
    struct spf_verdict spf;
    struct spf_request request = {.ip = source->bytes,
                                  .domain = domain,
                                  .sender = sender,
                                  .helo = examiner->examined->hostname};
    if (spf_check(examiner->arena, examiner->answers, &request, &spf) != RC_OK) {
        examiner->waiting = true;
        return false;
    }
    struct slice why = spf.why.len ? WORDS(": %.*s", SLICE_ARG(spf.why)) : SLICE("");
    struct finding *finding =
        say(examiner, verdict_of(spf.result), "SPF",
            WORDS("%.*s from %.*s: %s%.*s", SLICE_ARG(domain), SLICE_ARG(source->text),
                  spf.result == SPF_NONE ? "there is no record" : spf_result_name(spf.result),
                  SLICE_ARG(why)));
    if (spf.result != SPF_PASS && spf.result != SPF_TEMPERROR)
        publish(finding, domain, "TXT", with_term(examiner, spf.record, source));
    return spf.result == SPF_PASS;
}

/* From every address that mail may leave from: one that fails is enough to fail sometimes. */
static bool
examine_spf_of(struct examiner *examiner, struct slice domain, struct slice sender)
{
    bool passes = examiner->source_count > 0;
    for (size_t i = 0; i < examiner->source_count; i++)
        passes = examine_spf_from(examiner, domain, sender, &examiner->sources[i]) && passes;
    return passes;
}

static struct slice
domain_of(struct slice path)
{
    size_t at = slice_rchr(path, '@');
    return at == SLICE_NONE ? SLICE("") : slice_from(path, at + 1);
}

/* Where mail leaves from is not known; a record there must be all the same. */
static void
examine_spf_presence(struct examiner *examiner, struct slice domain)
{
    const struct examined *examined = examiner->examined;
    const struct dns_answer *answer = ask(examiner, DNS_TXT, domain);
    for (size_t i = 0; answer && i < answer->count; i++)
        if (spf_is_record(answer->records[i].data))
            return;
    if (!answer || is_silent(answer))
        return;
    struct finding *finding =
        say(examiner, VERDICT_AMBER, "SPF", WORDS("%.*s has no record", SLICE_ARG(domain)));
    if (examined->route == ROUTE_MX)
        publish(finding, domain, "TXT", WORDS("v=spf1 a:%.*s ~all", SLICE_ARG(examined->hostname)));
}

static void
examine_spf(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    struct slice path = examined->wire_path, domain = domain_of(path);
    if (domain.len == 0) {
        domain = examined->mail_from_domain.len ? examined->mail_from_domain : examined->domain;
        path = SLICE("");
    }
    if (!leaves_from_sources(examiner) && examined->route == ROUTE_SMARTHOST)
        say(examiner, VERDICT_AMBER, "SPF",
            WORDS("%.*s delivers: whether SPF lets it send cannot be seen from here; give the "
                  "address it delivers from with --from-ip",
                  SLICE_ARG(examined->smarthost)));
    if (!leaves_from_sources(examiner) || examiner->source_count == 0) {
        examine_spf_presence(examiner, domain);
        return;
    }
    bool passes = examine_spf_of(examiner, domain, path);
    examiner->spf_aligned = passes && dmarc_aligned(examiner->arena, domain, examiner->from_domain,
                                                    examiner->dmarc.record.strict_spf);
}

/* ---- MAIL FROM ---- */

static void
examine_mail_from(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    struct slice name = examined->mail_from_domain, seen;
    bool through_cname;
    if (name.len == 0) {
        say(examiner, VERDICT_NOTE, "MAIL FROM",
            SLICE("none is set: bounces go to the address that sent"))
            ->run = WORDS("postern domain mail-from %.*s --name bounce.%.*s",
                          SLICE_ARG(examined->domain), SLICE_ARG(examined->domain));
        return;
    }
    const struct dns_answer *answer = ask(examiner, DNS_MX, name);
    if (!answer)
        return;
    enum proof found =
        proof_judge(examiner->arena, PROVE_MX, examined->hostname, answer, &through_cname, &seen);
    if (found == PROOF_PRESENT) {
        say(examiner, VERDICT_GREEN, "MAIL FROM",
            WORDS("bounces for %.*s come to %.*s", SLICE_ARG(name), SLICE_ARG(examined->hostname)));
    } else if (found == PROOF_UNKNOWN) {
        say(examiner, VERDICT_AMBER, "MAIL FROM",
            WORDS("DNS does not answer for %.*s", SLICE_ARG(name)));
    } else {
        publish(say(examiner, VERDICT_AMBER, "MAIL FROM",
                    WORDS("%.*s has %s: it is not used", SLICE_ARG(name),
                          found == PROOF_ABSENT ? "no MX record" : "another MX record")),
                name, "MX", WORDS("10 %.*s", SLICE_ARG(examined->hostname)));
        if (leaves_from_sources(examiner) && !slice_ieq(domain_of(examined->wire_path), name))
            (void)examine_spf_of(examiner, name, SLICE(""));
    }
}

/* ---- whether there is anybody to answer ---- */

static bool
has_address(struct examiner *examiner, struct slice domain, bool *known)
{
    const struct dns_answer *v4 = ask(examiner, DNS_A, domain);
    const struct dns_answer *v6 = ask(examiner, DNS_AAAA, domain);
    *known = v4 && v6 && !is_silent(v4) && !is_silent(v6);
    return (v4 && v4->count) || (v6 && v6->count);
}

/* RFC 5321 §5.1: without MX, the address of the name itself; RFC 7505: the root takes no mail.
 * Receivers refuse a reverse-path that no bounce could go to. */
static void
examine_replies(struct examiner *examiner, struct slice domain, enum verdict lacking)
{
    const struct dns_answer *answer = ask(examiner, DNS_MX, domain);
    bool known;
    if (!answer)
        return;
    if (answer->count == 1 && answer->records[0].data.len == 0)
        say(examiner, lacking, "MX",
            WORDS("%.*s says that it takes no mail (null MX): receivers refuse mail from it; "
                  "publish the name of the host that takes its mail",
                  SLICE_ARG(domain)));
    else if (answer->count > 0)
        say(examiner, VERDICT_GREEN, "MX",
            WORDS("%.*s takes mail at %.*s", SLICE_ARG(domain),
                  SLICE_ARG(answer->records[0].data)));
    else if (has_address(examiner, domain, &known))
        say(examiner, VERDICT_NOTE, "MX",
            WORDS("%.*s has no MX record, and its own address is taken", SLICE_ARG(domain)));
    else if (is_silent(answer) || !known)
        say(examiner, VERDICT_AMBER, "MX",
            WORDS("DNS does not answer for %.*s", SLICE_ARG(domain)));
    else
        say(examiner, lacking, "MX",
            WORDS("%.*s has neither MX nor address: receivers refuse mail that they could not "
                  "answer; publish the name of the host that takes its mail",
                  SLICE_ARG(domain)));
}

/* The MAIL FROM domain is looked at above. */
static void
examine_mail_hosts(struct examiner *examiner)
{
    struct slice path = domain_of(examiner->examined->wire_path), from = examiner->from_domain;
    if (path.len && !slice_ieq(path, from) &&
        !slice_ieq(path, examiner->examined->mail_from_domain))
        examine_replies(examiner, path, VERDICT_RED);
    examine_replies(examiner, from,
                    path.len == 0 || slice_ieq(path, from) ? VERDICT_RED : VERDICT_AMBER);
}

/* ---- DMARC ---- */

/* The record with strict alignment taken out. */
static struct slice
relaxed_record(struct examiner *examiner, const char *tag)
{
    struct slice text = examiner->dmarc.text, out = SLICE("");
    for (bool more = true; more;) {
        struct slice spec, name, value;
        more = slice_cut(text, ';', &spec, &text);
        spec = slice_trim(more ? spec : text);
        bool strict = slice_cut(spec, '=', &name, &value) && slice_is(slice_trim(name), tag);
        if (spec.len && !strict)
            out = WORDS("%.*s%s%.*s", SLICE_ARG(out), out.len ? "; " : "", SLICE_ARG(spec));
    }
    return out;
}

static void
examine_strictness(struct examiner *examiner)
{
    const struct dmarc_found *dmarc = &examiner->dmarc;
    struct slice path_domain = domain_of(examiner->examined->wire_path);
    bool spf = dmarc->record.strict_spf && path_domain.len &&
               !slice_ieq(path_domain, examiner->from_domain);
    bool dkim = dmarc->record.strict_dkim && examiner->signed_by.len && !examiner->dkim_aligned;
    if (spf)
        publish(say(examiner, VERDICT_AMBER, "DMARC",
                    WORDS("aspf=s wants the reverse-path below %.*s itself, and it is %.*s: SPF "
                          "does not count",
                          SLICE_ARG(examiner->from_domain), SLICE_ARG(path_domain))),
                dmarc->name, "TXT", relaxed_record(examiner, "aspf"));
    if (dkim)
        publish(say(examiner, VERDICT_RED, "DMARC",
                    WORDS("adkim=s wants a signature of %.*s itself, and it is of %.*s: DKIM does "
                          "not count",
                          SLICE_ARG(examiner->from_domain), SLICE_ARG(examiner->signed_by))),
                dmarc->name, "TXT", relaxed_record(examiner, "adkim"));
}

static void
examine_outcome(struct examiner *examiner)
{
    const struct dmarc_record *record = &examiner->dmarc.record;
    const char *policy = dmarc_policy_name(record->policy);
    bool dkim = examiner->dkim_aligned, spf = examiner->spf_aligned;
    examine_strictness(examiner);
    if (dkim || spf)
        say(examiner, VERDICT_GREEN, "DMARC",
            WORDS("passes by %s (p=%s)",
                  dkim && spf ? "DKIM and SPF"
                  : dkim      ? "DKIM"
                              : "SPF",
                  policy));
    else
        say(examiner, VERDICT_RED, "DMARC",
            WORDS("fails, since neither DKIM nor SPF stands for %.*s: receivers are asked to %s",
                  SLICE_ARG(examiner->from_domain),
                  record->policy == DMARC_REJECT       ? "refuse the mail"
                  : record->policy == DMARC_QUARANTINE ? "put the mail among junk"
                                                       : "do nothing (p=none)"));
    if (record->policy == DMARC_NONE || record->percent < 100)
        say(examiner, VERDICT_NOTE, "DMARC",
            WORDS("p=%s, pct=%u: mail of others under your name is not kept out", policy,
                  record->percent));
}

static void
examine_dmarc(struct examiner *examiner)
{
    const struct dmarc_found *dmarc = &examiner->dmarc;
    struct slice wanted = SLICE("v=DMARC1; p=quarantine");
    switch (dmarc->state) {
    case DMARC_UNKNOWN:
        say(examiner, VERDICT_AMBER, "DMARC",
            WORDS("DNS does not answer for %.*s", SLICE_ARG(dmarc->name)));
        break;
    case DMARC_ABSENT:
        publish(say(examiner, VERDICT_AMBER, "DMARC",
                    SLICE("there is no record: others can use the name, and large receivers want "
                          "one")),
                WORDS("_dmarc.%.*s", SLICE_ARG(examiner->from_domain)), "TXT", wanted);
        break;
    case DMARC_UNUSABLE:
        publish(say(examiner, VERDICT_RED, "DMARC",
                    WORDS("the record at %.*s is left aside by receivers: %.*s",
                          SLICE_ARG(dmarc->name), SLICE_ARG(dmarc->why))),
                dmarc->name, "TXT", wanted);
        break;
    case DMARC_PRESENT:
        if (examiner->header.count > 0)
            examine_outcome(examiner);
    }
}

/* ---- traces of the provider ---- */

static void
examine_traces(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    struct trace *traces;
    size_t count;
    traces_find(examiner->arena, examiner->names, examiner->name_count, examined->wire_path,
                &examiner->header, examined->body, &traces, &count);
    for (size_t i = 0; i < count; i++) {
        struct finding *finding =
            say(examiner, VERDICT_RED, "trace",
                WORDS("%.*s: %.*s", SLICE_ARG(traces[i].place), SLICE_ARG(traces[i].text)));
        if (!examined->dkim_enabled)
            finding->run = WORDS("postern dkim on %.*s", SLICE_ARG(examined->domain));
    }
    if (count == 0)
        say(examiner, VERDICT_GREEN, "trace",
            SLICE("nothing in the message tells of the provider"));
}

static void
show(struct examiner *examiner, const char *place, struct slice text)
{
    say(examiner, VERDICT_NOTE, "shows", WORDS("%s: %.*s", place, SLICE_ARG(text)));
}

static void
show_field(struct examiner *examiner, const char *name)
{
    const struct field *field = header_find(&examiner->header, name);
    show(examiner, name,
         field ? slice_head(header_unfold(examiner->arena, field->value), TRACE_TEXT_MAX)
               : SLICE("none"));
}

/* What stands in the places where carriers are told apart by. */
static void
show_places(struct examiner *examiner)
{
    static const char *const fields[] = {"Received", "Message-ID", "Feedback-ID", "Content-Type"};
    show(examiner, "reverse-path", examiner->examined->wire_path);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        show_field(examiner, fields[i]);
    for (size_t i = 0; i < examiner->header.count; i++)
        if (slice_istarts(examiner->header.fields[i].name, SLICE("X-")))
            show(examiner, "X- field", examiner->header.fields[i].name);
}

/* What a bounce of ours tells, which goes to who sent and often on from there. */
static void
show_report(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    struct dsn_recipient recipient = {.address = examined->from, .status = SLICE("5.1.1")};
    struct dsn dsn = {.hostname = examined->hostname,
                      .to = examined->from,
                      .message_id = WORDS("x@%.*s", SLICE_ARG(examined->hostname)),
                      .original_id = examined->message_id,
                      .original_header = examined->header,
                      .arrived_ms = examined->now_ms,
                      .now_ms = examined->now_ms,
                      .recipients = &recipient,
                      .count = 1};
    struct slice report = arena_lower(examiner->arena, dsn_build(examiner->arena, &dsn));
    for (size_t i = 0; i < examiner->name_count; i++)
        if (slice_find(report, examiner->names[i]) != SLICE_NONE)
            show(examiner, "reports of failed delivery, to who sent", examiner->names[i]);
}

/* What no message can hide. */
static void
show_open(struct examiner *examiner)
{
    const struct examined *examined = examiner->examined;
    struct slice certificate = certificate_names(examiner->arena, examined->certificate);
    show(examiner, "EHLO", examined->hostname);
    show(examiner, "greeting of the port that takes bounces", examined->hostname);
    if (certificate.len)
        show(examiner, "certificate, to whoever connects", certificate);
    show(examiner, "links to unsubscribe and to verify an address", examined->public_url);
    for (size_t i = 0; i < examiner->source_count; i++)
        show(examiner, "address", examiner->sources[i].text);
    const struct dns_answer *answer = ask(examiner, DNS_TXT, examined->domain);
    for (size_t i = 0; answer && i < answer->count; i++)
        if (spf_is_record(answer->records[i].data) && is_providers(examiner, examined->hostname) &&
            slice_find(answer->records[i].data, examined->hostname) != SLICE_NONE)
            show(examiner, "SPF record, to whoever looks", answer->records[i].data);
}

/* ---- all of it ---- */

static enum rc
read_message(struct examiner *examiner, struct err *err)
{
    const struct examined *examined = examiner->examined;
    struct mailbox *mailboxes;
    size_t count;
    examiner->from_domain = examined->domain;
    if (examined->header.len < 2)
        return RC_OK;
    enum rc rc =
        header_parse(examiner->arena, slice_head(examined->header, examined->header.len - 2),
                     &examiner->header, err);
    const struct field *from = rc == RC_OK ? header_find(&examiner->header, "From") : NULL;
    if (from)
        rc = address_mailbox_list(examiner->arena, from->value, &mailboxes, &count, err);
    if (from && rc == RC_OK)
        examiner->from_domain = mailboxes[0].address.domain;
    return rc;
}

static void
examine_message(struct examiner *examiner)
{
    examine_traces(examiner);
    show_places(examiner);
    show_report(examiner);
}

enum rc
examine(struct arena *arena, struct answers *answers, const struct examined *examined,
        struct findings *out, struct err *err)
{
    struct examiner examiner = {
        .arena = arena, .answers = answers, .examined = examined, .findings = out};
    *out = (struct findings){0};
    name_provider(&examiner);
    enum rc rc = read_message(&examiner, err);
    if (rc != RC_OK)
        return rc;
    if (dmarc_find(arena, answers, examiner.from_domain, &examiner.dmarc) != RC_OK)
        examiner.waiting = true;
    examine_identity(&examiner);
    examine_gate(&examiner);
    examine_brake(&examiner);
    examine_route(&examiner);
    examine_dkim(&examiner);
    find_sources(&examiner);
    examine_spf(&examiner);
    examine_mail_from(&examiner);
    examine_mail_hosts(&examiner);
    examine_dmarc(&examiner);
    for (size_t i = 0; i < examiner.source_count && leaves_from_sources(&examiner); i++)
        examine_reverse(&examiner, &examiner.sources[i]);
    if (examiner.header.count > 0)
        examine_message(&examiner);
    show_open(&examiner);
    return examiner.waiting ? RC_AGAIN : RC_OK;
}

enum verdict
examination_verdict(const struct findings *findings)
{
    enum verdict worst = VERDICT_GREEN;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict > worst)
            worst = findings->list[i].verdict;
    return worst;
}

static void
write_finding(struct json_writer *writer, const struct finding *finding)
{
    json_open_object(writer);
    json_put_cstr(writer, "verdict", verdict_name(finding->verdict));
    json_put_cstr(writer, "subject", finding->subject);
    json_put_string(writer, "words", finding->words);
    if (finding->name.len) {
        json_key(writer, "publish");
        json_open_object(writer);
        json_put_string(writer, "name", finding->name);
        json_put_cstr(writer, "type", finding->type);
        json_put_string(writer, "value", finding->value);
        json_close_object(writer);
    }
    if (finding->run.len)
        json_put_string(writer, "run", finding->run);
    json_close_object(writer);
}

void
examination_write(struct json_writer *writer, const struct examined *examined,
                  const struct findings *findings)
{
    json_put_string(writer, "domain", examined->domain);
    json_put_cstr(writer, "verdict", verdict_name(examination_verdict(findings)));
    json_put_string(writer, "user", examined->user);
    json_put_string(writer, "from", examined->from);
    json_put_string(writer, "message", examined->message_id);
    json_key(writer, "findings");
    json_open_array(writer);
    for (size_t i = 0; i < findings->count; i++)
        write_finding(writer, &findings->list[i]);
    json_close_array(writer);
}
