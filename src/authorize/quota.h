/*
 * Sending quotas (reference §6), counted per recipient and all-or-nothing per message: a rolling
 * window of 24 hours in minutes, and a token bucket that refills at the rate and holds
 * max(rate, 50) tokens, so that one message to 50 recipients passes after a pause. Pure.
 */
#ifndef POSTERN_AUTHORIZE_QUOTA_H
#define POSTERN_AUTHORIZE_QUOTA_H

#include "base/err.h"

enum { QUOTA_MINUTES = 24 * 60 };

struct quota {
    uint32_t sent[QUOTA_MINUTES];
    int64_t minute; /* of the newest bucket, since the epoch */
    int64_t sent_24h;
    double tokens;
    int64_t filled_ms;
};

struct quota_limits {
    int64_t per_day; /* -1: unlimited */
    uint32_t rate;   /* recipients a second */
};

enum quota_answer { QUOTA_OK, QUOTA_DAILY, QUOTA_RATE };

void quota_init(struct quota *quota, const struct quota_limits *limits, int64_t now_ms);
/* What was accepted before a restart. */
void quota_restore(struct quota *quota, int64_t accepted_ms, uint32_t recipients, int64_t now_ms);

/* What one message takes. */
struct quota_charge {
    uint32_t recipients; /* of the rate */
    uint32_t counted;    /* of the day: those that are not the mailbox simulator's */
    int64_t minute;      /* that it was counted in; set by quota_take */
};

/* Takes the charge when the answer is QUOTA_OK. */
enum quota_answer quota_take(struct quota *quota, const struct quota_limits *limits,
                             struct quota_charge *charge, int64_t now_ms);
void quota_give_back(struct quota *quota, const struct quota_charge *charge);
int64_t quota_sent_24h(struct quota *quota, int64_t now_ms);

#endif
