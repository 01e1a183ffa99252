#include "brake.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>

enum {
    FORMAT = 1,
    SLOT_MINUTES = 5,
    DAY_MINUTES = 24 * 60,
    ODD_DAY_FROM = 7, /* days with mail, before one of them can be told to be odd */
    DAY_FLOOR = 3,    /* the least of a day, in those of an hour */
    WEEK_DAYS = 3,    /* what a week may bring, in days that are full */
    PAST_MAX = 1000,  /* outcomes; then all of the past counts half */
    COUNT_NUMBERS = sizeof(struct brake_counts) / sizeof(uint32_t)
};

#define COUNT_MAX ((uint32_t)1 << 30)

static const char *const reason_names[] = {"none",        "recipients",   "new_network",
                                           "new_domains", "new_networks", "failures"};
static_assert(sizeof reason_names / sizeof *reason_names == BRAKE_REASON_COUNT, "all named");

const char *
brake_reason_name(enum brake_reason reason)
{
    return reason_names[reason];
}

struct slice
brake_words(struct arena *arena, const struct brake_verdict *verdict)
{
    static const char *const formats[] = {
        [BRAKE_RECIPIENTS] = "%u recipients within %s; up to %u are ordinary",
        [BRAKE_NEW_NETWORK] = "%u recipients within %s from networks that are new to it; up to %u "
                              "would pass",
        [BRAKE_NEW_DOMAINS] = "%u domains within %s that it never wrote to; up to %u would pass",
        [BRAKE_NEW_NETWORKS] = "%u source networks within %s that it never used; up to %u would "
                               "pass",
        [BRAKE_FAILURES] = "%u of its last %u recipients were refused; up to %u percent would pass",
    };
    static const char *const spans[] = {"an hour", "a day", "a week"};
    if (verdict->reason == BRAKE_FAILURES)
        return arena_printf(arena, formats[BRAKE_FAILURES], verdict->count, verdict->of,
                            verdict->bound);
    if (verdict->reason == BRAKE_NONE)
        return SLICE("");
    return arena_printf(arena, formats[verdict->reason], verdict->count, spans[verdict->span],
                        verdict->bound);
}

/* ---- as bytes: numbers of four, the lowest first ---- */

static void
put(unsigned char **at, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        *(*at)++ = (unsigned char)(number >> 8 * i);
}

static uint32_t
take(const unsigned char **at)
{
    uint32_t number = 0;
    for (int i = 0; i < 4; i++)
        number |= (uint32_t) * (*at)++ << 8 * i;
    return number;
}

/* Head: format, counts, how many domains and networks. */
enum { HEAD_NUMBERS = 1 + COUNT_NUMBERS + 2 };

struct slice
brake_write(struct arena *arena, const struct brake_memory *memory)
{
    size_t numbers = HEAD_NUMBERS + memory->domain_count + 3 * (size_t)memory->network_count;
    char *bytes = arena_alloc(arena, 4 * numbers);
    unsigned char *at = (unsigned char *)bytes;
    const uint32_t *counts = (const uint32_t *)&memory->counts;
    put(&at, FORMAT);
    for (size_t i = 0; i < COUNT_NUMBERS; i++)
        put(&at, counts[i]);
    put(&at, memory->domain_count);
    put(&at, memory->network_count);
    for (uint32_t i = 0; i < memory->domain_count; i++)
        put(&at, memory->domains[i]);
    for (uint32_t i = 0; i < memory->network_count; i++) {
        put(&at, memory->networks[i].high);
        put(&at, memory->networks[i].low);
        put(&at, memory->networks[i].first_min);
    }
    return (struct slice){bytes, 4 * numbers};
}

void
brake_read(struct slice bytes, struct brake_memory *out)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    uint32_t *counts = (uint32_t *)&out->counts;
    memset(&out->counts, 0, sizeof out->counts);
    out->domain_count = out->network_count = 0;
    if (bytes.len < 4 * (size_t)HEAD_NUMBERS || take(&at) != FORMAT)
        return;
    for (size_t i = 0; i < COUNT_NUMBERS; i++)
        counts[i] = take(&at);
    uint32_t domains = take(&at), networks = take(&at);
    if (domains > BRAKE_DOMAINS_MAX || networks > BRAKE_NETWORKS_MAX ||
        bytes.len != 4 * (HEAD_NUMBERS + domains + 3 * (size_t)networks) ||
        out->counts.outcomes > BRAKE_OUTCOMES) {
        memset(&out->counts, 0, sizeof out->counts);
        return;
    }
    for (; out->domain_count < domains; out->domain_count++)
        out->domains[out->domain_count] = take(&at);
    for (; out->network_count < networks; out->network_count++) {
        struct brake_network *network = &out->networks[out->network_count];
        network->high = take(&at);
        network->low = take(&at);
        network->first_min = take(&at);
    }
}

/* ---- domains and networks ---- */

/* FNV-1a. A domain that is taken for another is one new domain that is not counted. */
uint32_t
brake_domain(struct slice domain)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < domain.len; i++)
        hash = (hash ^ (unsigned char)ascii_lower(domain.ptr[i])) * 16777619u;
    return hash;
}

enum { FAMILY_4 = 1, FAMILY_6 = 2 };

uint64_t
brake_network(struct slice ip)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[INET6_ADDRSTRLEN];
    uint8_t address[16];
    uint64_t network = FAMILY_4;
    ip = slice_head(ip, slice_chr(ip, '%'));
    if (ip.len == 0 || ip.len >= sizeof text)
        return 0;
    memcpy(text, ip.ptr, ip.len);
    text[ip.len] = '\0';
    int bytes = 3;
    if (inet_pton(AF_INET, text, address) != 1) {
        if (inet_pton(AF_INET6, text, address) != 1)
            return 0;
        if (memcmp(address, mapped, sizeof mapped) == 0) {
            memmove(address, address + sizeof mapped, 4);
        } else {
            network = FAMILY_6;
            bytes = 6;
        }
    }
    for (int i = 0; i < bytes; i++)
        network = network << 8 | address[i];
    return network;
}

struct slice
brake_network_text(struct arena *arena, const struct brake_network *network)
{
    uint64_t number = (uint64_t)network->high << 32 | network->low;
    unsigned part[6];
    for (int i = 5; i >= 0; i--, number >>= 8)
        part[i] = (unsigned)(number & 0xff);
    if (number == FAMILY_6)
        return arena_printf(arena, "%x:%x:%x::/48", part[0] << 8 | part[1], part[2] << 8 | part[3],
                            part[4] << 8 | part[5]);
    return arena_printf(arena, "%u.%u.%u.0/24", part[3], part[4], part[5]);
}

/* Known already: it moves to the front. Else it is put there, and the last falls out. */
static bool
know_domain(struct brake_memory *memory, uint32_t domain)
{
    uint32_t at = 0;
    while (at < memory->domain_count && memory->domains[at] != domain)
        at++;
    bool known = at < memory->domain_count;
    if (!known && memory->domain_count < BRAKE_DOMAINS_MAX)
        memory->domain_count++;
    else if (!known)
        at--;
    memmove(&memory->domains[1], &memory->domains[0], at * sizeof memory->domains[0]);
    memory->domains[0] = domain;
    return known;
}

static void
know_network(struct brake_memory *memory, uint64_t number, uint32_t first_min)
{
    struct brake_network network = {(uint32_t)(number >> 32), (uint32_t)number, first_min};
    uint32_t at = 0;
    while (at < memory->network_count &&
           (memory->networks[at].high != network.high || memory->networks[at].low != network.low))
        at++;
    if (at < memory->network_count)
        network = memory->networks[at];
    else if (memory->network_count < BRAKE_NETWORKS_MAX)
        memory->network_count++;
    else
        at--;
    memmove(&memory->networks[1], &memory->networks[0], at * sizeof memory->networks[0]);
    memory->networks[0] = network;
}

static bool
is_new(const struct brake_network *network, uint32_t now_min, uint32_t days)
{
    return network->first_min != 0 && now_min < network->first_min + days * DAY_MINUTES;
}

static uint32_t
count_new(const struct brake_memory *memory, uint32_t now_min)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < memory->network_count; i++)
        count += is_new(&memory->networks[i], now_min, 1);
    return count;
}

/* ---- hours and days ---- */

static uint32_t
minutes(int64_t ms)
{
    return ms > 0 ? (uint32_t)(ms / MINUTE_MS) : 0;
}

/* Slots that left the hour are emptied. A clock set back leaves the hour where it is. */
static void
advance_hour(struct brake_counts *counts, uint32_t now_min)
{
    uint32_t slot = now_min / SLOT_MINUTES;
    if (slot <= counts->slot)
        return;
    uint32_t steps = slot - counts->slot < BRAKE_SLOTS ? slot - counts->slot : BRAKE_SLOTS;
    for (uint32_t i = 0; i < steps; i++)
        counts->slots[(slot - i) % BRAKE_SLOTS] = (struct brake_amounts){0};
    counts->slot = slot;
}

static uint32_t
larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t
smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t
sum_up(uint32_t a, uint32_t b)
{
    return b < COUNT_MAX - a ? a + b : COUNT_MAX;
}

static struct brake_amounts
add(struct brake_amounts a, struct brake_amounts b)
{
    return (struct brake_amounts){sum_up(a.recipients, b.recipients), sum_up(a.strange, b.strange),
                                  sum_up(a.new_domains, b.new_domains)};
}

static struct brake_amounts
hour_of(const struct brake_counts *counts)
{
    struct brake_amounts hour = {0};
    for (int i = 0; i < BRAKE_SLOTS; i++)
        hour = add(hour, counts->slots[i]);
    return hour;
}

/* The day that ended is kept, and days without mail are emptied. */
static void
advance_week(struct brake_counts *counts, uint32_t day)
{
    if (day <= counts->day)
        return;
    counts->week[counts->day % BRAKE_WEEK] = counts->today;
    uint32_t steps = smaller(day - counts->day, BRAKE_WEEK);
    for (uint32_t i = 0; i < steps; i++)
        counts->week[(day - i) % BRAKE_WEEK] = (struct brake_amounts){0};
    counts->today = (struct brake_amounts){0};
    counts->day = day;
}

static struct brake_amounts
week_of(const struct brake_counts *counts)
{
    struct brake_amounts week = counts->today;
    for (int i = 0; i < BRAKE_WEEK; i++)
        week = add(week, counts->week[i]);
    return week;
}

static struct brake_day
larger_of(struct brake_day a, struct brake_day b)
{
    return (struct brake_day){larger(a.hour_recipients, b.hour_recipients),
                              larger(a.hour_domains, b.hour_domains),
                              larger(a.recipients, b.recipients), larger(a.domains, b.domains)};
}

/* ---- what is usual, and what would be too much ---- */

/* The highest and the second highest of each, which need not be of one day. */
static struct brake_day
usual_of(const struct brake_counts *counts)
{
    struct brake_day highest = {0}, second = {0};
    for (uint32_t i = 0; i < counts->day_count && i < BRAKE_DAYS; i++) {
        const struct brake_day day = counts->days[i];
        const struct brake_day lower = {smaller(day.hour_recipients, highest.hour_recipients),
                                        smaller(day.hour_domains, highest.hour_domains),
                                        smaller(day.recipients, highest.recipients),
                                        smaller(day.domains, highest.domains)};
        second = larger_of(second, lower);
        highest = larger_of(highest, day);
    }
    return larger_of(counts->day_count < ODD_DAY_FROM ? highest : second, counts->taught);
}

static uint32_t
product(uint32_t number, uint32_t factor)
{
    uint64_t large = (uint64_t)number * factor;
    return large < COUNT_MAX ? (uint32_t)large : COUNT_MAX;
}

static uint32_t
tenth_more(uint32_t number)
{
    return sum_up(number, number / 10);
}

/* What a day with so much teaches at most. */
static struct brake_day
teachable(struct brake_day day, struct brake_day usual, const struct brake_limits *limits)
{
    uint32_t least = limits->least_per_hour, domains = limits->new_domains_per_hour;
    return (struct brake_day){
        smaller(day.hour_recipients, larger(tenth_more(usual.hour_recipients), least)),
        smaller(day.hour_domains, larger(tenth_more(usual.hour_domains), domains)),
        smaller(day.recipients, larger(tenth_more(usual.recipients), product(least, DAY_FLOOR))),
        smaller(day.domains, larger(tenth_more(usual.domains), product(domains, DAY_FLOOR)))};
}

/* A day that ended is kept, if there was mail; while it is braked, only its amounts are. */
static void
advance_day(struct brake_counts *counts, const struct brake_limits *limits, uint32_t now_min,
            bool learning, bool braked)
{
    uint32_t day = now_min / DAY_MINUTES;
    if (day <= counts->day)
        return;
    struct brake_day *kept = &counts->days[counts->day_count % BRAKE_DAYS];
    if (!braked && counts->today.recipients > 0) {
        *kept = learning ? counts->busiest : teachable(counts->busiest, usual_of(counts), limits);
        counts->day_count++;
    }
    advance_week(counts, day);
    if (!braked)
        counts->busiest = (struct brake_day){0};
}

static uint32_t
percent(uint32_t part, uint32_t whole)
{
    return whole ? (uint32_t)((uint64_t)part * 100 / whole) : 0;
}

static uint32_t
count_failed(const struct brake_counts *counts)
{
    uint32_t count = 0;
    for (int i = 0; i < BRAKE_OUTCOMES / 32; i++)
        for (uint32_t bits = counts->failed[i]; bits; bits &= bits - 1)
            count++;
    return count;
}

static struct brake_amounts
bounds(uint32_t recipients, uint32_t domains)
{
    return (struct brake_amounts){recipients, recipients / 2, domains};
}

static struct brake_amounts
times(struct brake_amounts amounts, uint32_t factor)
{
    return (struct brake_amounts){product(amounts.recipients, factor),
                                  product(amounts.strange, factor),
                                  product(amounts.new_domains, factor)};
}

static bool
is_learning(const struct brake_counts *counts, const struct brake_limits *limits, int64_t now_ms)
{
    return counts->since_min == 0 || now_ms < counts->since_min * MINUTE_MS + limits->learning_ms;
}

static void
set_bounds(struct brake_view *view, const struct brake_limits *limits)
{
    const struct brake_day *usual = &view->usual;
    uint32_t factor = limits->times_baseline, domains = limits->new_domains_per_hour;
    uint32_t least = view->learning ? limits->recipients_per_hour : limits->least_per_hour;
    view->hour_bound = bounds(larger(product(usual->hour_recipients, factor), least),
                              larger(product(usual->hour_domains, factor), domains));
    view->day_bound = bounds(larger(product(usual->recipients, factor), product(least, DAY_FLOOR)),
                             larger(product(usual->domains, factor), product(domains, DAY_FLOOR)));
    view->week_bound = times(view->day_bound, WEEK_DAYS);
    view->failure_percent_bound = limits->failure_percent + view->usual_failure_percent;
}

void
brake_describe(const struct brake_memory *memory, const struct brake_limits *limits, int64_t now_ms,
               struct brake_view *out)
{
    struct brake_counts counts = memory->counts;
    uint32_t now_min = minutes(now_ms);
    advance_hour(&counts, now_min);
    advance_week(&counts, now_min / DAY_MINUTES);
    *out = (struct brake_view){
        .learning = is_learning(&counts, limits, now_ms),
        .since_ms = counts.since_min * MINUTE_MS,
        .hour = hour_of(&counts),
        .day = counts.today,
        .week = week_of(&counts),
        .usual = is_learning(&counts, limits, now_ms) ? counts.taught : usual_of(&counts),
        .new_networks = count_new(memory, now_min),
        .failed = count_failed(&counts),
        .outcomes = counts.outcomes,
        .usual_failure_percent = counts.taught_failures,
    };
    if (counts.past_outcomes >= limits->failure_count)
        out->usual_failure_percent =
            larger(out->usual_failure_percent, percent(counts.past_failed, counts.past_outcomes));
    set_bounds(out, limits);
}

static struct brake_verdict
judge_failures(const struct brake_view *view, const struct brake_limits *limits)
{
    if (view->outcomes >= limits->failure_count &&
        (uint64_t)view->failed * 100 > (uint64_t)view->failure_percent_bound * view->outcomes)
        return (struct brake_verdict){.reason = BRAKE_FAILURES,
                                      .count = view->failed,
                                      .bound = view->failure_percent_bound,
                                      .of = view->outcomes};
    return (struct brake_verdict){BRAKE_NONE};
}

static struct brake_verdict
judge(const struct brake_view *view, const struct brake_limits *limits)
{
    const struct brake_amounts *hour = &view->hour, *day = &view->day, *week = &view->week;
    const struct brake_amounts *in_hour = &view->hour_bound, *in_day = &view->day_bound,
                               *in_week = &view->week_bound;
    const struct brake_verdict checks[] = {
        {BRAKE_RECIPIENTS, hour->recipients, in_hour->recipients, BRAKE_HOUR, 0},
        {BRAKE_RECIPIENTS, day->recipients, in_day->recipients, BRAKE_DAY, 0},
        {BRAKE_RECIPIENTS, week->recipients, in_week->recipients, BRAKE_7_DAYS, 0},
        {BRAKE_NEW_NETWORK, hour->strange, in_hour->strange, BRAKE_HOUR, 0},
        {BRAKE_NEW_NETWORK, day->strange, in_day->strange, BRAKE_DAY, 0},
        {BRAKE_NEW_NETWORK, week->strange, in_week->strange, BRAKE_7_DAYS, 0},
        {BRAKE_NEW_DOMAINS, hour->new_domains, in_hour->new_domains, BRAKE_HOUR, 0},
        {BRAKE_NEW_DOMAINS, day->new_domains, in_day->new_domains, BRAKE_DAY, 0},
        {BRAKE_NEW_DOMAINS, week->new_domains, in_week->new_domains, BRAKE_7_DAYS, 0},
        {BRAKE_NEW_NETWORKS, view->new_networks, limits->new_networks_per_day, BRAKE_DAY, 0},
    };
    size_t count = view->learning ? 1 : sizeof checks / sizeof *checks;
    for (size_t i = 0; i < count; i++)
        if (checks[i].count > checks[i].bound)
            return checks[i];
    return judge_failures(view, limits);
}

/* ---- what comes in ---- */

/* What this message adds; it knows its domains and its network from now on. */
static struct brake_amounts
take_in(struct brake_memory *memory, const struct brake_message *message, bool learning,
        uint32_t now_min)
{
    struct brake_amounts more = {.recipients = smaller(message->recipients, COUNT_MAX)};
    if (message->network) {
        /* Where it is used first is the owner's. */
        bool known = learning || memory->network_count == 0;
        know_network(memory, message->network, known ? 0 : now_min);
        if (is_new(&memory->networks[0], now_min, BRAKE_WEEK))
            more.strange = more.recipients;
    }
    for (uint32_t i = 0; i < message->domain_count; i++)
        more.new_domains += !know_domain(memory, message->domains[i]);
    return more;
}

struct brake_verdict
brake_weigh(struct brake_memory *memory, const struct brake_limits *limits,
            const struct brake_message *message, bool braked, int64_t now_ms)
{
    struct brake_counts *counts = &memory->counts;
    struct brake_view view;
    uint32_t now_min = minutes(now_ms);
    if (counts->since_min == 0)
        counts->since_min = now_min;
    bool learning = is_learning(counts, limits, now_ms);
    advance_hour(counts, now_min);
    advance_day(counts, limits, now_min, learning, braked);
    struct brake_amounts more = take_in(memory, message, learning, now_min);
    struct brake_amounts *slot = &counts->slots[counts->slot % BRAKE_SLOTS];
    *slot = add(*slot, more);
    counts->today = add(counts->today, more);
    brake_describe(memory, limits, now_ms, &view);
    counts->busiest = larger_of(
        counts->busiest, (struct brake_day){view.hour.recipients, view.hour.new_domains,
                                            counts->today.recipients, counts->today.new_domains});
    return judge(&view, limits);
}

/* The oldest of them goes to the past. */
static void
push_outcome(struct brake_counts *counts, uint32_t failed)
{
    uint32_t last = counts->failed[BRAKE_OUTCOMES / 32 - 1] >> 31;
    for (int i = BRAKE_OUTCOMES / 32 - 1; i > 0; i--)
        counts->failed[i] = counts->failed[i] << 1 | counts->failed[i - 1] >> 31;
    counts->failed[0] = counts->failed[0] << 1 | failed;
    if (counts->outcomes < BRAKE_OUTCOMES) {
        counts->outcomes++;
        return;
    }
    counts->past_outcomes++;
    counts->past_failed += last;
    if (counts->past_outcomes >= PAST_MAX) {
        counts->past_outcomes /= 2;
        counts->past_failed /= 2;
    }
}

/* Refusals are spread evenly among the others. It is looked at after each: what many bring at once does
 * not become usual before it was judged. */
struct brake_verdict
brake_weigh_outcomes(struct brake_memory *memory, const struct brake_limits *limits,
                     uint32_t delivered, uint32_t failed)
{
    struct brake_counts *counts = &memory->counts;
    struct brake_verdict first = {BRAKE_NONE};
    struct brake_view view;
    uint64_t total = (uint64_t)delivered + failed;
    for (uint64_t i = 0; i < total; i++) {
        push_outcome(counts, (i + 1) * failed / total > i * failed / total);
        brake_describe(memory, limits, counts->since_min * MINUTE_MS, &view);
        if (first.reason == BRAKE_NONE)
            first = judge_failures(&view, limits);
    }
    return first;
}

void
brake_learn(struct brake_memory *memory)
{
    struct brake_counts *counts = &memory->counts;
    counts->taught = larger_of(counts->taught, counts->busiest);
    counts->busiest = (struct brake_day){0};
    counts->today = (struct brake_amounts){0};
    for (int i = 0; i < BRAKE_WEEK; i++)
        counts->week[i] = (struct brake_amounts){0};
    for (int i = 0; i < BRAKE_SLOTS; i++)
        counts->slots[i] = (struct brake_amounts){0};
    counts->taught_failures =
        larger(counts->taught_failures, percent(count_failed(counts), counts->outcomes));
    counts->outcomes = 0;
    for (int i = 0; i < BRAKE_OUTCOMES / 32; i++)
        counts->failed[i] = 0;
    for (uint32_t i = 0; i < memory->network_count; i++)
        memory->networks[i].first_min = 0;
}
