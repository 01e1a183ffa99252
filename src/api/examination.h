/*
 * `postern check`: what a receiver makes of a message of a domain, and what is to be done about it
 * (design §6). The message was sent and taken back from the store; DNS is in net/answers.h. Pure: it
 * is made from the start until nothing more is wanted of DNS.
 *
 *   red     mail is refused, or taken for somebody else's, or shows the provider
 *   amber   mail arrives today, with something wrong that will matter
 *   green   as it should be
 *   note    what a receiver can see all the same, and the operator chose
 */
#ifndef POSTERN_API_EXAMINATION_H
#define POSTERN_API_EXAMINATION_H

#include "base/json.h"
#include "identity/proof.h"
#include "net/answers.h"
#include "store/identities.h"

enum verdict { VERDICT_NOTE, VERDICT_GREEN, VERDICT_AMBER, VERDICT_RED, VERDICT_COUNT };
const char *verdict_name(enum verdict verdict); /* "amber" */

/* A key that signs longer than this is due to be changed, where keys do not take turns. */
enum { KEY_DAYS_MAX = 365, KEY_BITS_WANTED = 2048 };

struct finding {
    enum verdict verdict;
    const char *subject; /* "DKIM", "trace" */
    struct slice words;
    struct slice name, value; /* the record to publish; name empty: none */
    const char *type;         /* its type */
    struct slice run;         /* the command that mends it, or empty */
};

struct findings {
    struct finding *list;
    size_t count, cap;
};

/* What is known beside DNS. */
struct examined {
    struct slice domain;
    bool dkim_enabled, dkim_external, vouched;
    int64_t rotate_after_ms; /* of keys that take turns by themselves; 0: they do not */
    enum identity_status verification, dkim;
    struct slice mail_from_domain; /* as set, proved or not; empty: none */
    const struct signing_key_row *keys, *provider_keys;
    size_t key_count, provider_key_count;
    struct slice hostname, provider_domain;
    enum route_kind route;  /* of mail that no other route takes */
    struct slice smarthost; /* of such a route */
    struct slice outgoing;  /* the address that mail leaves from, text; empty: hostname's */
    struct slice certificate, public_url; /* in PEM, empty: none; of links in mail */
    int64_t now_ms;
    /* who sent it, and what was said */
    struct slice user, from, message_id;
    struct slice refusal; /* why none was sent; empty: it was */
    struct slice braked;  /* why the brake holds what that user sends; empty: it does not */
    /* the message as the next server would get it */
    struct slice wire_path, header, body; /* header with its empty line */
};

/* RC_AGAIN: answers are wanted, and `out` is of no use yet. */
MUST_USE enum rc examine(struct arena *arena, struct answers *answers,
                         const struct examined *examined, struct findings *out, struct err *err);

/* The worst of them. */
enum verdict examination_verdict(const struct findings *findings);
/* The members of an open object. */
void examination_write(struct json_writer *writer, const struct examined *examined,
                       const struct findings *findings);

#endif
