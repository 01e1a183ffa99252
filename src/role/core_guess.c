/*
 * Passwords and codes that are tried at the console's door or in a session. To look at a password takes
 * a worker a tenth of a second and 32 MiB, so a few are looked at at once and the others wait; but
 * nobody makes the others wait for long:
 *
 *   - of one place (authenticate/throttle.h) a few wait at most: who tries more hears that we are busy;
 *   - who has been in from where they are, and who has not, take turns: strangers, from however many
 *     places, hold up strangers only.
 *
 * A wrong one counts against its place, and one that waited is asked about again when its turn comes.
 */
#include "authenticate/throttle.h"
#include "base/clock.h"
#include "core.h"

enum { AT_ONCE = 2, OF_PLACE_MAX = 4, WAITING_MAX = 64 };

struct line {
    struct guess *first, **end;
    size_t count;
};

struct guesses {
    struct map *places;   /* how many of a place wait or are looked at */
    struct line lines[2]; /* of who has not been in from there, and of who has; borrowed */
    bool turn;            /* whose it is */
    size_t under_way;
};

struct guesses *
guesses_new(void)
{
    struct guesses *guesses = NEW(struct guesses);
    guesses->places = map_new();
    for (size_t i = 0; i < 2; i++)
        guesses->lines[i].end = &guesses->lines[i].first;
    return guesses;
}

static struct slice
key_of(const struct guess *guess)
{
    return (struct slice){guess->place.bytes, guess->place.len};
}

static size_t
count_of(const struct guesses *guesses, const struct guess *guess)
{
    return (size_t)(uintptr_t)map_get(guesses->places, key_of(guess));
}

static void
set_count(struct guesses *guesses, const struct guess *guess, size_t count)
{
    if (count)
        map_put(guesses->places, key_of(guess), (void *)(uintptr_t)count);
    else
        map_remove(guesses->places, key_of(guess));
}

static bool
is_allowed(struct core *core, const struct guess *guess)
{
    return throttle_allows(core->throttle, guess->user, guess->source_ip, clock_monotonic_ms());
}

static void
join_line(struct line *line, struct guess *guess)
{
    guess->next = NULL;
    *line->end = guess;
    line->end = &guess->next;
    line->count++;
}

static struct guess *
leave_line(struct line *line)
{
    struct guess *guess = line->first;
    if (!guess)
        return NULL;
    line->first = guess->next;
    if (!line->first)
        line->end = &line->first;
    line->count--;
    return guess;
}

static struct guess *
take_next(struct guesses *guesses)
{
    guesses->turn = !guesses->turn;
    struct guess *guess = leave_line(&guesses->lines[guesses->turn]);
    return guess ? guess : leave_line(&guesses->lines[!guesses->turn]);
}

static void
serve(struct core *core)
{
    struct guesses *guesses = core->guesses;
    struct guess *guess;
    while (guesses->under_way < AT_ONCE && (guess = take_next(guesses)) != NULL) {
        bool allowed = is_allowed(core, guess);
        if (allowed)
            guesses->under_way++;
        else
            set_count(guesses, guess, count_of(guesses, guess) - 1);
        guess->go(guess->ctx, allowed ? RC_OK : RC_LIMIT);
    }
}

void
guess_begin(struct core *core, struct guess *guess)
{
    struct guesses *guesses = core->guesses;
    throttle_place(core->throttle, guess->user, guess->source_ip, &guess->place);
    struct line *line = &guesses->lines[guess->place.familiar];
    size_t count = count_of(guesses, guess);
    if (!is_allowed(core, guess)) {
        guess->go(guess->ctx, RC_LIMIT);
    } else if (count >= OF_PLACE_MAX || line->count >= WAITING_MAX) {
        guess->go(guess->ctx, RC_TEMPORARY);
    } else {
        set_count(guesses, guess, count + 1);
        join_line(line, guess);
        serve(core);
    }
}

void
guess_end(struct core *core, struct guess *guess, bool wrong)
{
    struct guesses *guesses = core->guesses;
    guesses->under_way--;
    set_count(guesses, guess, count_of(guesses, guess) - 1);
    if (wrong)
        throttle_failure(core->throttle, guess->user, guess->source_ip, clock_monotonic_ms());
    serve(core);
}

const char *
guess_refusal(enum rc rc)
{
    return rc == RC_LIMIT ? "There were too many attempts. Wait some minutes."
                          : "The service is busy. Try again in a moment.";
}
