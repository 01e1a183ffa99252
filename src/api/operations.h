/*
 * What the administrator's socket offers: the operation table, one file of handlers per noun.
 * The dispatcher reads `access` before it calls the handler: a writing operation runs inside the
 * writer's transaction and is undone whole when it fails; a reading one runs on a reader.
 */
#ifndef POSTERN_API_OPERATIONS_H
#define POSTERN_API_OPERATIONS_H

#include "call.h"

enum api_access {
    API_READ,     /* on a worker, in one snapshot */
    API_WRITE,    /* on the writer, in its transaction */
    API_PREPARED, /* on a worker first, for what takes long (call->prepared), then as API_WRITE */
    API_SEND,     /* on a worker: makes messages, which then go the way of all mail */
    API_DNS       /* on a worker, which looks at the input; then core asks DNS, and answers */
};

struct api_operation {
    const char *name; /* "domain.add" */
    enum api_access access;
    enum rc (*run)(struct api_call *call, struct err *err);
};

/* NULL when there is none of that name. */
const struct api_operation *api_find(struct slice name);

/* Effects, kept in the call's arena. */
void api_revoked(struct api_call *call, struct slice access_key);
void api_stopped(struct api_call *call, int64_t recipient_key);

/* identity_operations.c */
enum rc domain_add(struct api_call *call, struct err *err);
enum rc domain_asked(struct api_call *call, struct err *err); /* of API_DNS */
enum rc domain_records(struct api_call *call, struct err *err);
enum rc domain_mail_from(struct api_call *call, struct err *err);
enum rc address_add(struct api_call *call, struct err *err);
enum rc identity_list(struct api_call *call, struct err *err);
enum rc identity_remove(struct api_call *call, struct err *err);
enum rc identity_vouch(struct api_call *call, struct err *err);
enum rc identity_confirm(struct api_call *call,
                         struct err *err); /* the link of a verification mail */

/* dkim_operations.c */
enum rc dkim_set(struct api_call *call, struct err *err);
enum rc dkim_show(struct api_call *call, struct err *err);
enum rc dkim_rotate(struct api_call *call, struct err *err);

/* user_operations.c */
enum rc user_create(struct api_call *call, struct err *err);
enum rc user_list(struct api_call *call, struct err *err);
enum rc user_show(struct api_call *call, struct err *err);
enum rc user_delete(struct api_call *call, struct err *err);
enum rc user_password(struct api_call *call, struct err *err);
enum rc credential_create(struct api_call *call, struct err *err);
enum rc credential_list(struct api_call *call, struct err *err);
enum rc credential_rotate(struct api_call *call, struct err *err);
enum rc credential_delete(struct api_call *call, struct err *err);
enum rc group_create(struct api_call *call, struct err *err);
enum rc group_list(struct api_call *call, struct err *err);
enum rc group_show(struct api_call *call, struct err *err);
enum rc group_delete(struct api_call *call, struct err *err);
enum rc group_set_member(struct api_call *call, struct err *err);

/* policy_operations.c */
enum rc policy_put(struct api_call *call, struct err *err);
enum rc policy_show(struct api_call *call, struct err *err);
enum rc policy_list(struct api_call *call, struct err *err);
enum rc policy_delete(struct api_call *call, struct err *err);
enum rc policy_attach(struct api_call *call, struct err *err);
enum rc policy_boundary(struct api_call *call, struct err *err);
enum rc policy_validate(struct api_call *call, struct err *err);

/* grant_operations.c */
enum rc grant_create(struct api_call *call, struct err *err);
enum rc grant_list(struct api_call *call, struct err *err);
/* "grants": what a user was handed out. */
MUST_USE enum rc api_put_grants(struct api_call *call, struct slice user_folded, struct err *err);
enum rc grant_revoke(struct api_call *call, struct err *err);
enum rc grant_restore(struct api_call *call, struct err *err);

/* suspension_operations.c */
enum rc suspension_put(struct api_call *call, struct err *err);
enum rc suspension_end(struct api_call *call, struct err *err);
enum rc suspension_list(struct api_call *call, struct err *err);

/* brake_operations.c */
enum rc brake_list(struct api_call *call, struct err *err);
enum rc brake_show(struct api_call *call, struct err *err);
enum rc brake_release(struct api_call *call, struct err *err);
enum rc brake_drop(struct api_call *call, struct err *err);

/* canary_operations.c */
enum rc canary_create(struct api_call *call, struct err *err);
enum rc canary_list(struct api_call *call, struct err *err);
enum rc canary_delete(struct api_call *call, struct err *err);

/* decision_operations.c */
enum rc decision_list(struct api_call *call, struct err *err);
enum rc decision_explain(struct api_call *call, struct err *err);

/* access_operations.c */
enum rc access_report(struct api_call *call, struct err *err);
enum rc access_holders(struct api_call *call, struct err *err);
enum rc access_check(struct api_call *call, struct err *err);
enum rc access_compare(struct api_call *call, struct err *err);

/* queue_operations.c */
enum rc queue_list(struct api_call *call, struct err *err);
enum rc queue_sites(struct api_call *call, struct err *err);
enum rc queue_account(struct api_call *call, struct err *err);
enum rc queue_show(struct api_call *call, struct err *err);
enum rc queue_change(struct api_call *call, struct err *err);
/* Hold what is queued and fits; adds to *held. */
struct recipient_filter;
MUST_USE enum rc api_hold_mail(struct api_call *call, const struct recipient_filter *filter,
                               int64_t *held, struct err *err);

/* message_operations.c */
enum rc message_list(struct api_call *call, struct err *err);
enum rc message_body(struct api_call *call, struct err *err);
enum rc statistics_list(struct api_call *call, struct err *err);
enum rc statistics_sites(struct api_call *call, struct err *err);

/* ledger_operations.c */
enum rc ledger_list(struct api_call *call, struct err *err);
enum rc ledger_verify(struct api_call *call, struct err *err);
enum rc ledger_head(struct api_call *call, struct err *err);
enum rc ledger_erase(struct api_call *call, struct err *err);

/* own_operations.c */
enum rc own_show(struct api_call *call, struct err *err);
enum rc own_mail(struct api_call *call, struct err *err);
enum rc own_rotate(struct api_call *call, struct err *err);
enum rc own_password(struct api_call *call, struct err *err);
enum rc own_factor_begin(struct api_call *call, struct err *err);
enum rc own_factor_confirm(struct api_call *call, struct err *err);
enum rc own_factor_remove(struct api_call *call, struct err *err);

/* account_operations.c */
enum rc account_show(struct api_call *call, struct err *err);
enum rc account_production(struct api_call *call, struct err *err);
enum rc account_pause(struct api_call *call, struct err *err);
/* Out of the sandbox, or back: the answer to a request for production access, if there is one. */
MUST_USE enum rc account_set_production(struct api_call *call, bool on, struct err *err);

/* What handlers share (operations.c). */
MUST_USE enum rc api_input_string(struct api_call *call, const char *name, struct slice *out,
                                  struct err *err); /* required, not empty */
MUST_USE enum rc api_input_optional(struct api_call *call, const char *name, struct slice *out,
                                    struct err *err);
MUST_USE enum rc api_input_bool(struct api_call *call, const char *name, bool *out,
                                struct err *err); /* false when absent */
/* [\w+=,.@-]{1,64}: names of users and groups (reference §5.7). */
MUST_USE enum rc api_check_name(struct slice name, const char *what, size_t max, struct err *err);
struct slice api_user_arn(struct api_call *call, struct slice path, struct slice name);
struct slice api_identity_arn(struct api_call *call, struct slice name);
void api_put_time(struct api_call *call, const char *name, int64_t ms); /* null when 0 */
/* "suspended", the reason, and "suspended_until". */
void api_put_suspension(struct api_call *call, struct slice reason, int64_t until_ms);
/* An instant; `fallback` when the member is absent. RC_SYNTAX names the member. */
MUST_USE enum rc api_input_time(struct api_call *call, const char *name, int64_t fallback,
                                int64_t *ms, struct err *err);
/* How many rows are wanted: `fallback` when the member is absent. RC_SYNTAX: not 1 to `max`. */
MUST_USE enum rc api_input_limit(struct api_call *call, int64_t fallback, int64_t max,
                                 int64_t *limit, struct err *err);
/* Where a list goes on, as "next" told it: a key of a row, which JSON's numbers cannot hold. 0 when the
 * member is absent, or for nowhere. */
MUST_USE enum rc api_input_key(struct api_call *call, const char *name, int64_t *key,
                               struct err *err);
void api_put_next(struct api_call *call, int64_t key);
/* When something ends: INT64_MAX when the member is absent. RC_SYNTAX: it is none of the forms of
 * clock_parse_end, or has passed. */
MUST_USE enum rc api_input_end(struct api_call *call, const char *name, int64_t *until_ms,
                               struct err *err);

struct user_row;
struct group_row;
struct access_key_row;

/* Fill in what is unique and insert: name and path are given, and a user's boundary. */
MUST_USE enum rc api_insert_user(struct api_call *call, struct user_row *row, struct err *err);
MUST_USE enum rc api_insert_group(struct api_call *call, struct group_row *row, struct err *err);

/* A new access key for a user: at most two. `secret`: in the call's arena; the only time it is known. */
MUST_USE enum rc api_insert_key(struct api_call *call, struct slice user_folded,
                                struct access_key_row *row, struct slice *secret, struct err *err);
/* It is gone, and its sessions end. */
MUST_USE enum rc api_delete_key(struct api_call *call, struct slice id, struct err *err);

/* A fresh key in the place of one, which is gone; it inherits the brake's memory. Writes as api_make_key. */
MUST_USE enum rc api_replace_key(struct api_call *call, const struct access_key_row *key,
                                 struct err *err);
/* api_insert_key, and writes access_key_id, secret_access_key, smtp_user_name and smtp_password. */
MUST_USE enum rc api_make_key(struct api_call *call, struct slice user_folded, struct err *err);
/* Where a mail program connects: host, ports. */
void api_put_settings(struct api_call *call);

#endif
