/*
 * The brake: its bounds one by one, and then months of people and of thieves. What it costs (false
 * alarms) and what it is worth (how much a thief sends) is printed, and stands in docs/security.md.
 */
#include "base/clock.h"
#include "spool/brake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A Monday, and the defaults of postern.conf(5). */
static const int64_t monday = 1767571200000; /* 2026-01-05T00:00Z */
static const struct brake_limits defaults = {.enabled = true,
                                             .recipients_per_hour = 1000,
                                             .least_per_hour = 100,
                                             .times_baseline = 5,
                                             .new_domains_per_hour = 50,
                                             .new_networks_per_day = 20,
                                             .failure_percent = 30,
                                             .failure_count = 30,
                                             .learning_ms = 7 * DAY_MS};

static struct brake_memory memory;

static int
forget(void **state)
{
    (void)state;
    brake_read(SLICE(""), &memory);
    return 0;
}

static struct brake_verdict
send_from(uint64_t network, uint32_t recipients, uint32_t domain, int64_t now_ms)
{
    const struct brake_message message = {recipients, &domain, 1, network};
    return brake_weigh(&memory, &defaults, &message, false, now_ms);
}

static const uint64_t home = 0x01c00002;

static enum brake_reason
send_at(uint32_t recipients, int64_t now_ms)
{
    return send_from(home, recipients, 1, now_ms).reason;
}

/* Two recipients a day, for so many days; the instant after them. */
static int64_t
live(int days)
{
    for (int day = 0; day < days; day++)
        assert_int_equal(send_at(2, monday + day * DAY_MS + 10 * HOUR_MS), BRAKE_NONE);
    return monday + days * DAY_MS + 10 * HOUR_MS;
}

/* ---- the bounds ---- */

static void
without_a_past_an_absolute_number_within_an_hour_holds(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(send_at(10, monday + i * SECOND_MS), BRAKE_NONE);
    struct brake_verdict verdict = send_from(home, 1, 1, monday + 30 * MINUTE_MS);
    assert_int_equal(verdict.reason, BRAKE_RECIPIENTS);
    assert_int_equal(verdict.count, 1001);
    assert_int_equal(verdict.bound, 1000);
}

static void
the_hour_slides(void **state)
{
    (void)state;
    assert_int_equal(send_at(1000, monday), BRAKE_NONE);
    assert_int_equal(send_at(1000, monday + HOUR_MS + 1), BRAKE_NONE);
    assert_int_equal(send_at(1, monday + HOUR_MS + 50 * MINUTE_MS), BRAKE_RECIPIENTS);
}

static void
a_clock_set_back_empties_nothing(void **state)
{
    (void)state;
    assert_int_equal(send_at(1000, monday), BRAKE_NONE);
    assert_int_equal(send_at(1, monday - DAY_MS), BRAKE_RECIPIENTS);
}

static void
with_a_past_it_is_compared_with_its_usual_busiest_hour(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    assert_int_equal(send_at(100, now_ms), BRAKE_NONE);
    assert_int_equal(send_at(1, now_ms), BRAKE_RECIPIENTS);
    forget(NULL);
    for (int day = 0; day < 10; day++)
        assert_int_equal(send_at(400, monday + day * DAY_MS), BRAKE_NONE);
    assert_int_equal(send_at(2000, monday + 10 * DAY_MS), BRAKE_NONE);
    assert_int_equal(send_at(1, monday + 10 * DAY_MS), BRAKE_RECIPIENTS);
}

static void
what_passes_on_a_day_does_not_on_each_day_of_a_week(void **state)
{
    (void)state;
    int64_t now_ms = monday;
    struct brake_view view;
    for (int day = 0; day < 10; day++, now_ms += DAY_MS)
        assert_int_equal(send_at(400, now_ms), BRAKE_NONE);
    assert_int_equal(send_at(2000, now_ms), BRAKE_NONE);
    assert_int_equal(send_at(2000, now_ms + DAY_MS), BRAKE_NONE);
    struct brake_verdict verdict = send_from(home, 2000, 1, now_ms + 2 * DAY_MS);
    assert_int_equal(verdict.reason, BRAKE_RECIPIENTS);
    assert_int_equal(verdict.span, BRAKE_7_DAYS);
    assert_int_equal(verdict.count, 3 * 2000 + 4 * 400);
    assert_int_equal(verdict.bound, 3 * 5 * 440);
    brake_describe(&memory, &defaults, now_ms + 7 * DAY_MS, &view);
    assert_int_equal(view.week.recipients, 2 * 2000);
    brake_describe(&memory, &defaults, now_ms + 9 * DAY_MS, &view);
    assert_int_equal(view.week.recipients, 0);
    brake_describe(&memory, &defaults, now_ms + 300 * DAY_MS, &view);
    assert_int_equal(view.week.recipients, 0);
}

static void
one_odd_day_teaches_nothing(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    assert_int_equal(send_at(98, now_ms), BRAKE_NONE);
    assert_int_equal(send_at(100, now_ms + DAY_MS), BRAKE_NONE);
    struct brake_view view;
    brake_describe(&memory, &defaults, now_ms + DAY_MS, &view);
    assert_int_equal(view.hour_bound.recipients, 100);
    assert_int_equal(send_at(100, now_ms + 2 * DAY_MS), BRAKE_NONE); /* but the second does */
    brake_describe(&memory, &defaults, now_ms + 2 * DAY_MS, &view);
    assert_int_equal(view.hour_bound.recipients, 490);
}

static void
from_a_network_that_is_new_half_of_it_is_enough(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    assert_int_equal(send_from(home + 1, 50, 1, now_ms).reason, BRAKE_NONE);
    struct brake_verdict verdict = send_from(home + 1, 1, 1, now_ms);
    assert_int_equal(verdict.reason, BRAKE_NEW_NETWORK);
    assert_int_equal(verdict.bound, 50);
    now_ms += 6 * DAY_MS + 23 * HOUR_MS;
    assert_int_equal(send_from(home + 1, 51, 1, now_ms).reason, BRAKE_NEW_NETWORK);
    now_ms += DAY_MS + HOUR_MS; /* it is known by now */
    assert_int_equal(send_from(home + 1, 51, 1, now_ms).reason, BRAKE_NONE);
}

static void
domains_that_were_never_written_to_are_counted(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    for (uint32_t i = 0; i < 50; i++)
        assert_int_equal(send_from(home, 1, 1000 + i, now_ms).reason, BRAKE_NONE);
    assert_int_equal(send_from(home, 1, 1000, now_ms).reason, BRAKE_NONE);
    assert_int_equal(send_from(home, 1, 2000, now_ms).reason, BRAKE_NEW_DOMAINS);
}

static void
networks_that_were_never_used_are_counted(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    for (uint32_t i = 1; i <= 20; i++)
        assert_int_equal(send_from(home + i, 1, 1, now_ms + i * HOUR_MS).reason, BRAKE_NONE);
    assert_int_equal(send_from(home + 21, 1, 1, now_ms + 21 * HOUR_MS).reason, BRAKE_NEW_NETWORKS);
    assert_int_equal(send_from(home + 21, 1, 1, now_ms + 26 * HOUR_MS).reason, BRAKE_NONE);
}

static void
the_network_of_the_first_message_is_the_owners(void **state)
{
    (void)state;
    struct brake_limits at_once = defaults;
    struct brake_view view;
    at_once.learning_ms = 0;
    const struct brake_message message = {1, NULL, 0, home};
    (void)brake_weigh(&memory, &at_once, &message, false, monday);
    brake_describe(&memory, &at_once, monday, &view);
    assert_int_equal(view.new_networks, 0);
}

static void
refusals_are_compared_with_its_usual_share(void **state)
{
    (void)state;
    (void)live(10);
    for (int i = 0; i < 29; i++) /* too few to say anything */
        assert_int_equal(brake_weigh_outcomes(&memory, &defaults, 0, 1).reason, BRAKE_NONE);
    struct brake_verdict verdict = brake_weigh_outcomes(&memory, &defaults, 0, 1);
    assert_int_equal(verdict.reason, BRAKE_FAILURES);
    assert_int_equal(verdict.of, 30);
    forget(NULL);
    (void)live(10);
    for (int i = 0; i < 300; i++) /* one in four, as a list that nobody tends */
        assert_int_equal(brake_weigh_outcomes(&memory, &defaults, 3, 1).reason, BRAKE_NONE);
    struct brake_view view;
    brake_describe(&memory, &defaults, monday + 20 * DAY_MS, &view);
    assert_int_equal(view.usual_failure_percent, 25);
    assert_int_equal(view.failure_percent_bound, 55);
}

static void
refusals_of_many_at_once_count_as_they_would_one_by_one(void **state)
{
    (void)state;
    (void)live(10);
    struct brake_verdict verdict = brake_weigh_outcomes(&memory, &defaults, 400, 600);
    assert_int_equal(verdict.reason, BRAKE_FAILURES);
    assert_int_equal(verdict.of, 30);
    forget(NULL);
    (void)live(10);
    assert_int_equal(brake_weigh_outcomes(&memory, &defaults, 750, 250).reason, BRAKE_NONE);
}

static void
what_was_released_is_ordinary(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    assert_int_equal(send_at(300, now_ms), BRAKE_RECIPIENTS);
    brake_learn(&memory);
    assert_int_equal(send_at(300, now_ms), BRAKE_NONE);
    assert_int_equal(send_at(1200, now_ms), BRAKE_NONE);
    assert_int_equal(send_at(1, now_ms), BRAKE_RECIPIENTS);
    forget(NULL);
    (void)live(10);
    assert_int_equal(brake_weigh_outcomes(&memory, &defaults, 20, 44).reason, BRAKE_FAILURES);
    brake_learn(&memory);
    assert_int_equal(brake_weigh_outcomes(&memory, &defaults, 20, 44).reason, BRAKE_NONE);
}

/* Otherwise a thief who waits would find a bound that grew. */
static void
nothing_is_learned_of_what_is_held(void **state)
{
    (void)state;
    int64_t now_ms = live(10);
    const uint32_t domain = 1;
    const struct brake_message message = {500, &domain, 1, home};
    for (int day = 0; day < 20; day++)
        (void)brake_weigh(&memory, &defaults, &message, true, now_ms + day * DAY_MS);
    struct brake_view view;
    brake_describe(&memory, &defaults, now_ms + 20 * DAY_MS, &view);
    assert_int_equal(view.usual.hour_recipients, 2);
    brake_learn(&memory); /* but all of it is, when it is released */
    brake_describe(&memory, &defaults, now_ms + 20 * DAY_MS, &view);
    assert_int_equal(view.usual.hour_recipients, 500);
}

/* ---- what is kept ---- */

static void
it_is_the_same_after_it_was_written_and_read(void **state)
{
    static struct brake_memory other;
    struct arena *arena = arena_new();
    (void)state;
    int64_t now_ms = live(40);
    for (uint32_t i = 0; i < 600; i++)
        (void)send_from(home + i, 3, i, now_ms + i * MINUTE_MS);
    (void)brake_weigh_outcomes(&memory, &defaults, 100, 30);
    assert_int_equal(memory.domain_count, BRAKE_DOMAINS_MAX);
    assert_int_equal(memory.network_count, BRAKE_NETWORKS_MAX);
    struct slice bytes = brake_write(arena, &memory);
    assert_in_range(bytes.len, 1, 4096); /* of each credential, however much it sends */
    brake_read(bytes, &other);
    assert_memory_equal(&other.counts, &memory.counts, sizeof memory.counts);
    assert_memory_equal(other.domains, memory.domains, sizeof memory.domains);
    assert_memory_equal(other.networks, memory.networks, sizeof memory.networks);
    for (size_t len = 0; len < bytes.len; len++) { /* cut anywhere it is nothing */
        brake_read(slice_head(bytes, len), &other);
        assert_int_equal(other.counts.since_min, 0);
        assert_int_equal(other.domain_count + other.network_count, 0);
    }
    arena_free(arena);
}

static void
a_domain_used_again_outlives_others(void **state)
{
    (void)state;
    int64_t now_ms = live(10); /* to domain 1 */
    for (uint32_t i = 0; i < 2000; i++) {
        (void)send_from(home, 1, 1000 + i, now_ms + i * HOUR_MS);
        (void)send_from(home, 1, 1, now_ms + i * HOUR_MS);
    }
    struct brake_view view;
    now_ms += 3000 * HOUR_MS;
    (void)send_from(home, 1, 1, now_ms);
    brake_describe(&memory, &defaults, now_ms, &view);
    assert_int_equal(view.hour.new_domains, 0);
}

static void
networks_are_24_bits_of_ipv4_and_48_of_ipv6(void **state)
{
    static const struct {
        const char *ip, *network;
    } cases[] = {{"192.0.2.77", "192.0.2.0/24"},
                 {"::ffff:192.0.2.77", "192.0.2.0/24"},
                 {"2001:db8:12:3456::1", "2001:db8:12::/48"},
                 {"fe80::1%eth0", "fe80:0:0::/48"}};
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = brake_network(slice_of(cases[i].ip));
        struct brake_network network = {(uint32_t)(number >> 32), (uint32_t)number, 0};
        struct slice text = brake_network_text(arena, &network);
        if (!slice_is(text, cases[i].network))
            fail_msg("%s is %.*s", cases[i].ip, SLICE_ARG(text));
    }
    assert_true(brake_network(SLICE("")) == 0);
    assert_true(brake_network(SLICE("mail.example.org")) == 0);
    arena_free(arena);
}

/* ---- months of people and thieves ---- */

struct sender {
    uint64_t random;
    uint64_t network;
    uint32_t next_domain; /* the next that nobody wrote to */
    int64_t alarms;       /* released, and it went on */
    int64_t sent;
    bool thief; /* then the first alarm is the last */
    bool caught;
    enum brake_reason reason;
};

static uint32_t
below(struct sender *sender, uint32_t bound)
{
    sender->random ^= sender->random << 13;
    sender->random ^= sender->random >> 7;
    sender->random ^= sender->random << 17;
    return (uint32_t)((sender->random >> 16) % bound);
}

static void
judged(struct sender *sender, struct brake_verdict verdict)
{
    if (verdict.reason == BRAKE_NONE || sender->caught)
        return;
    sender->reason = verdict.reason;
    if (sender->thief) {
        sender->caught = true;
        return;
    }
    sender->alarms++;
    brake_learn(&memory);
}

/* `percent_failing` of the recipients do not exist. */
static void
mail(struct sender *sender, const uint32_t *domains, uint32_t count, uint32_t percent_failing,
     int64_t now_ms)
{
    const struct brake_message message = {count, domains, count, sender->network};
    uint32_t failed = 0;
    if (sender->caught)
        return;
    judged(sender, brake_weigh(&memory, &defaults, &message, false, now_ms));
    sender->sent += sender->caught ? 0 : count;
    for (uint32_t i = 0; i < count; i++)
        failed += below(sender, 100) < percent_failing;
    if (!sender->caught)
        judged(sender, brake_weigh_outcomes(&memory, &defaults, count - failed, failed));
}

/* Mostly the same few correspondents, now and then somebody new. */
static uint32_t
correspondent(struct sender *sender)
{
    if (below(sender, 100) < 8)
        return ++sender->next_domain;
    uint32_t a = below(sender, 60), b = below(sender, 60);
    return 1000000 + (a < b ? a : b);
}

static bool
is_weekday(int64_t day)
{
    return day % 7 < 5;
}

/* 10 to 40 messages to one to three people in the hours of an office; one day in twenty from
 * elsewhere; once in two months a note to 30 to 80 people. */
static void
ordinary_day(struct sender *sender, int64_t day, uint32_t least, uint32_t more)
{
    int64_t start = monday + day * DAY_MS + 8 * HOUR_MS;
    uint32_t domains[80], messages = least + below(sender, more);
    sender->network = below(sender, 20) ? home : home + 1 + below(sender, 5000);
    for (uint32_t i = 0; is_weekday(day) && i < messages; i++) {
        uint32_t count = 1 + below(sender, 3);
        for (uint32_t k = 0; k < count; k++)
            domains[k] = correspondent(sender);
        mail(sender, domains, count, 1, start + i * (int64_t)(10 * HOUR_MS / messages));
    }
    if (is_weekday(day) && below(sender, 45) == 0) {
        uint32_t count = 30 + below(sender, 51);
        for (uint32_t k = 0; k < count; k++)
            domains[k] = correspondent(sender);
        mail(sender, domains, count, 2, start + 11 * HOUR_MS);
    }
}

static void
ordinary(struct sender *sender, int64_t day)
{
    ordinary_day(sender, day, 10, 31);
}

static void
busy(struct sender *sender, int64_t day)
{
    ordinary_day(sender, day, 100, 151);
}

/* As ordinary, over a mobile network: another address each hour or two. */
static void
on_the_move(struct sender *sender, int64_t day)
{
    for (int64_t hour = 8; hour < 20; hour += 2) {
        uint32_t domain = correspondent(sender);
        sender->network = home + below(sender, 400);
        mail(sender, &domain, 1, 1, monday + day * DAY_MS + hour * HOUR_MS);
    }
}

/* A list of so many readers at 3000 domains, within two hours; 2 percent bounce. It grows by a tenth
 * each month. */
static void
send_list(struct sender *sender, int64_t day, uint32_t readers)
{
    int64_t start = monday + day * DAY_MS + 9 * HOUR_MS;
    readers += (uint32_t)(readers * day / 300);
    for (uint32_t i = 0; i < readers; i++) {
        uint32_t domain = 2000000 + (below(sender, 2) ? below(sender, 5) : below(sender, 3000));
        mail(sender, &domain, 1, 2, start + i * (int64_t)(2 * HOUR_MS) / readers);
    }
}

static void
newsletter(struct sender *sender, int64_t day)
{
    sender->network = home;
    if (day % 7 == 2)
        send_list(sender, day, 2000);
}

static void
monthly(struct sender *sender, int64_t day)
{
    ordinary(sender, day);
    sender->network = home;
    if (day % 28 == 10)
        send_list(sender, day, 400);
}

/* An application: 20 to 120 an hour all day, twice as much in one hour of fifty, to people anywhere. */
static void
application(struct sender *sender, int64_t day)
{
    sender->network = home + (uint64_t)(day / 30);
    for (int64_t hour = 0; hour < 24; hour++) {
        uint32_t count = (20 + below(sender, 101)) * (below(sender, 50) ? 1 : 2);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t domain =
                below(sender, 10) ? 3000000 + below(sender, 30) : 3001000 + below(sender, 4000);
            mail(sender, &domain, 1, 3,
                 monday + day * DAY_MS + hour * HOUR_MS + i * (int64_t)(HOUR_MS / count));
        }
    }
}

enum { PEOPLE = 20, YEAR = 364 };

static struct sender
new_sender(int number)
{
    forget(NULL);
    return (struct sender){.random = 88172645463325252u + (uint64_t)number * 7919,
                           .network = home,
                           .next_domain = 5000000};
}

static const struct {
    const char *name;
    void (*day)(struct sender *sender, int64_t day);
    int64_t most_a_year; /* false alarms of all together */
} people[] = {
    {"ordinary person, 10 to 40 messages a day", ordinary, PEOPLE / 2},
    {"busy person, 100 to 250 messages a day", busy, 0},
    {"person on the move, another network every two hours", on_the_move, 0},
    {"ordinary person with a list of 400 each month", monthly, 2 * PEOPLE},
    {"newsletter to 2000 each week", newsletter, PEOPLE},
    {"application, 20 to 240 an hour all day", application, 0},
};

static void
people_are_seldom_taken_for_thieves(void **state)
{
    (void)state;
    print_message("false alarms of %d senders in a year:\n", PEOPLE);
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        int64_t alarms = 0, sent = 0;
        for (int number = 0; number < PEOPLE; number++) {
            struct sender sender = new_sender(number);
            for (int64_t day = 0; day < YEAR; day++)
                people[i].day(&sender, day);
            alarms += sender.alarms;
            sent += sender.sent;
        }
        print_message("  %-52s %3d, of %d recipients\n", people[i].name, (int)alarms, (int)sent);
        assert_true(alarms <= people[i].most_a_year);
    }
}

/* Spam from one new network, as fast as the account's rate lets it, to a list that was bought: one in
 * seven does not exist. */
static void
fast(struct sender *sender, int64_t day)
{
    int64_t start = monday + day * DAY_MS + 3 * HOUR_MS;
    sender->network = 0x01050607;
    for (uint32_t i = 0; !sender->caught && i < 50000; i++) {
        uint32_t domain = below(sender, 2) ? below(sender, 5) : 7000000 + below(sender, 20000);
        mail(sender, &domain, 1, 15, start + i * 10);
    }
}

/* The same over many machines of others. */
static void
spread(struct sender *sender, int64_t day)
{
    int64_t start = monday + day * DAY_MS;
    for (uint32_t i = 0; !sender->caught && i < 48 * 60; i++) {
        uint32_t domain = below(sender, 2) ? below(sender, 5) : 7000000 + below(sender, 20000);
        sender->network = 0x01050607 + below(sender, 5000);
        mail(sender, &domain, 1, 15, start + i * 30 * SECOND_MS);
    }
}

/* 25 an hour, all day, from one network. */
static void
slow(struct sender *sender, int64_t day)
{
    int64_t start = monday + day * DAY_MS;
    sender->network = 0x01050607;
    for (uint32_t i = 0; !sender->caught && i < 24 * 25; i++) {
        uint32_t domain = below(sender, 2) ? below(sender, 5) : 7000000 + below(sender, 20000);
        mail(sender, &domain, 1, 15, start + i * (HOUR_MS / 25));
    }
}

/* 45 an hour, all day, and only to addresses of five large receivers. */
static void
send_to_large(struct sender *sender, int64_t day, uint32_t an_hour, uint32_t percent_failing)
{
    int64_t start = monday + day * DAY_MS;
    for (uint32_t i = 0; !sender->caught && i < 24 * an_hour; i++) {
        uint32_t domain = 1000000 + below(sender, 5);
        mail(sender, &domain, 1, percent_failing, start + i * (HOUR_MS / an_hour));
    }
}

static void
careful(struct sender *sender, int64_t day)
{
    sender->network = 0x01050607;
    send_to_large(sender, day, 45, 2);
}

/* Addresses that are old. */
static void
dirty(struct sender *sender, int64_t day)
{
    sender->network = home;
    send_to_large(sender, day, 10, 45);
}

/* From the owner's own machine, and as much each day as would just pass: what cannot be told from the
 * owner. It creeps up by what each day teaches. */
static void
creeping(struct sender *sender, int64_t day)
{
    struct brake_view view;
    sender->network = home;
    brake_describe(&memory, &defaults, monday + day * DAY_MS, &view);
    uint32_t most = view.week_bound.recipients / 7 / 24;
    if (most > view.hour_bound.recipients - 10)
        most = view.hour_bound.recipients - 10;
    send_to_large(sender, day, most, 2);
}

static const struct {
    const char *name;
    void (*day)(struct sender *sender, int64_t day);
    int64_t most_sent; /* by any of them, within 30 days */
    bool is_caught;
} thieves[] = {
    {"100 a second from one new network", fast, 120, true},
    {"120 an hour from thousands of networks", spread, 40, true},
    {"25 an hour from one new network", slow, 400, true},
    {"45 an hour to large receivers from a new network", careful, 400, true},
    {"10 an hour from the owner's network, 45 percent unknown", dirty, 300, true},
    {"from the owner's network, to people, as much as passes", creeping, 40000, false},
};

static void
thieves_of_an_ordinary_credential_are_held_early(void **state)
{
    (void)state;
    print_message("recipients that a thief of an ordinary credential reaches in 30 days:\n");
    for (size_t i = 0; i < sizeof thieves / sizeof *thieves; i++) {
        int64_t most = 0, least = INT64_MAX;
        int caught = 0;
        enum brake_reason reason = BRAKE_NONE;
        for (int number = 0; number < PEOPLE; number++) {
            struct sender sender = new_sender(number);
            for (int64_t day = 0; day < 60; day++)
                ordinary(&sender, day);
            sender.thief = true;
            sender.sent = 0;
            for (int64_t day = 60; !sender.caught && day < 90; day++)
                thieves[i].day(&sender, day);
            most = sender.sent > most ? sender.sent : most;
            least = sender.sent < least ? sender.sent : least;
            caught += sender.caught;
            reason = sender.caught ? sender.reason : reason;
        }
        print_message("  %-52s %d to %d, %d of %d held (%s)\n", thieves[i].name, (int)least,
                      (int)most, caught, PEOPLE, reason ? brake_reason_name(reason) : "by nothing");
        assert_true(most <= thieves[i].most_sent);
        if (thieves[i].is_caught)
            assert_int_equal(caught, PEOPLE);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, forget)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_past_an_absolute_number_within_an_hour_holds),
        TEST(the_hour_slides),
        TEST(a_clock_set_back_empties_nothing),
        TEST(with_a_past_it_is_compared_with_its_usual_busiest_hour),
        TEST(what_passes_on_a_day_does_not_on_each_day_of_a_week),
        TEST(one_odd_day_teaches_nothing),
        TEST(from_a_network_that_is_new_half_of_it_is_enough),
        TEST(domains_that_were_never_written_to_are_counted),
        TEST(networks_that_were_never_used_are_counted),
        TEST(the_network_of_the_first_message_is_the_owners),
        TEST(refusals_are_compared_with_its_usual_share),
        TEST(refusals_of_many_at_once_count_as_they_would_one_by_one),
        TEST(what_was_released_is_ordinary),
        TEST(nothing_is_learned_of_what_is_held),
        TEST(it_is_the_same_after_it_was_written_and_read),
        TEST(a_domain_used_again_outlives_others),
        TEST(networks_are_24_bits_of_ipv4_and_48_of_ipv6),
        TEST(people_are_seldom_taken_for_thieves),
        TEST(thieves_of_an_ordinary_credential_are_held_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
