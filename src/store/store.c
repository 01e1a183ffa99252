#include "store.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/random.h"
#include "database.h"
#include "policies.h"
#include "schema.h"
#include "settings.h"
#include "users.h"

#include <stdio.h>

#define RETURN_SECRET "return_secret"

static const char administrator_policy[] =
    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n"
    "    \"Sid\": \"EverythingButSending\",\n    \"Effect\": \"Allow\",\n"
    "    \"NotAction\": \"ses:Send*\",\n    \"Resource\": \"*\"\n  }]\n}";
static const char sender_policy[] =
    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n"
    "    \"Sid\": \"SendingUnderAnyVerifiedName\",\n    \"Effect\": \"Allow\",\n"
    "    \"Action\": \"ses:Send*\",\n    \"Resource\": \"*\"\n  }]\n}";

static enum rc
attach_policy(struct database *db, struct arena *arena, const struct store_admin *admin,
              const char *name, const char *document, int64_t now_ms, struct err *err)
{
    struct slice arn =
        arena_printf(arena, "arn:aws:iam::%.*s:policy/%s", SLICE_ARG(admin->account), name);
    struct managed_policy_row row = {.arn = arn,
                                     .name = slice_of(name),
                                     .id = random_iam_id(arena, "ANPA", 17),
                                     .path = SLICE("/"),
                                     .description = SLICE(""),
                                     .document = slice_of(document),
                                     .version = 1,
                                     .version_ms = now_ms,
                                     .versions_made = 1,
                                     .created_ms = now_ms,
                                     .updated_ms = now_ms};
    enum rc rc = managed_policies_insert(db, &row, err);
    if (rc == RC_OK)
        rc =
            managed_policies_attach(db, OWNER_USER, arena_lower(arena, admin->user_name), arn, err);
    return rc;
}

static enum rc
insert_administrator(struct database *db, struct arena *arena, const struct sealer *sealer,
                     const struct store_admin *admin, struct err *err)
{
    int64_t now_ms = clock_now_ms();
    struct user_row user = {.folded = arena_lower(arena, admin->user_name),
                            .name = admin->user_name,
                            .id = random_iam_id(arena, "AIDA", 17),
                            .path = SLICE("/"),
                            .created_ms = now_ms};
    struct slice row = arena_concat(arena, SLICE("access-key:"), admin->access_key_id);
    struct access_key_row key = {.id = admin->access_key_id,
                                 .user_folded = user.folded,
                                 .secret = sealer_seal(sealer, arena, row, admin->secret),
                                 .active = true,
                                 .created_ms = now_ms};
    enum rc rc = users_insert(db, &user, err);
    if (rc == RC_OK)
        rc = access_keys_insert(db, &key, err);
    if (rc == RC_OK)
        rc = attach_policy(db, arena, admin, "PosternAdministrator", administrator_policy, now_ms,
                           err);
    if (rc == RC_OK && admin->sends)
        rc = attach_policy(db, arena, admin, "PosternSender", sender_policy, now_ms, err);
    return rc;
}

static enum rc
insert_return_secret(struct database *db, struct arena *arena, const struct sealer *sealer,
                     struct err *err)
{
    char secret[32];
    random_bytes(secret, sizeof secret);
    struct slice sealed = sealer_seal(sealer, arena, SLICE("setting:" RETURN_SECRET),
                                      (struct slice){secret, sizeof secret});
    memory_wipe(secret, sizeof secret);
    return settings_put(db, RETURN_SECRET, codec_base64(arena, sealed), err);
}

enum rc
store_make_ballast(const char *path, struct err *err)
{
    static const char block[64 * 1024];
    FILE *file = fopen(path, "w");
    bool written = file != NULL;
    for (size_t i = 0; written && i < STORE_BALLAST_BYTES / sizeof block; i++)
        written = fwrite(block, sizeof block, 1, file) == 1;
    if (file && fclose(file) != 0)
        written = false;
    return written ? RC_OK : err_set(err, RC_TEMPORARY, "%s: no space for the ballast file", path);
}

enum rc
store_initialise(const char *dir, const struct store_admin *admin, struct err *err)
{
    struct arena *arena = arena_new();
    struct sealer *sealer = NULL;
    struct database *db = NULL;
    const char *key_path = arena_printf(arena, "%s/" STORE_MASTER_KEY, dir).ptr;
    const char *path = arena_printf(arena, "%s/" STORE_DATABASE, dir).ptr;
    enum rc rc = sealer_open(key_path, &sealer, err);
    if (rc == RC_OK)
        rc = database_open(path, DATABASE_WRITE, &db, err);
    if (rc == RC_OK)
        rc = schema_migrate(db, err);
    if (rc == RC_OK)
        rc = database_begin(db, err);
    if (rc == RC_OK)
        rc = insert_administrator(db, arena, sealer, admin, err);
    if (rc == RC_OK)
        rc = insert_return_secret(db, arena, sealer, err);
    if (rc == RC_OK)
        rc = database_commit(db, err);
    if (rc == RC_OK)
        rc = store_make_ballast(arena_printf(arena, "%s/" STORE_BALLAST, dir).ptr, err);
    database_close(db);
    sealer_close(sealer);
    arena_free(arena);
    return rc;
}

enum rc
store_return_secret(struct database *database, const struct sealer *sealer, uint8_t out[32],
                    struct err *err)
{
    struct arena *arena = arena_new();
    struct slice text, sealed;
    struct secret secret = {0};
    enum rc rc = settings_get(database, arena, RETURN_SECRET, &text, err);
    if (rc == RC_OK)
        rc = codec_base64_decode(arena, text, &sealed, err);
    if (rc == RC_OK)
        rc = sealer_unseal(sealer, SLICE("setting:" RETURN_SECRET), sealed, &secret, err);
    if (rc == RC_OK && secret.len != 32)
        rc = err_set(err, RC_PERMANENT, "the return secret has the wrong size");
    if (rc == RC_OK)
        memcpy(out, secret.ptr, 32);
    secret_free(&secret);
    arena_free(arena);
    return rc;
}
