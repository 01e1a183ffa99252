/*
 * What DNS has answered so far, for a judgement where one answer leads to the next question. The
 * judgement is pure: it is made from the start, asks here, and says RC_AGAIN while something it needs
 * is not known; whoever runs it asks DNS what is wanted, puts in the answers, and runs it again.
 */
#ifndef POSTERN_NET_ANSWERS_H
#define POSTERN_NET_ANSWERS_H

#include "dns.h"

/* More are answered DNS_TEMPORARY: records of strangers decide what is asked. */
enum { ANSWERS_MAX = 256 };

struct answers; /* lives in its arena */
struct answers *answers_new(struct arena *arena);

/* NULL: not known, and wanted from now on. What is no name that can be asked for is DNS_NXDOMAIN. */
const struct dns_answer *answers_get(struct answers *answers, enum dns_type type,
                                     struct slice name);
/* Copied. */
void answers_put(struct answers *answers, enum dns_type type, struct slice name,
                 const struct dns_answer *answer);
/* The next question without an answer from number *at on; false: there is none. */
bool answers_wanted(const struct answers *answers, size_t *at, enum dns_type *type,
                    struct slice *name);

#endif
