#include "mx.h"

static struct mx_host *
only_host(struct arena *arena, struct slice name)
{
    struct mx_host *host = ARENA_NEW(arena, struct mx_host);
    host->name = arena_lower(arena, name);
    return host;
}

/* RFC 5321 §5.1: without MX records the domain itself is the host, with preference 0. */
static enum rc
implicit_host(struct arena *arena, struct slice domain, struct slice self, struct mx_host **out,
              size_t *count, struct err *err)
{
    if (slice_ieq(domain, self))
        return err_set(err, RC_PERMANENT, "554 5.4.6 mail for %.*s loops back to this host",
                       SLICE_ARG(domain));
    *out = only_host(arena, domain);
    *count = 1;
    return RC_OK;
}

/* The root as exchange: nobody takes mail for this name (RFC 7505 §3). */
static bool
is_null(struct slice name)
{
    return name.len == 0 || slice_is(name, ".");
}

static void
add_host(struct mx_host *hosts, size_t *count, struct slice name, uint16_t preference)
{
    for (size_t i = 0; i < *count; i++)
        if (slice_ieq(hosts[i].name, name)) {
            if (preference < hosts[i].preference)
                hosts[i].preference = preference;
            return;
        }
    hosts[(*count)++] = (struct mx_host){name, preference};
}

/* A null MX is honoured alone; beside others it means nothing and is passed over. */
static struct mx_host *
collect(struct arena *arena, const struct dns_answer *mx, size_t *count)
{
    struct mx_host *hosts = ARENA_ARRAY(arena, struct mx_host, mx->count);
    *count = 0;
    for (size_t i = 0; i < mx->count && i < DNS_RECORDS_MAX; i++)
        if (!is_null(mx->records[i].data))
            add_host(hosts, count, arena_lower(arena, mx->records[i].data),
                     mx->records[i].preference);
    return hosts;
}

/* RFC 5321 §5.1: what stands at our own preference or behind it would bring the mail back to us. */
static size_t
drop_from_self(struct mx_host *hosts, size_t count, struct slice self)
{
    uint32_t ours = UINT32_MAX;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (slice_ieq(hosts[i].name, self))
            ours = hosts[i].preference;
    for (size_t i = 0; i < count; i++)
        if (hosts[i].preference < ours)
            hosts[kept++] = hosts[i];
    return kept;
}

/* splitmix64: spreads the load over equal hosts; nothing secret hangs on it. */
static uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void
shuffle(struct mx_host *hosts, size_t count, uint64_t random)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)(next_random(&random) % i);
        struct mx_host host = hosts[i - 1];
        hosts[i - 1] = hosts[other];
        hosts[other] = host;
    }
}

/* By insertion, because it is stable: the shuffled order stays among equals. At most 256. */
static void
sort_by_preference(struct mx_host *hosts, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct mx_host host = hosts[i];
        size_t at = i;
        for (; at > 0 && hosts[at - 1].preference > host.preference; at--)
            hosts[at] = hosts[at - 1];
        hosts[at] = host;
    }
}

static enum rc
listed_hosts(struct arena *arena, struct slice domain, struct slice self,
             const struct dns_answer *mx, uint64_t random, struct mx_host **out, size_t *count,
             struct err *err)
{
    size_t found;
    struct mx_host *hosts = collect(arena, mx, &found);
    if (found == 0)
        return err_set(err, RC_PERMANENT, "556 5.1.10 %.*s accepts no mail (null MX)",
                       SLICE_ARG(domain));
    found = drop_from_self(hosts, found, self);
    if (found == 0)
        return err_set(err, RC_PERMANENT, "554 5.4.6 mail for %.*s loops back to this host",
                       SLICE_ARG(domain));
    shuffle(hosts, found, random);
    sort_by_preference(hosts, found);
    *out = hosts;
    *count = found;
    return RC_OK;
}

enum rc
mx_hosts(struct arena *arena, struct slice domain, struct slice self, const struct dns_answer *mx,
         uint64_t random, struct mx_host **out, size_t *count, struct err *err)
{
    switch (mx->status) {
    case DNS_FOUND:
        if (mx->count)
            return listed_hosts(arena, domain, self, mx, random, out, count, err);
        return implicit_host(arena, domain, self, out, count, err);
    case DNS_NODATA: return implicit_host(arena, domain, self, out, count, err);
    case DNS_NXDOMAIN:
        return err_set(err, RC_NOT_FOUND, "550 5.1.2 The domain %.*s does not exist",
                       SLICE_ARG(domain));
    case DNS_BOGUS:
        return err_set(err, RC_TEMPORARY, "451 4.4.3 DNSSEC validation failed for the MX of %.*s",
                       SLICE_ARG(domain));
    case DNS_TEMPORARY:
    case DNS_STATUS_COUNT: break;
    }
    return err_set(err, RC_TEMPORARY, "421 4.4.0 Unable to lookup DNS for %.*s", SLICE_ARG(domain));
}
