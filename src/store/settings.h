/* What the administrator switches at run time: name and value, all text. */
#ifndef POSTERN_STORE_SETTINGS_H
#define POSTERN_STORE_SETTINGS_H

#include "database.h"

/* The names in use. */
#define SETTING_PRODUCTION         "production"         /* "on": out of the sandbox */
#define SETTING_PAUSED             "paused"             /* "on": sending paused for the account */
#define SETTING_BACKED_UP          "backed_up_ms"       /* in a backup: when it was taken */
#define SETTING_SUPPRESSED_REASONS "suppressed_reasons" /* "BOUNCE,COMPLAINT"; "": none */
#define SETTING_ACCOUNT_DETAILS    "account_details"    /* of PutAccountDetails, as JSON */
#define SETTING_REVIEW             "review"             /* of production access: "PENDING" */
/* Of the ledger: its sealed key, the public half, the newest head, where it begins. */
#define SETTING_LEDGER_KEY    "ledger_key"
#define SETTING_LEDGER_PUBLIC "ledger_public"
#define SETTING_LEDGER_HEAD   "ledger_head"
#define SETTING_LEDGER_START  "ledger_start"
/* The last credential report of the API (CSV), and when it was made. */
#define SETTING_CREDENTIAL_REPORT    "credential_report"
#define SETTING_CREDENTIAL_REPORT_MS "credential_report_ms"
#define SETTING_PERMISSION_USES_MS   "permission_uses_ms" /* since when uses are recorded */

/* What the review of a request for production access came to; without one there is no setting. */
#define REVIEW_PENDING "PENDING"
#define REVIEW_GRANTED "GRANTED"
#define REVIEW_DENIED  "DENIED"

MUST_USE enum rc settings_get(struct database *db, struct arena *arena, const char *name,
                              struct slice *value, struct err *err); /* empty when not set */
MUST_USE enum rc settings_put(struct database *db, const char *name, struct slice value,
                              struct err *err);

/* How often somebody changed something: what was decided from a snapshot in which it had another
 * value is decided again before it is committed. */
MUST_USE enum rc settings_changes(struct database *db, int64_t *changes, struct err *err);
MUST_USE enum rc settings_count_change(struct database *db, struct err *err);

#endif
