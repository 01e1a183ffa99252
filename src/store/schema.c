/*
 * Keys of messages are made by core, not by the database: milliseconds since 2020 and a counter
 * (message_key.h); a message's recipients and chunks have its key times 1024 plus their
 * number, so that all of a message lies together and no second index is needed to find it.
 */
#include "schema.h"

#include <stdio.h>

static const char *const migrations[] = {
    /* 1 */
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE iam_user (folded TEXT PRIMARY KEY, name TEXT NOT NULL, id TEXT NOT NULL UNIQUE,"
    " path TEXT NOT NULL, created_ms INTEGER NOT NULL, boundary_arn TEXT) WITHOUT ROWID;"
    "CREATE TABLE iam_group (folded TEXT PRIMARY KEY, name TEXT NOT NULL, id TEXT NOT NULL UNIQUE,"
    " path TEXT NOT NULL, created_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE group_member (iam_group TEXT NOT NULL REFERENCES iam_group(folded),"
    " iam_user TEXT NOT NULL REFERENCES iam_user(folded), PRIMARY KEY (iam_user, iam_group))"
    " WITHOUT ROWID;"
    "CREATE TABLE managed_policy (arn TEXT PRIMARY KEY, name TEXT NOT NULL, id TEXT NOT NULL,"
    " path TEXT NOT NULL, document TEXT NOT NULL, created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE policy_attachment (owner_kind TEXT NOT NULL, owner TEXT NOT NULL,"
    " arn TEXT NOT NULL REFERENCES managed_policy(arn), PRIMARY KEY (owner_kind, owner, arn))"
    " WITHOUT ROWID;"
    "CREATE TABLE inline_policy (owner_kind TEXT NOT NULL, owner TEXT NOT NULL,"
    " name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (owner_kind, owner, name))"
    " WITHOUT ROWID;"
    "CREATE TABLE access_key (id TEXT PRIMARY KEY, iam_user TEXT NOT NULL REFERENCES"
    " iam_user(folded), secret BLOB NOT NULL, active INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " used_ms INTEGER, used_service TEXT, used_address TEXT) WITHOUT ROWID;"
    "CREATE INDEX access_key_user ON access_key (iam_user);"

    "CREATE TABLE identity (name TEXT PRIMARY KEY, is_domain INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, token TEXT NOT NULL, vouched INTEGER NOT NULL,"
    " suspended TEXT, only_itself INTEGER NOT NULL, dkim_enabled INTEGER NOT NULL,"
    " mail_from_domain TEXT, mail_from_reject INTEGER NOT NULL, configuration_set TEXT)"
    " WITHOUT ROWID;"
    "CREATE TABLE proof (identity TEXT NOT NULL REFERENCES identity(name), kind TEXT NOT NULL,"
    " status INTEGER NOT NULL, absent_ms INTEGER NOT NULL, absent_since_ms INTEGER NOT NULL,"
    " checked_ms INTEGER NOT NULL, succeeded_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " next_ms INTEGER NOT NULL, PRIMARY KEY (identity, kind)) WITHOUT ROWID;"
    "CREATE INDEX proof_next ON proof (next_ms);"
    "CREATE TABLE identity_policy (identity TEXT NOT NULL REFERENCES identity(name),"
    " name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (identity, name)) WITHOUT ROWID;"
    "CREATE TABLE signing_key (public TEXT PRIMARY KEY, private BLOB NOT NULL,"
    " algorithm INTEGER NOT NULL, bits INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " domain TEXT, selector TEXT, position INTEGER) WITHOUT ROWID;"
    "CREATE INDEX signing_key_domain ON signing_key (domain, algorithm, position);"
    "CREATE TABLE verification (token_hash TEXT PRIMARY KEY, address TEXT NOT NULL,"
    " expires_ms INTEGER NOT NULL, used_ms INTEGER) WITHOUT ROWID;"
    "CREATE TABLE configuration_set (name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL,"
    " sending_enabled INTEGER NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE message (key INTEGER PRIMARY KEY, id TEXT NOT NULL, accepted_ms INTEGER NOT NULL,"
    " open INTEGER NOT NULL, user_name TEXT NOT NULL, access_key TEXT NOT NULL,"
    " source_ip TEXT NOT NULL, client_name TEXT NOT NULL, tls TEXT NOT NULL, service TEXT NOT NULL,"
    " reverse_path TEXT NOT NULL, wire_path TEXT NOT NULL, header_from TEXT NOT NULL,"
    " header BLOB NOT NULL, body_bytes INTEGER NOT NULL, eight_bit INTEGER NOT NULL,"
    " captured INTEGER NOT NULL, recipients INTEGER NOT NULL, configuration_set TEXT NOT NULL,"
    " policy TEXT NOT NULL, statement INTEGER NOT NULL, resource TEXT NOT NULL,"
    " hidden INTEGER NOT NULL, feedback INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE chunk (key INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE recipient (key INTEGER PRIMARY KEY, address TEXT NOT NULL, domain TEXT NOT NULL,"
    " state INTEGER NOT NULL, leased INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    " next_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, held_ms INTEGER NOT NULL,"
    " finished_ms INTEGER NOT NULL, status TEXT NOT NULL, reply TEXT NOT NULL,"
    " remote TEXT NOT NULL);"
    "CREATE INDEX recipient_due ON recipient (next_ms) WHERE state = 0;"
    "CREATE INDEX recipient_held ON recipient (key) WHERE state = 1;"

    "CREATE TABLE decision (key INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " user_name TEXT NOT NULL, access_key TEXT NOT NULL, source_ip TEXT NOT NULL,"
    " action TEXT NOT NULL, reverse_path TEXT NOT NULL, header_from TEXT NOT NULL,"
    " recipients INTEGER NOT NULL, reason TEXT NOT NULL, policy TEXT NOT NULL,"
    " statement INTEGER NOT NULL, resource TEXT NOT NULL, reply TEXT NOT NULL);"
    "CREATE TABLE stranger (hour INTEGER NOT NULL, network TEXT NOT NULL, reason TEXT NOT NULL,"
    " attempts INTEGER NOT NULL, last_ms INTEGER NOT NULL, last_user TEXT NOT NULL,"
    " PRIMARY KEY (hour, network, reason)) WITHOUT ROWID;",
    /* 2: why a key is off, which address decided, which records DNS shows, what a quota counts */
    "ALTER TABLE access_key ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0;"
    "UPDATE access_key SET revoked = 1 WHERE active = 0 AND NOT EXISTS (SELECT 1 FROM access_key"
    " newer WHERE newer.iam_user = access_key.iam_user AND newer.created_ms >"
    " access_key.created_ms);"
    "ALTER TABLE decision ADD COLUMN address TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE signing_key ADD COLUMN published INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN tags TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE message ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;"
    "UPDATE message SET counted = recipients WHERE service <> 'system';",
    /* 3: what the SES and IAM APIs keep beside identities, users and mail */
    "ALTER TABLE configuration_set ADD COLUMN tls_required INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE configuration_set ADD COLUMN max_delivery_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE configuration_set ADD COLUMN tracking_domain TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE configuration_set ADD COLUMN https_policy TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE configuration_set ADD COLUMN reputation_enabled INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE configuration_set ADD COLUMN fresh_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE configuration_set ADD COLUMN suppressed_reasons TEXT;"
    "CREATE TABLE event_destination (configuration_set TEXT NOT NULL REFERENCES"
    " configuration_set(name), name TEXT NOT NULL, enabled INTEGER NOT NULL,"
    " event_types TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,"
    " PRIMARY KEY (configuration_set, name)) WITHOUT ROWID;"
    "CREATE TABLE email_template (name TEXT PRIMARY KEY, subject TEXT NOT NULL,"
    " text_part TEXT NOT NULL, html_part TEXT NOT NULL, created_ms INTEGER NOT NULL);"
    "CREATE TABLE verification_template (name TEXT PRIMARY KEY, from_address TEXT NOT NULL,"
    " subject TEXT NOT NULL, content TEXT NOT NULL, success_url TEXT NOT NULL,"
    " failure_url TEXT NOT NULL, created_ms INTEGER NOT NULL);"
    "CREATE TABLE suppressed_address (address TEXT PRIMARY KEY, reason TEXT NOT NULL,"
    " updated_ms INTEGER NOT NULL, message_id TEXT NOT NULL, feedback_id TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE contact_list (name TEXT PRIMARY KEY, description TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE contact_topic (list TEXT NOT NULL REFERENCES contact_list(name),"
    " position INTEGER NOT NULL, name TEXT NOT NULL, display_name TEXT NOT NULL,"
    " description TEXT NOT NULL, default_status TEXT NOT NULL, PRIMARY KEY (list, name))"
    " WITHOUT ROWID;"
    "CREATE TABLE contact (list TEXT NOT NULL REFERENCES contact_list(name),"
    " address TEXT NOT NULL, unsubscribe_all INTEGER NOT NULL, attributes TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, PRIMARY KEY (list, address))"
    " WITHOUT ROWID;"
    "CREATE TABLE contact_preference (list TEXT NOT NULL, address TEXT NOT NULL,"
    " topic TEXT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (list, address, topic),"
    " FOREIGN KEY (list, address) REFERENCES contact(list, address)) WITHOUT ROWID;"
    "CREATE TABLE tag (resource TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (resource, key)) WITHOUT ROWID;"
    /* The default version is managed_policy.document; here are the others. */
    "CREATE TABLE policy_version (arn TEXT NOT NULL REFERENCES managed_policy(arn),"
    " version INTEGER NOT NULL, document TEXT NOT NULL, created_ms INTEGER NOT NULL,"
    " PRIMARY KEY (arn, version)) WITHOUT ROWID;"
    "ALTER TABLE managed_policy ADD COLUMN description TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE managed_policy ADD COLUMN version INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE managed_policy ADD COLUMN version_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE managed_policy ADD COLUMN versions_made INTEGER NOT NULL DEFAULT 1;"
    "UPDATE managed_policy SET version_ms = updated_ms;"
    "CREATE INDEX policy_attachment_policy ON policy_attachment (arn);"
    "CREATE INDEX iam_user_boundary ON iam_user (boundary_arn);"
    "CREATE TABLE login_profile (iam_user TEXT PRIMARY KEY REFERENCES iam_user(folded),"
    " password_hash TEXT NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,"
    " reset_required INTEGER NOT NULL, used_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "ALTER TABLE identity ADD COLUMN forwarding_enabled INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE identity ADD COLUMN headers_in TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE identity ADD COLUMN dkim_external INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE identity ADD COLUMN keys_ms INTEGER NOT NULL DEFAULT 0;"
    "UPDATE identity SET keys_ms = created_ms WHERE is_domain = 1;"
    "ALTER TABLE verification ADD COLUMN success_url TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE verification ADD COLUMN failure_url TEXT NOT NULL DEFAULT '';"
    /* Outlives the identity: deleting it must not let another hundred mails go to the address. */
    "CREATE TABLE verification_mail (mailbox TEXT NOT NULL, sent_ms INTEGER NOT NULL);"
    "CREATE INDEX verification_mail_mailbox ON verification_mail (mailbox, sent_ms);"
    "CREATE INDEX verification_mail_sent ON verification_mail (sent_ms);"
    "ALTER TABLE message ADD COLUMN subject TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE message ADD COLUMN tls_required INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE statistic (quarter INTEGER PRIMARY KEY, attempts INTEGER NOT NULL,"
    " bounces INTEGER NOT NULL, complaints INTEGER NOT NULL, rejects INTEGER NOT NULL);",
    /* 4: what a start reads of the last day, without the bodies beside it */
    "CREATE INDEX message_accepted ON message (accepted_ms, counted);"
    /* suspension of users and identities */
    "CREATE TABLE suspension (kind INTEGER NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,"
    " since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (kind, subject))"
    " WITHOUT ROWID;"
    "INSERT INTO suspension SELECT 1, lower(name), suspended, 0, 9223372036854775807 FROM identity"
    " WHERE suspended <> '';"
    "ALTER TABLE identity DROP COLUMN suspended;"
    /* ledger */
    "CREATE TABLE ledger (number INTEGER PRIMARY KEY, record BLOB NOT NULL,"
    " details BLOB NOT NULL, chain BLOB NOT NULL);"
    /* brake */
    "CREATE TABLE brake (access_key TEXT PRIMARY KEY, user_name TEXT NOT NULL,"
    " memory BLOB NOT NULL, sent_before INTEGER NOT NULL, tripped_ms INTEGER NOT NULL,"
    " reason TEXT NOT NULL, words TEXT NOT NULL, held_bytes INTEGER NOT NULL);"
    "CREATE INDEX brake_tripped ON brake (tripped_ms) WHERE tripped_ms > 0;"
    /* Who sent in bulk before there was a brake goes on. */
    "INSERT INTO brake SELECT access_key, max(user_name), x'', max(sent), 0, '', '', 0"
    " FROM (SELECT access_key, max(user_name) AS user_name, sum(counted) AS sent FROM message"
    " WHERE access_key IN (SELECT id FROM access_key) GROUP BY access_key, accepted_ms / 3600000)"
    " GROUP BY access_key;"
    "ALTER TABLE recipient ADD COLUMN held_by TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE canary (access_key TEXT PRIMARY KEY, created_ms INTEGER NOT NULL,"
    " uses INTEGER NOT NULL, used_ms INTEGER NOT NULL, last_use TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE alarm (subject TEXT PRIMARY KEY, weight INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " words TEXT NOT NULL, times INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
    " last_words TEXT NOT NULL, told_ms INTEGER NOT NULL) WITHOUT ROWID;"
    /* rotation of signing keys */
    "ALTER TABLE signing_key ADD COLUMN published_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN signing_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN retired_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN kept_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN counted_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN gone_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN updates INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE signing_key ADD COLUMN update_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE key_rotation (domain TEXT NOT NULL REFERENCES identity(name),"
    " algorithm INTEGER NOT NULL, wanted_ms INTEGER NOT NULL, at_once INTEGER NOT NULL,"
    " warned_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, PRIMARY KEY (domain, algorithm))"
    " WITHOUT ROWID;"
    "CREATE INDEX key_rotation_next ON key_rotation (next_ms);"
    "INSERT INTO key_rotation SELECT name, 0, 0, 0, 0, 0 FROM identity WHERE is_domain = 1;"
    "UPDATE signing_key SET signing_ms = (SELECT keys_ms FROM identity WHERE name = domain)"
    " WHERE position = 0 AND domain IN (SELECT name FROM identity);"
    /* access analyzer */
    "CREATE TABLE analyzer (name TEXT PRIMARY KEY, unused_days INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE permission_use (user_id TEXT NOT NULL, action TEXT NOT NULL,"
    " used_ms INTEGER NOT NULL, PRIMARY KEY (user_id, action))"
    " WITHOUT ROWID;"
    "INSERT INTO setting VALUES ('permission_uses_ms', 1000 * strftime('%s', 'now'));",
    /* 5: who is signed in to the console */
    "CREATE TABLE console_session (token_hash BLOB PRIMARY KEY, user_id TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX console_session_user ON console_session (user_id);"
    "ALTER TABLE login_profile ADD COLUMN totp_secret BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE login_profile ADD COLUMN totp_confirmed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE login_profile ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;",
    /* 6: what the console shows of a message's life and of the service's days */
    "CREATE TABLE recipient_record (recipient INTEGER NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY (recipient, number)) WITHOUT ROWID;"
    "ALTER TABLE statistic ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE statistic ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0;"
    /* Mail names its user: since when one has the name. */
    "ALTER TABLE iam_user ADD COLUMN named_ms INTEGER NOT NULL DEFAULT 0;"
    "UPDATE iam_user SET named_ms = created_ms;"
    /* Who sent how much since midnight, read off the index alone. */
    "DROP INDEX message_accepted;"
    "CREATE INDEX message_accepted ON message (accepted_ms, counted, user_name);",
};

int
schema_version(void)
{
    return (int)(sizeof migrations / sizeof migrations[0]);
}

static enum rc
read_version(struct database *database, int64_t *version, struct err *err)
{
    struct query query = query_start(database, "PRAGMA user_version");
    *version = query_row(&query) ? query_column_i64(&query, 0) : 0;
    return query_end(&query, err);
}

static enum rc
apply(struct database *database, int64_t version, struct err *err)
{
    char stamp[64];
    snprintf(stamp, sizeof stamp, "PRAGMA user_version = %d", (int)version + 1);
    enum rc rc = database_begin(database, err);
    if (rc != RC_OK)
        return rc;
    rc = database_execute(database, migrations[version], err);
    if (rc == RC_OK)
        rc = database_execute(database, stamp, err);
    if (rc == RC_OK)
        return database_commit(database, err);
    database_rollback(database);
    return rc;
}

enum rc
schema_migrate(struct database *database, struct err *err)
{
    int64_t version;
    enum rc rc = read_version(database, &version, err);
    if (rc == RC_OK && version > schema_version())
        return err_set(err, RC_CONFLICT,
                       "the database is of version %d, this postern knows versions up to %d",
                       (int)version, schema_version());
    for (; rc == RC_OK && version < schema_version(); version++)
        rc = apply(database, version, err);
    return rc;
}
