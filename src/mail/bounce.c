/*
 * Most receivers say it with an enhanced status code. For those that have none there is a short list
 * of words: an address that is missed is tried again, one that is taken wrongly gets no mail any more.
 *
 * Not taken: 5.1.0 and 5.1.7, 5.1.8 (the sender's address), 5.1.2 (a domain without DNS records may
 * be our resolver's fault), 5.2.1 (some say it of a mailbox that gets too much at once).
 */
#include "bounce.h"

enum { WORDS_WITHIN = 512 }; /* of a reply: what follows explains */

static bool
is_listed(struct slice text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is(text, list[i]))
            return true;
    return false;
}

static bool
has_word(struct slice text, const char *word)
{
    for (size_t i = 0; i < text.len && i < WORDS_WITHIN; i++)
        if (slice_istarts(slice_from(text, i), slice_of(word)))
            return true;
    return false;
}

static bool
says_unknown(struct slice reply)
{
    static const char *const codes[] = {"550", "551", "553"};
    static const char *const words[] = {
        "user unknown",      "unknown user",      "no such user",       "user not found",
        "mailbox not found", "no such mailbox",   "no such recipient",  "unrouteable address",
        "unknown recipient", "recipient unknown", "recipient not found"};
    if (!is_listed(slice_head(reply, 3), codes, sizeof codes / sizeof *codes))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(reply, words[i]))
            return true;
    return false;
}

bool
bounce_names_address(struct slice status, struct slice reply)
{
    /* No mailbox; a bad address; moved; a domain that accepts no mail (RFC 7505). */
    static const char *const statuses[] = {"5.1.1", "5.1.3", "5.1.6", "5.1.10"};
    if (is_listed(status, statuses, sizeof statuses / sizeof *statuses))
        return true;
    return slice_is(status, "5.0.0") && says_unknown(reply);
}
