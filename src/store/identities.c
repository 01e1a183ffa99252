#include "identities.h"

#define IDENTITY_COLUMNS                                                                           \
    "name, is_domain, created_ms, token, vouched, only_itself, dkim_enabled, "                     \
    "mail_from_domain, mail_from_reject, configuration_set, dkim_external, keys_ms"

#define SELECT_IDENTITY "SELECT " IDENTITY_COLUMNS ", forwarding_enabled, headers_in FROM identity"

static void
bind_optional(struct query *q, struct slice text)
{
    if (text.len)
        query_text(q, text);
    else
        query_null(q);
}

enum rc
identities_insert(struct database *db, const struct identity_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO identity (" IDENTITY_COLUMNS
                                     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_text(&q, row->name);
    query_i64(&q, row->domain);
    query_i64(&q, row->created_ms);
    query_text(&q, row->token);
    query_i64(&q, row->vouched);
    query_i64(&q, row->only_itself);
    query_i64(&q, row->dkim_enabled);
    bind_optional(&q, row->mail_from_domain);
    query_i64(&q, row->mail_from_reject);
    bind_optional(&q, row->configuration_set);
    query_i64(&q, row->dkim_external);
    query_i64(&q, row->keys_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "Email identity %.*s already exist.", SLICE_ARG(row->name));
    return rc;
}

static void
read_identity(struct query *q, struct arena *arena, struct identity_row *row)
{
    row->name = query_column_text(q, arena, 0);
    row->domain = query_column_i64(q, 1) != 0;
    row->created_ms = query_column_i64(q, 2);
    row->token = query_column_text(q, arena, 3);
    row->vouched = query_column_i64(q, 4) != 0;
    row->only_itself = query_column_i64(q, 5) != 0;
    row->dkim_enabled = query_column_i64(q, 6) != 0;
    row->mail_from_domain = query_column_text(q, arena, 7);
    row->mail_from_reject = query_column_i64(q, 8) != 0;
    row->configuration_set = query_column_text(q, arena, 9);
    row->dkim_external = query_column_i64(q, 10) != 0;
    row->keys_ms = query_column_i64(q, 11);
    row->forwarding_enabled = query_column_i64(q, 12) != 0;
    row->headers_in = query_column_text(q, arena, 13);
}

enum rc
identities_find(struct database *db, struct arena *arena, struct slice name,
                struct identity_row *out, struct err *err)
{
    struct query q = query_start(db, SELECT_IDENTITY " WHERE name = ?");
    query_text(&q, name);
    bool found = query_row(&q);
    if (found)
        read_identity(&q, arena, out);
    enum rc rc = query_end(&q, err);
    if (rc == RC_OK && !found)
        return err_set(err, RC_NOT_FOUND, "Email identity %.*s does not exist.", SLICE_ARG(name));
    return rc;
}

static enum rc
collect_identities(struct query *q, struct arena *arena, struct identity_row **out, size_t *count,
                   struct err *err)
{
    struct identity_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        read_identity(q, arena, &rows[len++]);
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
identities_list(struct database *db, struct arena *arena, struct identity_row **out, size_t *count,
                struct err *err)
{
    struct query q = query_start(db, SELECT_IDENTITY " ORDER BY name");
    return collect_identities(&q, arena, out, count, err);
}

enum rc
identities_search(struct database *db, struct arena *arena, struct slice text, struct slice after,
                  int64_t limit, struct identity_row **out, size_t *count, struct err *err)
{
    struct query q =
        query_start(db, SELECT_IDENTITY " WHERE name > ?1 AND (?2 = '' OR instr(lower(name), ?2)) "
                                        "ORDER BY name LIMIT ?3");
    query_text(&q, after);
    query_text(&q, text);
    query_i64(&q, limit);
    return collect_identities(&q, arena, out, count, err);
}

enum rc
identities_page(struct database *db, struct arena *arena, struct slice after,
                enum identity_kind kind, int64_t limit, struct identity_row **out, size_t *count,
                struct err *err)
{
    struct query q = query_start(db, SELECT_IDENTITY " WHERE name > ? AND is_domain BETWEEN ? AND "
                                                     "? ORDER BY name LIMIT ?");
    query_text(&q, after);
    query_i64(&q, kind == IDENTITY_DOMAIN);
    query_i64(&q, kind != IDENTITY_ADDRESS);
    query_i64(&q, limit);
    return collect_identities(&q, arena, out, count, err);
}

enum rc
identities_count(struct database *db, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM identity");
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

static enum rc
run_where(struct database *db, const char *sql, struct slice name, struct err *err)
{
    struct query q = query_start(db, sql);
    query_text(&q, name);
    return query_run(&q, err);
}

/* Keys go too: an identity made again gets fresh ones (design §5). */
enum rc
identities_delete(struct database *db, struct slice name, struct err *err)
{
    static const char *const parts[] = {
        "DELETE FROM proof WHERE identity = ?",
        "DELETE FROM identity_policy WHERE identity = ?",
        "DELETE FROM key_rotation WHERE domain = ?",
        "DELETE FROM signing_key WHERE domain = ?",
        "DELETE FROM verification WHERE address = ?",
        "DELETE FROM identity WHERE name = ?",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        enum rc rc = run_where(db, parts[i], name, err);
        if (rc != RC_OK)
            return rc;
    }
    if (database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "Email identity %.*s does not exist.", SLICE_ARG(name));
    return RC_OK;
}

enum rc
identities_update(struct database *db, const struct identity_row *row, struct err *err)
{
    struct query q = query_start(
        db, "UPDATE identity SET vouched = ?, only_itself = ?, dkim_enabled = ?, "
            "mail_from_domain = ?, mail_from_reject = ?, configuration_set = ?, dkim_external = ?, "
            "keys_ms = ?, headers_in = ? WHERE name = ?");
    query_i64(&q, row->vouched);
    query_i64(&q, row->only_itself);
    query_i64(&q, row->dkim_enabled);
    bind_optional(&q, row->mail_from_domain);
    query_i64(&q, row->mail_from_reject);
    bind_optional(&q, row->configuration_set);
    query_i64(&q, row->dkim_external);
    query_i64(&q, row->keys_ms);
    query_text(&q, row->headers_in);
    query_text(&q, row->name);
    return query_run(&q, err);
}

/* ---- proofs ---- */

enum rc
proofs_put(struct database *db, const struct proof_row *row, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO proof (identity, kind, status, absent_ms, absent_since_ms, checked_ms, "
            "succeeded_ms, created_ms, next_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (identity, kind) DO UPDATE SET status = excluded.status, "
            "absent_ms = excluded.absent_ms, absent_since_ms = excluded.absent_since_ms, "
            "checked_ms = excluded.checked_ms, succeeded_ms = excluded.succeeded_ms, "
            "created_ms = excluded.created_ms, next_ms = excluded.next_ms");
    query_text(&q, row->identity);
    query_text(&q, row->kind);
    query_i64(&q, row->status);
    query_i64(&q, row->absent_ms);
    query_i64(&q, row->absent_since_ms);
    query_i64(&q, row->checked_ms);
    query_i64(&q, row->succeeded_ms);
    query_i64(&q, row->created_ms);
    query_i64(&q, row->next_ms);
    return query_run(&q, err);
}

enum rc
proofs_find(struct database *db, struct arena *arena, struct slice identity, const char *kind,
            struct proof_row *out, struct err *err)
{
    struct query q = query_start(
        db, "SELECT identity, kind, status, absent_ms, absent_since_ms, checked_ms, succeeded_ms, "
            "created_ms, next_ms FROM proof WHERE identity = ? AND kind = ?");
    query_text(&q, identity);
    query_text(&q, slice_of(kind));
    bool found = query_row(&q);
    if (found)
        *out = (struct proof_row){query_column_text(&q, arena, 0), query_column_text(&q, arena, 1),
                                  query_column_i64(&q, 2),         query_column_i64(&q, 3),
                                  query_column_i64(&q, 4),         query_column_i64(&q, 5),
                                  query_column_i64(&q, 6),         query_column_i64(&q, 7),
                                  query_column_i64(&q, 8)};
    enum rc rc = query_end(&q, err);
    return rc == RC_OK && !found ? RC_NOT_FOUND : rc;
}

enum rc
proofs_count(struct database *db, const char *kind, int64_t status, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM proof WHERE kind = ? AND status = ?");
    query_text(&q, slice_of(kind));
    query_i64(&q, status);
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
proofs_delete(struct database *db, struct slice identity, const char *kind, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM proof WHERE identity = ? AND kind = ?");
    query_text(&q, identity);
    query_text(&q, slice_of(kind));
    return query_run(&q, err);
}

enum rc
proofs_due(struct database *db, struct arena *arena, int64_t now_ms, int64_t limit,
           struct slice **names, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT DISTINCT identity FROM proof WHERE next_ms <= ? "
                                     "ORDER BY next_ms LIMIT ?");
    query_i64(&q, now_ms);
    query_i64(&q, limit);
    return query_texts(&q, arena, names, count, err);
}

enum rc
proofs_postpone(struct database *db, struct slice identity, int64_t now_ms, int64_t until_ms,
                struct err *err)
{
    struct query q =
        query_start(db, "UPDATE proof SET next_ms = ? WHERE identity = ? AND next_ms <= ?");
    query_i64(&q, until_ms);
    query_text(&q, identity);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
proofs_next_ms(struct database *db, int64_t *next_ms, struct err *err)
{
    struct query q = query_start(db, "SELECT min(next_ms) FROM proof");
    *next_ms = query_row(&q) && !query_column_is_null(&q, 0) ? query_column_i64(&q, 0) : INT64_MAX;
    return query_end(&q, err);
}

/* ---- identity policies ---- */

enum rc
identity_policies_put(struct database *db, const struct identity_policy_row *row, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO identity_policy (identity, name, document) VALUES (?, ?, ?) "
                        "ON CONFLICT (identity, name) DO UPDATE SET document = excluded.document");
    query_text(&q, row->identity);
    query_text(&q, row->name);
    query_text(&q, row->document);
    return query_run(&q, err);
}

enum rc
identity_policies_of(struct database *db, struct arena *arena, struct slice identity,
                     struct identity_policy_row **out, size_t *count, struct err *err)
{
    struct identity_policy_row *rows = NULL;
    size_t len = 0, cap = 0;
    struct query q = query_start(db, "SELECT identity, name, document FROM identity_policy WHERE "
                                     "identity = ? ORDER BY name");
    query_text(&q, identity);
    while (query_row(&q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct identity_policy_row){query_column_text(&q, arena, 0),
                                                   query_column_text(&q, arena, 1),
                                                   query_column_text(&q, arena, 2)};
    }
    *out = rows;
    *count = len;
    return query_end(&q, err);
}

enum rc
identity_policies_delete(struct database *db, struct slice identity, struct slice name,
                         struct err *err)
{
    struct query q = query_start(db, "DELETE FROM identity_policy WHERE identity = ? AND name = ?");
    query_text(&q, identity);
    query_text(&q, name);
    enum rc rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return err_set(err, RC_NOT_FOUND, "Policy %.*s does not exist.", SLICE_ARG(name));
    return rc;
}

/* ---- signing keys ---- */

#define SIGNING_KEY_COLUMNS                                                                        \
    "public, private, algorithm, bits, created_ms, domain, selector, position, published"
#define SIGNING_KEY_TIMES                                                                          \
    "published_ms, signing_ms, retired_ms, kept_ms, counted_ms, gone_ms, updates, update_ms"

enum rc
signing_keys_insert(struct database *db, const struct signing_key_row *row, struct err *err)
{
    struct query q = query_start(db, "INSERT INTO signing_key (" SIGNING_KEY_COLUMNS
                                     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query_text(&q, row->public_base64);
    query_blob(&q, row->private_sealed);
    query_i64(&q, row->algorithm);
    query_i64(&q, row->bits);
    query_i64(&q, row->created_ms);
    bind_optional(&q, row->domain);
    bind_optional(&q, row->selector);
    query_i64(&q, row->position);
    query_i64(&q, row->published);
    return query_run(&q, err);
}

enum rc
signing_keys_pooled(struct database *db, int64_t algorithm, int64_t *count, struct err *err)
{
    struct query q =
        query_start(db, "SELECT count(*) FROM signing_key WHERE domain IS NULL AND algorithm = ?");
    query_i64(&q, algorithm);
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

enum rc
signing_keys_claim(struct database *db, struct arena *arena, int64_t algorithm, struct slice domain,
                   struct slice selector, int64_t position, struct err *err)
{
    struct slice key = SLICE("");
    struct query q = query_start(
        db, "SELECT public FROM signing_key WHERE domain IS NULL AND algorithm = ? LIMIT 1");
    query_i64(&q, algorithm);
    bool found = query_row(&q);
    if (found)
        key = query_column_text(&q, arena, 0);
    enum rc rc = query_end(&q, err);
    if (rc != RC_OK)
        return rc;
    if (!found)
        return err_set(err, RC_NOT_FOUND, "no signing key is ready yet");
    q = query_start(
        db, "UPDATE signing_key SET domain = ?, selector = ?, position = ? WHERE public = ?");
    query_text(&q, domain);
    query_text(&q, selector);
    query_i64(&q, position);
    query_text(&q, key);
    return query_run(&q, err);
}

static enum rc
collect_keys(struct query *q, struct arena *arena, struct signing_key_row **out, size_t *count,
             struct err *err)
{
    struct signing_key_row *rows = NULL;
    size_t len = 0, cap = 0;
    while (query_row(q)) {
        rows = arena_grow(arena, rows, sizeof *rows, len, &cap);
        rows[len++] = (struct signing_key_row){
            .public_base64 = query_column_text(q, arena, 0),
            .private_sealed = query_column_text(q, arena, 1),
            .algorithm = query_column_i64(q, 2),
            .bits = query_column_i64(q, 3),
            .created_ms = query_column_i64(q, 4),
            .domain = query_column_text(q, arena, 5),
            .selector = query_column_text(q, arena, 6),
            .position = query_column_i64(q, 7),
            .published = query_column_i64(q, 8) != 0,
            .published_ms = query_column_i64(q, 9),
            .signing_ms = query_column_i64(q, 10),
            .retired_ms = query_column_i64(q, 11),
            .kept_ms = query_column_i64(q, 12),
            .counted_ms = query_column_i64(q, 13),
            .gone_ms = query_column_i64(q, 14),
            .updates = query_column_i64(q, 15),
            .update_ms = query_column_i64(q, 16),
        };
    }
    *out = rows;
    *count = len;
    return query_end(q, err);
}

enum rc
signing_keys_of(struct database *db, struct arena *arena, struct slice domain,
                struct signing_key_row **out, size_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT " SIGNING_KEY_COLUMNS ", " SIGNING_KEY_TIMES
                                     " FROM signing_key WHERE domain = ? ORDER BY algorithm, "
                                     "position < 0, position, retired_ms DESC, selector");
    query_text(&q, domain);
    return collect_keys(&q, arena, out, count, err);
}

enum rc
signing_keys_active(struct database *db, struct arena *arena, struct slice domain,
                    struct signing_key_row **out, size_t *count, struct err *err)
{
    /* The administrator's word for a domain is as good as DNS's. */
    struct query q =
        query_start(db, "SELECT public, private, algorithm, bits, created_ms, domain, selector, "
                        "position, published OR EXISTS (SELECT 1 FROM identity WHERE name = "
                        "signing_key.domain AND vouched = 1), " SIGNING_KEY_TIMES
                        " FROM signing_key WHERE domain = ? AND position = 0 ORDER BY algorithm");
    query_text(&q, domain);
    return collect_keys(&q, arena, out, count, err);
}

enum rc
signing_keys_update(struct database *db, const struct signing_key_row *row, struct err *err)
{
    struct query q = query_start(
        db, "UPDATE signing_key SET private = ?, position = ?, published = ?, published_ms = ?, "
            "signing_ms = ?, retired_ms = ?, kept_ms = ?, counted_ms = ?, gone_ms = ?, "
            "updates = ?, update_ms = ? WHERE public = ?");
    query_blob(&q, row->private_sealed);
    query_i64(&q, row->position);
    query_i64(&q, row->published);
    query_i64(&q, row->published_ms);
    query_i64(&q, row->signing_ms);
    query_i64(&q, row->retired_ms);
    query_i64(&q, row->kept_ms);
    query_i64(&q, row->counted_ms);
    query_i64(&q, row->gone_ms);
    query_i64(&q, row->updates);
    query_i64(&q, row->update_ms);
    query_text(&q, row->public_base64);
    return query_run(&q, err);
}

enum rc
signing_keys_delete(struct database *db, struct slice public_base64, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM signing_key WHERE public = ?");
    query_text(&q, public_base64);
    return query_run(&q, err);
}

enum rc
signing_keys_lacking(struct database *db, struct arena *arena, int64_t algorithm,
                     struct slice **domains, size_t *count, struct err *err)
{
    struct query q = query_start(
        db, "SELECT name FROM identity WHERE is_domain = 1 AND NOT EXISTS (SELECT 1 FROM "
            "signing_key WHERE domain = identity.name AND algorithm = ?) ORDER BY name");
    query_i64(&q, algorithm);
    return query_texts(&q, arena, domains, count, err);
}

enum rc
signing_keys_delete_of(struct database *db, struct slice domain, int64_t algorithm, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM signing_key WHERE domain = ? AND algorithm = ?");
    query_text(&q, domain);
    query_i64(&q, algorithm);
    return query_run(&q, err);
}

/* ---- verification links ---- */

enum rc
verifications_insert(struct database *db, struct slice token_hash, struct slice address,
                     int64_t expires_ms, struct err *err)
{
    struct query q = query_start(
        db, "INSERT INTO verification (token_hash, address, expires_ms) VALUES (?, ?, ?)");
    query_text(&q, token_hash);
    query_text(&q, address);
    query_i64(&q, expires_ms);
    return query_run(&q, err);
}

enum rc
verifications_use(struct database *db, struct arena *arena, struct slice token_hash, int64_t now_ms,
                  struct slice *address, struct err *err)
{
    int64_t expires_ms = 0;
    bool used = false;
    struct query q = query_start(
        db, "SELECT address, expires_ms, used_ms FROM verification WHERE token_hash = ?");
    query_text(&q, token_hash);
    bool found = query_row(&q);
    if (found) {
        *address = query_column_text(&q, arena, 0);
        expires_ms = query_column_i64(&q, 1);
        used = !query_column_is_null(&q, 2);
    }
    enum rc rc = query_end(&q, err);
    if (rc != RC_OK)
        return rc;
    if (!found)
        return err_set(err, RC_NOT_FOUND, "this link is not known");
    if (used)
        return err_set(err, RC_CONFLICT, "this link was used before");
    if (now_ms >= expires_ms)
        return err_set(err, RC_LIMIT, "this link has expired");
    q = query_start(db, "UPDATE verification SET used_ms = ? WHERE token_hash = ?");
    query_i64(&q, now_ms);
    query_text(&q, token_hash);
    return query_run(&q, err);
}

enum rc
verifications_set_urls(struct database *db, struct slice token_hash, struct slice success_url,
                       struct slice failure_url, struct err *err)
{
    struct query q = query_start(
        db, "UPDATE verification SET success_url = ?, failure_url = ? WHERE token_hash = ?");
    query_text(&q, success_url);
    query_text(&q, failure_url);
    query_text(&q, token_hash);
    return query_run(&q, err);
}

enum rc
verifications_urls(struct database *db, struct arena *arena, struct slice token_hash,
                   struct slice *success_url, struct slice *failure_url, struct err *err)
{
    struct query q =
        query_start(db, "SELECT success_url, failure_url FROM verification WHERE token_hash = ?");
    query_text(&q, token_hash);
    *success_url = *failure_url = SLICE("");
    if (query_row(&q)) {
        *success_url = query_column_text(&q, arena, 0);
        *failure_url = query_column_text(&q, arena, 1);
    }
    return query_end(&q, err);
}

static enum rc
forget_mails(struct database *db, int64_t before_ms, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM verification_mail WHERE sent_ms < ?");
    query_i64(&q, before_ms);
    return query_run(&q, err);
}

static enum rc
count_mails(struct database *db, struct slice mailbox, int64_t *count, struct err *err)
{
    struct query q = query_start(db, "SELECT count(*) FROM verification_mail WHERE mailbox = ?");
    query_text(&q, mailbox);
    *count = query_row(&q) ? query_column_i64(&q, 0) : 0;
    return query_end(&q, err);
}

static enum rc
insert_mail(struct database *db, struct slice mailbox, int64_t now_ms, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO verification_mail (mailbox, sent_ms) VALUES (?, ?)");
    query_text(&q, mailbox);
    query_i64(&q, now_ms);
    return query_run(&q, err);
}

enum rc
verifications_count_mail(struct database *db, struct slice mailbox, int64_t since_ms,
                         int64_t now_ms, int64_t max, struct err *err)
{
    int64_t count;
    enum rc rc = forget_mails(db, since_ms, err);
    if (rc == RC_OK)
        rc = count_mails(db, mailbox, &count, err);
    if (rc == RC_OK && count >= max)
        return err_set(err, RC_LIMIT, "%.*s had %lld verification mails already",
                       SLICE_ARG(mailbox), (long long)count);
    return rc == RC_OK ? insert_mail(db, mailbox, now_ms, err) : rc;
}

enum rc
verifications_forget(struct database *db, struct slice address, int64_t now_ms, struct err *err)
{
    struct query q = query_start(db, "DELETE FROM verification WHERE (address = ? AND used_ms IS "
                                     "NULL) OR expires_ms < ?");
    query_text(&q, address);
    query_i64(&q, now_ms - 7 * (int64_t)86400000);
    return query_run(&q, err);
}
