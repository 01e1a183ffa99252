/*
 * Where to deliver for a domain (RFC 5321 §5.1, RFC 7505): pure functions over DNS answers.
 */
#ifndef POSTERN_DELIVER_MX_H
#define POSTERN_DELIVER_MX_H

#include "net/dns.h"

struct mx_host {
    struct slice name;
    uint16_t preference;
};

/*
 * The hosts to try, best first, equal preferences shuffled with `random`; without MX the domain
 * itself (implicit MX). `self`: our own host name; hosts at its preference or worse are dropped.
 * RC_PERMANENT  null MX ("556 5.1.10 ..."), loops back to us ("554 5.4.6")
 * RC_NOT_FOUND  the domain does not exist ("550 5.1.2 ...")
 * RC_TEMPORARY  DNS did not answer ("421 4.4.0 Unable to lookup DNS for ...", SES's words) or could not
 *               be validated ("451 4.4.3 ...")
 * The reply text for the outcome is left in err->text, led by code and enhanced status.
 */
MUST_USE enum rc mx_hosts(struct arena *arena, struct slice domain, struct slice self,
                          const struct dns_answer *mx, uint64_t random, struct mx_host **out,
                          size_t *count, struct err *err);

#endif
