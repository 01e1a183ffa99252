/*
 * TagResource and its like, for everything of SES that has an ARN (reference §7.6). Tags are for their
 * owners to read; nothing else here acts on them.
 */
#include "ses_tags.h"
#include "base/codec.h"
#include "served.h"
#include "store/tags.h"

enum { KEY_MAX = 128, VALUE_MAX = 256, TAGS_MAX = 50 };

static enum rc
bad(struct api_call *call, struct err *err, const char *what, struct slice key, const char *why)
{
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err, "The tag %s '%.*s' %s", what,
                    SLICE_ARG(slice_head(key, KEY_MAX)), why);
}

static bool
has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return true;
    return false;
}

static size_t
characters(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

static enum rc
check_tag(struct api_call *call, const struct json *list, const struct json *tag, struct err *err)
{
    struct slice key = api_text(tag, "Key"), value = api_text(tag, "Value");
    if (key.len == 0 || characters(key) > KEY_MAX)
        return bad(call, err, "key", key, "must have 1 to 128 characters");
    if (slice_istarts(key, SLICE("aws:")))
        return bad(call, err, "key", key, "must not begin with aws:");
    if (has_control(key))
        return bad(call, err, "key", SLICE("..."), "holds a control character");
    if (characters(value) > VALUE_MAX || has_control(value))
        return bad(call, err, "value of", key,
                   "must have at most 256 characters, and no control characters");
    for (const struct json *other = list->first; other != tag; other = other->next)
        if (slice_eq(api_text(other, "Key"), key))
            return bad(call, err, "key", key, "is given twice");
    return RC_OK;
}

static enum rc
too_many(struct api_call *call, struct err *err)
{
    return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err, "A resource has at most %d tags",
                    TAGS_MAX);
}

enum rc
ses_tags_add(struct api_call *call, struct slice arn, const struct json *tags, struct err *err)
{
    struct tag_row *rows;
    size_t count;
    enum rc rc = RC_OK;
    if (!tags)
        return RC_OK;
    if (tags->count > TAGS_MAX)
        return too_many(call, err);
    for (const struct json *tag = tags->first; rc == RC_OK && tag; tag = tag->next) {
        struct tag_row row = {api_text(tag, "Key"), api_text(tag, "Value")};
        rc = check_tag(call, tags, tag, err);
        if (rc == RC_OK)
            rc = tags_put(call->database, arn, &row, err);
    }
    if (rc == RC_OK)
        rc = tags_of(call->database, call->arena, arn, &rows, &count, err);
    return rc == RC_OK && count > TAGS_MAX ? too_many(call, err) : rc;
}

enum rc
ses_tags_put(struct api_call *call, struct slice arn, struct err *err)
{
    struct tag_row *rows;
    size_t count;
    enum rc rc = tags_of(call->database, call->arena, arn, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Tags");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "Key", rows[i].key);
        json_put_string(call->output, "Value", rows[i].value);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* Of this account and region, and there. */
static enum rc
find_resource(struct api_call *call, struct slice *arn, struct err *err)
{
    struct slice type, name, prefix = api_ses_arn(call, "", SLICE(""));
    bool exists = false;
    enum rc rc = RC_OK;
    *arn = api_text(call->input, "ResourceArn");
    prefix.len--; /* the slash */
    if (slice_starts(*arn, prefix) && slice_cut(slice_from(*arn, prefix.len), '/', &type, &name))
        rc = tags_taggable(call->database, type, name, &exists, err);
    if (rc != RC_OK || exists)
        return rc;
    return api_fail(call, RC_NOT_FOUND, FAULT_NOT_FOUND, err, "Resource %.*s does not exist.",
                    SLICE_ARG(*arn));
}

static enum rc
tag_resource(struct api_call *call, struct err *err)
{
    struct slice arn;
    enum rc rc = find_resource(call, &arn, err);
    return rc == RC_OK ? ses_tags_add(call, arn, json_member(call->input, "Tags"), err) : rc;
}

static enum rc
untag_resource(struct api_call *call, struct err *err)
{
    struct slice arn;
    const struct json *keys = json_member(call->input, "TagKeys");
    enum rc rc = find_resource(call, &arn, err);
    for (const struct json *key = keys->first; rc == RC_OK && key; key = key->next)
        rc = tags_remove(call->database, arn, key->text, err);
    return rc;
}

static enum rc
list_tags_for_resource(struct api_call *call, struct err *err)
{
    struct slice arn;
    enum rc rc = find_resource(call, &arn, err);
    return rc == RC_OK ? ses_tags_put(call, arn, err) : rc;
}

static const struct served_operation rows[] = {
    {SERVICE_SESV2, "TagResource", "ses:TagResource", API_WRITE, RESOURCE_ARN, "ResourceArn",
     tag_resource, NULL},
    {SERVICE_SESV2, "UntagResource", "ses:UntagResource", API_WRITE, RESOURCE_ARN, "ResourceArn",
     untag_resource, NULL},
    {SERVICE_SESV2, "ListTagsForResource", "ses:ListTagsForResource", API_READ, RESOURCE_ARN,
     "ResourceArn", list_tags_for_resource, NULL},
};

const struct served_rows ses_tags_rows = SERVED_ROWS(rows);
