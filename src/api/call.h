/*
 * What an operation works with. Operations run on the writer's thread (inside its transaction) or
 * on a reader; they never touch the loop. What must happen after the commit (sessions to drop,
 * mail to recall, DNS to ask) they leave in `effects`, and core does it.
 */
#ifndef POSTERN_API_CALL_H
#define POSTERN_API_CALL_H

#include "api/fault.h"
#include "authorize/facts.h"
#include "base/json.h"
#include "identity/rotation.h"
#include "ledger_book.h"
#include "sign/dkim.h"
#include "spool/brake.h"
#include "spool/spool.h"
#include "store/seal.h"

#include <stdatomic.h>

/* Constant while core runs. */
struct api_constants {
    struct slice region, account, hostname, provider_domain, public_url;
    const char *region_prefix;  /* of message ids (reference §1.9) */
    struct slice endpoint_host; /* where people's programs connect; for the printed settings */
    uint16_t submission_port, submissions_port;
    bool refuse_misleading_names, reverse_path_is_feedback, second_ed25519;
    int64_t dkim_grace_ms, lifetime_ms;
    int64_t key_bits;               /* of RSA keys that are made */
    struct rotation_rules rotation; /* of keys that are ours and sign */
    uint32_t recipients_max;
    uint64_t message_max; /* bytes */
    struct brake_limits brake;
    struct slice alarm_to; /* empty: nobody is told by mail */
    int64_t alarm_repeat_ms;
    struct sealer *sealer;
    struct slice
        decoy; /* a sealed secret of nobody: what a login of an unknown user is checked with */
    uint8_t return_secret[32];      /* report/return_address.h */
    atomic_int_least64_t *last_key; /* of messages and decisions; see api_next_key */
};

/* What one thread owns. */
struct api_thread {
    struct database *database;
    struct policy_cache *policies;
    struct map *signing_keys; /* by public key */
    struct ledger_book *book; /* the writer's; NULL for those who only read */
};
void api_thread_init(struct api_thread *thread, struct database *database);
void api_thread_fini(struct api_thread *thread); /* not the database */

struct api_effects {
    bool queue_changed;      /* look for due mail now */
    bool identities_changed; /* look for due proofs now */
    bool settings_changed;
    struct slice *revoked_keys; /* access keys whose sessions must end */
    size_t revoked_count, revoked_cap;
    int64_t *stopped; /* recipients that must not be delivered now: recall them */
    size_t stopped_count, stopped_cap;
    struct slice redirect; /* where the browser that followed a link goes on; empty: nowhere */
};

/* Who asks. The administrator at the socket has no key: nothing of it is asked, and mail is not sent
 * as nobody, but for `postern check` as a user, with a key of theirs (api/check_message.h). */
struct api_caller {
    bool administrator;
    struct slice user_folded, user_name, user_id, user_path, user_arn, access_key;
    struct slice
        console_token;         /* the hash of a session's (console.h), who then has no access key */
    bool must_change_password; /* and nothing else before */
    int64_t key_used_ms;       /* the time before; 0: never */
    struct slice key_used_address;
    struct slice source_ip, user_agent, tls; /* tls empty: plain */
};

/* What the loop knows and a worker must be told. */
struct api_quota {
    int64_t per_day; /* -1: unlimited */
    int64_t rate, sent_24h;
};

enum { API_FAULT_MEMBERS = 2 };

struct outbox;

struct api_call {
    struct arena *arena; /* of the call; effects live in it too */
    const struct api_constants *constants;
    struct api_thread *thread;
    struct database *database; /* thread->database */
    const struct json *input;
    struct json_writer *output; /* inside an open object */
    struct api_effects *effects;
    int64_t now_ms;

    /* Of the operations of the SES and IAM APIs (served.h) alone. */
    const struct api_caller *caller;
    const struct api_quota *quota;
    enum service service;
    /* Of API_PREPARED: NULL on the worker, which leaves here what the writer goes on with. */
    const struct slice *prepared;
    uint64_t rendering_steps; /* that templates of this call took (rendering.h) */
    struct outbox *outbox;    /* of an operation that sends (outbox.h); made by its handler */
    enum api_fault fault;     /* named by who fails; FAULT_BY_RC: none */
    struct {
        const char *name; /* "ConfigurationSetName" */
        struct slice value;
    } fault_members[API_FAULT_MEMBERS];
};

/* Fails under a fault of one's own choosing. Returns `rc`. */
enum rc api_fail(struct api_call *call, enum rc rc, enum api_fault fault, struct err *err,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* What failed was about this: a member of the error in XML (reference §7.3). At most two. */
void api_fail_about(struct api_call *call, const char *name, struct slice value);

/* The second generation of SES's API asks, not the first. */
bool api_is_v2(const struct api_call *call);
/* A string member of a request that was held against the model; empty when absent. */
struct slice api_text(const struct json *object, const char *name);
/* "arn:aws:iam::ACCOUNT:TYPE/PATH/NAME"; the path begins and ends with a slash. */
struct slice api_iam_arn(struct arena *arena, const struct api_constants *constants,
                         const char *type, struct slice path, struct slice name);
/* "arn:aws:ses:REGION:ACCOUNT:TYPE/NAME" */
struct slice api_ses_arn(struct api_call *call, const char *type, struct slice name);
/* "arn:aws:access-analyzer:REGION:ACCOUNT:analyzer/NAME" */
struct slice api_analyzer_arn(struct api_call *call, struct slice name);
/* [A-Za-z0-9_-]{1,64}: names of configuration sets and templates. */
bool api_name_is_plain(struct slice name);

/* A fresh key for a message or a decision, unique in the installation; from any thread. */
int64_t api_next_key(const struct api_constants *constants, int64_t now_ms, int64_t *key_ms);

/* Selectors that a domain publishes from the start: one signs, the others wait for a rotation. */
enum { API_SELECTORS = ROTATION_KEYS };
/* Give keys of the pool to a domain, under fresh selectors, from this position on (0 signs).
 * RC_NOT_FOUND: the pool has too few. */
MUST_USE enum rc api_claim_keys(struct database *database, struct arena *arena,
                                enum dkim_algorithm algorithm, struct slice domain,
                                int64_t position, int64_t count, struct err *err);

/* The signing keys of a domain that sign now, loaded: the second signature's only while it is
 * switched on and DNS was seen to show it. RC_TEMPORARY when there are none yet. */
MUST_USE enum rc api_signing_keys(struct arena *arena, const struct api_constants *constants,
                                  struct api_thread *thread, struct slice domain,
                                  struct signing_key *keys[2], struct slice selectors[2],
                                  size_t *count, struct err *err);

/* All DKIM-Signature fields for a final header, to be put in front of it. */
MUST_USE enum rc api_sign(struct arena *arena, const struct api_constants *constants,
                          struct api_thread *thread, struct slice domain,
                          const struct header *header, const uint8_t body_hash[32], int64_t now_ms,
                          struct slice *out, struct err *err);

struct facts_source api_facts_source(const struct api_constants *constants,
                                     struct api_thread *thread);

#endif
