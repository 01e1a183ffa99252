/*
 * What is taken off tells of the submitter's machine or of us; what is put on is ours to say.
 * Everything else leaves byte for byte as it came, since the submitter may have signed it.
 */
#include "outgoing.h"

#include "base/clock.h"

/* Received and its kin show where a message was written; Bcc whom nobody shall see. */
static const char *const removed_fields[] = {
    "Bcc",          "Resent-Bcc", "Return-Path",     "Received",    "Feedback-ID",
    "Delivered-To", "X-Received", "X-Forwarded-For", "X-Client-IP",
};
static const char *const removed_prefixes[] = {"X-SES-", "X-Originating-"};

static bool
is_removed(struct slice name)
{
    for (size_t i = 0; i < sizeof removed_fields / sizeof removed_fields[0]; i++)
        if (slice_iis(name, removed_fields[i]))
            return true;
    for (size_t i = 0; i < sizeof removed_prefixes / sizeof removed_prefixes[0]; i++)
        if (slice_istarts(name, slice_of(removed_prefixes[i])))
            return true;
    return false;
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

struct slice
outgoing_header(struct arena *arena, const struct header *header, const struct outgoing *outgoing)
{
    struct slice date = clock_rfc5322(arena, outgoing->accepted_ms);
    struct replacement ours[] = {
        {.name = "Message-ID",
         .line = arena_printf(arena, "Message-ID: <%.*s@%.*s>\r\n", SLICE_ARG(outgoing->message_id),
                              SLICE_ARG(outgoing->message_id_domain))},
        {.name = "Date", .line = arena_printf(arena, "Date: %.*s\r\n", SLICE_ARG(date))},
        {.name = "List-Unsubscribe",
         .line =
             arena_printf(arena, "List-Unsubscribe: <%.*s>\r\n", SLICE_ARG(outgoing->unsubscribe))},
        {.name = "List-Unsubscribe-Post",
         .line = SLICE("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")},
    };
    const size_t count = outgoing->unsubscribe.len ? 4 : 2;
    size_t max = outgoing->feedback_id.len + 64;
    for (size_t i = 0; i < count; i++)
        max += ours[i].line.len;
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
    if (!header_find(header, "MIME-Version"))
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

/* name=value, name=value (reference §1.6): names [A-Za-z0-9_-], values also '.' and '@'. */
static bool
tag_part_valid(struct slice text, const char *also)
{
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_alnum(text.ptr[i]) && (text.ptr[i] == '\0' || !strchr(also, text.ptr[i])))
            return false;
    return text.len > 0 && text.len <= MESSAGE_TAG_MAX;
}

static enum rc
check_tags(struct slice tags, struct err *err)
{
    size_t count = 0;
    for (bool more = tags.len > 0; more;) {
        struct slice tag, name, value;
        more = slice_cut(tags, ',', &tag, &tags);
        tag = slice_trim(more ? tag : tags);
        if (++count > MESSAGE_TAGS_MAX)
            return err_set(err, RC_DENIED, "header 'X-SES-MESSAGE-TAGS': more than %d tags",
                           MESSAGE_TAGS_MAX);
        if (!slice_cut(tag, '=', &name, &value) || !tag_part_valid(slice_trim(name), "_-") ||
            !tag_part_valid(slice_trim(value), "_-.@"))
            return err_set(err, RC_DENIED,
                           "header 'X-SES-MESSAGE-TAGS': tag %zu is not name=value, of letters, "
                           "digits, '_' and '-', the value also of '.' and '@', 1 to %d each",
                           count, MESSAGE_TAG_MAX);
    }
    return RC_OK;
}

/* list; topic=name */
static enum rc
read_list_management(struct slice value, struct list_management *out, struct err *err)
{
    struct slice topic;
    bool has_topic = slice_cut(value, ';', &value, &topic);
    *out = (struct list_management){.list = slice_trim(value), .topic = SLICE("")};
    if (!has_topic)
        return RC_OK;
    topic = slice_trim(topic);
    if (out->list.len == 0 || !slice_istarts(topic, SLICE("topic=")) || topic.len == 6)
        return err_set(err, RC_DENIED,
                       "header 'X-SES-LIST-MANAGEMENT-OPTIONS' is not a list, or a list; "
                       "topic=name");
    out->topic = slice_trim(slice_from(topic, 6));
    return RC_OK;
}

/* What a sender relies on and nobody does is refused, not dropped. */
static enum rc
refuse_unserved(const struct header *header, struct err *err)
{
    static const char unserved[] = "X-SES-TENANT";
    for (size_t i = 0; i < header->count; i++)
        if (slice_iis(header->fields[i].name, unserved) &&
            slice_trim(header->fields[i].value).len > 0)
            return err_set(err, RC_DENIED, "header '%s' is not served here", unserved);
    return RC_OK;
}

enum rc
outgoing_request_headers(struct arena *arena, const struct header *header,
                         struct request_headers *out, struct err *err)
{
    out->configuration_set = first_value(arena, header, "X-SES-CONFIGURATION-SET");
    out->message_tags = first_value(arena, header, "X-SES-MESSAGE-TAGS");
    out->source_arn = first_value(arena, header, "X-SES-SOURCE-ARN");
    out->from_arn = first_value(arena, header, "X-SES-FROM-ARN");
    out->return_path_arn = first_value(arena, header, "X-SES-RETURN-PATH-ARN");
    enum rc rc = check_tags(out->message_tags, err);
    if (rc == RC_OK)
        rc = read_list_management(first_value(arena, header, "X-SES-LIST-MANAGEMENT-OPTIONS"),
                                  &out->list_management, err);
    return rc == RC_OK ? refuse_unserved(header, err) : rc;
}
