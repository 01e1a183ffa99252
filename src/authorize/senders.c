#include "senders.h"

#include <assert.h>

static const struct {
    enum sender_role role;
    const char *header;
    bool single; /* one mailbox only (RFC 5322 §3.6.2) */
} sources[] = {
    {SENDER_FROM, "From", false},
    {SENDER_SENDER, "Sender", true},
    {SENDER_RETURN_PATH, "Return-Path", true},
    {SENDER_RESENT_FROM, "Resent-From", false},
    {SENDER_RESENT_SENDER, "Resent-Sender", true},
};

static const char *const role_names[] = {"MAIL FROM",   "From",          "Sender", "Return-Path",
                                         "Resent-From", "Resent-Sender", "Source"};
static_assert(sizeof role_names / sizeof role_names[0] == SENDER_ROLE_COUNT, "every role named");

const char *
sender_role_name(enum sender_role role)
{
    return role_names[role];
}

enum rc
senders_add(struct senders *senders, struct sender sender, struct err *err)
{
    if (senders->count == SENDERS_MAX)
        return err_set(err, RC_LIMIT, "Transaction failed: more than %d sender addresses",
                       SENDERS_MAX);
    senders->list[senders->count++] = sender;
    return RC_OK;
}

static enum rc
read_field(struct arena *arena, const struct field *field, enum sender_role role, bool single,
           struct senders *senders, struct err *err)
{
    struct mailbox *mailboxes;
    size_t count;
    struct err inner = {0};
    enum rc rc = address_mailbox_list(arena, field->value, &mailboxes, &count, &inner);
    if (rc != RC_OK)
        return err_set(err, rc, "Transaction failed: header '%s': %s", role_names[role],
                       inner.text);
    if (single && count != 1)
        return err_set(err, RC_SYNTAX, "Transaction failed: header '%s': more than one address",
                       role_names[role]);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = senders_add(senders,
                         (struct sender){role, mailboxes[i].address, mailboxes[i].shown,
                                         mailboxes[i].display_name},
                         err);
    return rc;
}

enum rc
senders_collect(struct arena *arena, const struct header *header, struct slice reverse_path,
                struct senders *out, struct err *err)
{
    struct senders senders = {ARENA_ARRAY(arena, struct sender, SENDERS_MAX), 0};
    struct sender envelope = {.role = SENDER_REVERSE_PATH, .shown = reverse_path};
    struct err inner = {0};
    if (address_parse(arena, reverse_path, &envelope.address, &inner) != RC_OK)
        return err_set(err, RC_SYNTAX, "Transaction failed: MAIL FROM: %s", inner.text);
    envelope.shown = envelope.address.text;
    if (header_count(header, "From") != 1)
        return err_set(err, RC_SYNTAX, "Transaction failed: %s",
                       header_count(header, "From") ? "Duplicate header 'From'."
                                                    : "Missing required header 'From'.");
    enum rc rc = senders_add(&senders, envelope, err);
    for (size_t s = 0; s < sizeof sources / sizeof sources[0]; s++)
        for (size_t i = 0; rc == RC_OK && i < header->count; i++)
            if (slice_iis(header->fields[i].name, sources[s].header))
                rc = read_field(arena, &header->fields[i], sources[s].role, sources[s].single,
                                &senders, err);
    if (rc == RC_OK)
        *out = senders;
    return rc;
}

const struct sender *
senders_from(const struct senders *senders)
{
    for (size_t i = 0; i < senders->count; i++)
        if (senders->list[i].role == SENDER_FROM)
            return &senders->list[i];
    assert(!"senders_collect found a From");
    return NULL;
}
