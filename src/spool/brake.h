/*
 * The brake: is this how the owner of a credential sends, or somebody who stole it?
 *
 * For each access key a small memory of what it did, and bounds that follow from it. Beyond one of
 * them its mail is held until the administrator has looked. Five things give a thief away:
 *
 *   recipients    more than `times_baseline` times the usual, and than `least_per_hour`
 *   new network   half of that, from networks that it first used less than a week ago
 *   new domains   more that it never wrote to than `times_baseline` times the usual, and than
 *                 `new_domains_per_hour`
 *   new networks  more within a day that it never used than `new_networks_per_day`
 *   failures      of its last recipients, the share that was refused for good is above its usual
 *                 share by more than `failure_percent` points
 *
 * The first three are looked at within an hour, within a day, of which the least is three times that
 * of an hour, and within a week, of which all is three times that of a day. The usual is the busiest hour, or the whole, of the second busiest of the last 28
 * days with mail, so that one odd day teaches nothing; of fewer than a week of days, the busiest.
 * No day teaches more than a tenth above the usual: who creeps up needs weeks. What a release
 * taught counts beside it and is not forgotten. Until `learning_ms` after the first message a
 * credential has no past: `recipients_per_hour` and the failures alone are looked at.
 *
 * Bounded: 512 domains, as hashes, and 64 networks; the one not used for longest goes first. Hours
 * slide in steps of five minutes; days are those of UTC.
 *
 * Pure: counts, a message or outcomes, and the time go in; the verdict comes out.
 */
#ifndef POSTERN_SPOOL_BRAKE_H
#define POSTERN_SPOOL_BRAKE_H

#include "base/memory.h"

struct brake_limits {
    bool enabled;
    uint32_t recipients_per_hour, least_per_hour, times_baseline;
    uint32_t new_domains_per_hour, new_networks_per_day;
    uint32_t failure_percent, failure_count; /* of at least so many recipients */
    int64_t learning_ms;
    uint64_t held_bytes; /* what is held of one credential at most (braking.h) */
};

enum {
    BRAKE_SLOTS = 12,
    BRAKE_DAYS = 28,
    BRAKE_WEEK = 7,
    BRAKE_DOMAINS_MAX = 512,
    BRAKE_NETWORKS_MAX = 64,
    BRAKE_OUTCOMES = 64
};

struct brake_amounts {
    uint32_t recipients;
    uint32_t strange;     /* of these, from new networks */
    uint32_t new_domains; /* never written to before */
};

/* What is usual: within the busiest hour of a day, and all of the day. */
struct brake_day {
    uint32_t hour_recipients, hour_domains, recipients, domains;
};

/* All members are numbers of one kind (brake.c relies on it). */
struct brake_counts {
    uint32_t since_min; /* first used, in minutes since the epoch; 0: never */
    uint32_t slot;      /* the newest, since the epoch */
    struct brake_amounts slots[BRAKE_SLOTS];
    uint32_t day; /* that `today` is of, since the epoch */
    struct brake_amounts today;
    struct brake_amounts week[BRAKE_WEEK]; /* of days that ended */
    struct brake_day busiest;              /* so far: of today, or since it is braked */
    uint32_t day_count;                    /* how many were kept; the last 28 are here */
    struct brake_day days[BRAKE_DAYS];
    struct brake_day taught;              /* by releases */
    uint32_t failed[BRAKE_OUTCOMES / 32]; /* a bit for each of the last outcomes */
    uint32_t outcomes;                    /* how many of these there are */
    uint32_t past_outcomes, past_failed;  /* those before, fading */
    uint32_t taught_failures;             /* in percent */
};

struct brake_network {
    uint32_t high, low; /* brake_network() */
    uint32_t first_min; /* first used, in minutes since the epoch; 0: long known */
};

struct brake_memory {
    struct brake_counts counts;
    uint32_t domain_count, network_count;
    uint32_t domains[BRAKE_DOMAINS_MAX];               /* used last: first */
    struct brake_network networks[BRAKE_NETWORKS_MAX]; /* used last: first */
};

/* Counts, domains and networks as bytes, and back; what cannot be read is a memory of nothing. */
struct slice brake_write(struct arena *arena, const struct brake_memory *memory);
void brake_read(struct slice bytes, struct brake_memory *out);

enum brake_reason {
    BRAKE_NONE,
    BRAKE_RECIPIENTS,
    BRAKE_NEW_NETWORK,
    BRAKE_NEW_DOMAINS,
    BRAKE_NEW_NETWORKS,
    BRAKE_FAILURES,
    BRAKE_REASON_COUNT
};
const char *brake_reason_name(enum brake_reason reason); /* "new_domains" */

enum brake_span { BRAKE_HOUR, BRAKE_DAY, BRAKE_7_DAYS };

struct brake_verdict {
    enum brake_reason reason;
    uint32_t count, bound; /* what was counted, and the most that would have passed */
    enum brake_span span;
    uint32_t of; /* BRAKE_FAILURES: recipients; the bound is then in percent */
};
struct slice brake_words(struct arena *arena, const struct brake_verdict *verdict);

struct brake_message {
    uint32_t recipients;
    const uint32_t *domains; /* of the recipients, as brake_domain() */
    uint32_t domain_count;
    uint64_t network; /* as brake_network(); 0: unknown */
};
uint32_t brake_domain(struct slice domain);
/* IPv4 /24 or IPv6 /48 of an address as inet_ntop writes it; 0: it is none. */
uint64_t brake_network(struct slice ip);
struct slice brake_network_text(struct arena *arena, const struct brake_network *network);

/* A message comes in. `braked`: it is held whatever the verdict, and nothing of it is learned before
 * a release. */
struct brake_verdict brake_weigh(struct brake_memory *memory, const struct brake_limits *limits,
                                 const struct brake_message *message, bool braked, int64_t now_ms);
/* Recipients came to their end, `failed` of them refused for good. */
struct brake_verdict brake_weigh_outcomes(struct brake_memory *memory,
                                          const struct brake_limits *limits, uint32_t delivered,
                                          uint32_t failed);
/* The administrator says that all of it was ordinary. */
void brake_learn(struct brake_memory *memory);

/* What is known of it now, and what it may do. */
struct brake_view {
    bool learning;
    int64_t since_ms, learned_ms; /* 0: never used */
    struct brake_amounts hour, day, week;
    struct brake_day usual;
    struct brake_amounts hour_bound, day_bound, week_bound;
    uint32_t new_networks, failed, outcomes;
    uint32_t usual_failure_percent, failure_percent_bound;
};
void brake_describe(const struct brake_memory *memory, const struct brake_limits *limits,
                    int64_t now_ms, struct brake_view *out);

#endif
