/*
 * The installation's store: DIR/postern.db beside DIR/master.key. Made once by `postern init`.
 */
#ifndef POSTERN_STORE_STORE_H
#define POSTERN_STORE_STORE_H

#include "seal.h"

#define STORE_DATABASE   "postern.db"
#define STORE_MASTER_KEY "master.key"
#define STORE_BALLAST    "ballast" /* freed when the disk is full: a full disk cannot even delete */

enum { STORE_BALLAST_BYTES = 16 * 1024 * 1024 };

struct store_admin {
    struct slice user_name, access_key_id, secret, account;
    bool sends; /* may send mail too; without it everything but that */
};

/* Creates the database in `dir` (with its master key already there) and the administrator. */
MUST_USE enum rc store_initialise(const char *dir, const struct store_admin *admin,
                                  struct err *err);

/* RC_TEMPORARY when there is no space. */
MUST_USE enum rc store_make_ballast(const char *path, struct err *err);

/* The secret behind return addresses, sealed in the settings. `database` opened for reading is enough. */
struct database;
MUST_USE enum rc store_return_secret(struct database *database, const struct sealer *sealer,
                                     uint8_t out[32], struct err *err);

#endif
