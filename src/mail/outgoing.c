/*
 * What is taken off tells of the submitter's machine or of us; what is put on is ours to say.
 * Everything else leaves byte for byte as it came, since the submitter may have signed it.
 */
#include "outgoing.h"

#include "base/clock.h"

/* X-Originating-* and Received show where a message was written; Bcc whom nobody shall see. */
static const char *const removed_fields[] = {
    "Bcc",         "Resent-Bcc",       "Return-Path",         "Received",
    "Feedback-ID", "X-Originating-IP", "X-Originating-Email", "Delivered-To",
};

static bool
is_removed(struct slice name)
{
    for (size_t i = 0; i < sizeof removed_fields / sizeof removed_fields[0]; i++)
        if (slice_iis(name, removed_fields[i]))
            return true;
    return slice_istarts(name, SLICE("X-SES-"));
}

/* A field of ours, and whether it is in the block already. */
struct replacement {
    const char *name;
    struct slice line;
    bool written;
};

static void
write_replacement(struct buf *block, struct replacement *replacement)
{
    if (!replacement->written)
        buf_add(block, replacement->line);
    replacement->written = true;
}

static struct replacement *
find_replacement(struct replacement *list, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_iis(name, list[i].name))
            return &list[i];
    return NULL;
}

static bool
needs_mime_version(const struct header *header)
{
    return !header_find(header, "MIME-Version") &&
           (header_find(header, "Content-Type") ||
            header_find(header, "Content-Transfer-Encoding"));
}

struct slice
outgoing_header(struct arena *arena, const struct header *header, const struct outgoing *outgoing)
{
    struct slice date = clock_rfc5322(arena, outgoing->accepted_ms);
    struct replacement ours[] = {
        {.name = "Message-ID",
         .line = arena_printf(arena, "Message-ID: <%.*s@%.*s>\r\n", SLICE_ARG(outgoing->message_id),
                              SLICE_ARG(outgoing->message_id_domain))},
        {.name = "Date", .line = arena_printf(arena, "Date: %.*s\r\n", SLICE_ARG(date))},
    };
    const size_t count = sizeof ours / sizeof ours[0];
    size_t max = ours[0].line.len + ours[1].line.len + outgoing->feedback_id.len + 64;
    for (size_t i = 0; i < header->count; i++)
        max += header->fields[i].raw.len;
    struct buf block;
    buf_init(&block, max);
    for (size_t i = 0; i < header->count; i++) {
        const struct field *field = &header->fields[i];
        struct replacement *replacement = find_replacement(ours, count, field->name);
        if (replacement)
            write_replacement(&block, replacement);
        else if (!is_removed(field->name))
            buf_add(&block, field->raw);
    }
    if (needs_mime_version(header))
        buf_add(&block, SLICE("MIME-Version: 1.0\r\n"));
    for (size_t i = 0; i < count; i++)
        write_replacement(&block, &ours[i]);
    if (outgoing->feedback_id.len > 0)
        buf_printf(&block, "Feedback-ID: %.*s\r\n", SLICE_ARG(outgoing->feedback_id));
    struct slice text = arena_dup(arena, buf_slice(&block));
    buf_fini(&block);
    return text;
}

static struct slice
first_value(struct arena *arena, const struct header *header, const char *name)
{
    const struct field *field = header_find(header, name);
    return field ? header_unfold(arena, field->value) : SLICE("");
}

void
outgoing_request_headers(struct arena *arena, const struct header *header,
                         struct request_headers *out)
{
    out->configuration_set = first_value(arena, header, "X-SES-CONFIGURATION-SET");
    out->message_tags = first_value(arena, header, "X-SES-MESSAGE-TAGS");
    out->source_arn = first_value(arena, header, "X-SES-SOURCE-ARN");
    out->from_arn = first_value(arena, header, "X-SES-FROM-ARN");
    out->return_path_arn = first_value(arena, header, "X-SES-RETURN-PATH-ARN");
}
