/*
 * DMARC as a receiver evaluates it (RFC 7489): the record that holds for a From domain, and whether
 * a domain that was authenticated stands for it. Pure: DNS comes from net/answers.h, organizational
 * domains from the public suffix list.
 */
#ifndef POSTERN_IDENTITY_DMARC_H
#define POSTERN_IDENTITY_DMARC_H

#include "net/answers.h"

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };
const char *dmarc_policy_name(enum dmarc_policy policy); /* "quarantine" */

struct dmarc_record {
    enum dmarc_policy policy; /* for the domain asked about: p=, or sp= of the domain above it */
    bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
    unsigned percent;             /* pct= */
};

enum dmarc_state {
    DMARC_ABSENT,   /* no record holds */
    DMARC_PRESENT,  /* `record` */
    DMARC_UNUSABLE, /* there is one, and receivers leave it aside: `why` */
    DMARC_UNKNOWN   /* DNS does not answer */
};

struct dmarc_found {
    enum dmarc_state state;
    struct slice name; /* where it stands: "_dmarc.example.org" */
    struct slice text, why;
    struct dmarc_record record; /* relaxed and "none" unless present */
};

/* "mail.example.co.jp" -> "example.co.jp" (§3.2); a public suffix stays as it is. */
struct slice dmarc_organization(struct arena *arena, struct slice domain);

/* The record at the domain, or at its organizational domain (§6.6.3). RC_AGAIN: answers are wanted. */
MUST_USE enum rc dmarc_find(struct arena *arena, struct answers *answers, struct slice domain,
                            struct dmarc_found *out);

/* §3.1: the same domain; unless strict, the same organizational domain. */
bool dmarc_aligned(struct arena *arena, struct slice authenticated, struct slice from, bool strict);

/* One record's text (§6.3, §6.4). False: `why`. */
MUST_USE bool dmarc_read(struct arena *arena, struct slice text, bool below,
                         struct dmarc_record *out, struct slice *why);

#endif
