/* The schema, from version 1 on. Migrations only ever move forward, one transaction each. */
#ifndef POSTERN_STORE_SCHEMA_H
#define POSTERN_STORE_SCHEMA_H

#include "database.h"

/* Creates or migrates. RC_CONFLICT when the database is of a newer postern. */
MUST_USE enum rc schema_migrate(struct database *database, struct err *err);
int schema_version(void); /* of this program */

#endif
