#include "tag_list.h"
#include "store/tags.h"

enum { TAG_KEY_MAX = 128, TAG_VALUE_MAX = 256 };

static size_t
characters(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

static enum rc
read_tag(const struct json *tag, struct tag_row *row, struct err *err)
{
    enum rc rc = json_get_string(tag, "Key", true, &row->key, err);
    if (rc == RC_OK)
        rc = json_get_string(tag, "Value", true, &row->value, err);
    if (rc != RC_OK)
        return rc;
    if (row->key.len == 0 || characters(row->key) > TAG_KEY_MAX)
        return err_set(err, RC_SYNTAX, "The key of a tag must have 1 to %d characters",
                       TAG_KEY_MAX);
    if (slice_istarts(row->key, SLICE("aws:")))
        return err_set(err, RC_SYNTAX, "The key of a tag must not begin with aws:");
    if (characters(row->value) > TAG_VALUE_MAX)
        return err_set(err, RC_SYNTAX, "The value of a tag must have at most %d characters",
                       TAG_VALUE_MAX);
    return RC_OK;
}

static bool
is_repeated(const struct json *list, const struct json *tag, struct slice key)
{
    for (const struct json *other = list->first; other != tag; other = other->next)
        if (slice_eq(json_member(other, "Key")->text, key))
            return true;
    return false;
}

enum rc
tag_list_store(struct api_call *call, struct slice arn, const struct json *list, struct err *err)
{
    struct tag_row row, *rows;
    size_t count;
    if (!list)
        return RC_OK;
    if (list->count > TAGS_OF_RESOURCE_MAX)
        return err_set(err, RC_LIMIT, "A resource may have %d tags", TAGS_OF_RESOURCE_MAX);
    for (const struct json *tag = list->first; tag; tag = tag->next) {
        enum rc rc = read_tag(tag, &row, err);
        if (rc == RC_OK && is_repeated(list, tag, row.key))
            rc = err_set(err, RC_SYNTAX, "The tag key %.*s is given twice", SLICE_ARG(row.key));
        if (rc == RC_OK)
            rc = tags_put(call->database, arn, &row, err);
        if (rc != RC_OK)
            return rc;
    }
    enum rc rc = tags_of(call->database, call->arena, arn, &rows, &count, err);
    if (rc == RC_OK && count > TAGS_OF_RESOURCE_MAX)
        return err_set(err, RC_LIMIT, "A resource may have %d tags", TAGS_OF_RESOURCE_MAX);
    return rc;
}

enum rc
tag_list_put(struct api_call *call, struct slice arn, struct err *err)
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
