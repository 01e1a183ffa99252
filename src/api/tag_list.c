#include "tag_list.h"
#include "base/codec.h"

enum { KEY_MAX = 128, VALUE_MAX = 256 };

const struct tag_rules tag_rules_ses = {
    .keys = TAG_KEYS_EXACT,
    .bad = FAULT_INVALID_PARAMETER,
    .too_many = FAULT_INVALID_PARAMETER,
    .shows_none = true,
};
const struct tag_rules tag_rules_user = {
    .keys = TAG_KEYS_ANY_CASE,
    .bad = FAULT_INVALID_INPUT,
    .too_many = FAULT_IAM_LIMIT,
    .reserved_text = "Tag keys that begin with aws: are reserved for system use",
    .repeated_text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    .too_many_text = "The number of tags has reached the maximum limit.",
};
const struct tag_rules tag_rules_policy = {
    .keys = TAG_KEYS_EXACT,
    .bad = FAULT_INVALID_INPUT,
    .too_many = FAULT_IAM_LIMIT,
    .shows_none = true,
};

/* ---- what a tag may be ---- */

/* A request that is checked: whose tags, and the list that all of them stand in. */
struct check {
    struct api_call *call;
    const struct tag_rules *rules;
    const struct json *list;
};

static enum rc
bad(const struct check *check, struct err *err, const char *what, struct slice key, const char *why)
{
    return api_fail(check->call, RC_SYNTAX, check->rules->bad, err, "The tag %s '%.*s' %s", what,
                    SLICE_ARG(slice_head(key, KEY_MAX)), why);
}

static enum rc
bad_in_words(const struct check *check, struct err *err, const char *words, struct slice key,
             const char *why)
{
    return words ? api_fail(check->call, RC_SYNTAX, check->rules->bad, err, "%s", words)
                 : bad(check, err, "key", key, why);
}

static bool
has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return true;
    return false;
}

static bool
stands_before(const struct check *check, const struct json *tag, struct slice key)
{
    bool any_case = check->rules->keys == TAG_KEYS_ANY_CASE;
    for (const struct json *other = check->list->first; other != tag; other = other->next) {
        struct slice name = api_text(other, "Key");
        if (any_case ? slice_ieq(name, key) : slice_eq(name, key))
            return true;
    }
    return false;
}

/* The model of IAM has limits of its own, narrower ones; that of SES has none. */
static enum rc
check_tag(const struct check *check, const struct json *tag, struct err *err)
{
    const struct tag_rules *rules = check->rules;
    struct slice key = api_text(tag, "Key"), value = api_text(tag, "Value");
    if (key.len == 0 || codec_utf8_count(key) > KEY_MAX)
        return bad(check, err, "key", key, "must have 1 to 128 characters");
    if (slice_istarts(key, SLICE("aws:")))
        return bad_in_words(check, err, rules->reserved_text, key, "must not begin with aws:");
    if (has_control(key))
        return bad(check, err, "key", SLICE("..."), "holds a control character");
    if (codec_utf8_count(value) > VALUE_MAX || has_control(value))
        return bad(check, err, "value of", key,
                   "must have at most 256 characters, and no control characters");
    if (stands_before(check, tag, key))
        return bad_in_words(check, err, rules->repeated_text, key, "is given twice");
    return RC_OK;
}

static enum rc
too_many(struct api_call *call, const struct tag_rules *rules, struct err *err)
{
    if (rules->too_many_text)
        return api_fail(call, RC_LIMIT, rules->too_many, err, "%s", rules->too_many_text);
    return api_fail(call, RC_LIMIT, rules->too_many, err, "A resource has at most %d tags",
                    TAG_LIST_MAX);
}

/* ---- given and taken ---- */

enum rc
tag_list_add(struct api_call *call, const struct tag_rules *rules, struct slice resource,
             struct err *err)
{
    const struct check check = {call, rules, json_member(call->input, "Tags")};
    struct tag_row *rows;
    size_t count;
    enum rc rc = RC_OK;
    if (!check.list)
        return RC_OK;
    if (check.list->count > TAG_LIST_MAX)
        return too_many(call, rules, err);
    for (const struct json *tag = check.list->first; rc == RC_OK && tag; tag = tag->next) {
        struct tag_row row = {api_text(tag, "Key"), api_text(tag, "Value")};
        rc = check_tag(&check, tag, err);
        if (rc == RC_OK)
            rc = tags_put(call->database, resource, rules->keys, &row, err);
    }
    if (rc == RC_OK)
        rc = tags_page(call->database, call->arena, resource, SLICE(""), TAG_LIST_MAX + 1, &rows,
                       &count, err);
    return rc == RC_OK && count > TAG_LIST_MAX ? too_many(call, rules, err) : rc;
}

enum rc
tag_list_remove(struct api_call *call, const struct tag_rules *rules, struct slice resource,
                struct err *err)
{
    const struct json *keys = json_member(call->input, "TagKeys");
    enum rc rc = RC_OK;
    for (const struct json *key = keys->first; rc == RC_OK && key; key = key->next)
        rc = tags_remove(call->database, resource, rules->keys, key->text, err);
    return rc;
}

/* ---- shown ---- */

void
tag_list_put_tag(struct api_call *call, const struct tag_row *tag)
{
    json_open_object(call->output);
    json_put_string(call->output, "Key", tag->key);
    json_put_string(call->output, "Value", tag->value);
    json_close_object(call->output);
}

enum rc
tag_list_put(struct api_call *call, const struct tag_rules *rules, struct slice resource,
             struct err *err)
{
    struct tag_row *rows;
    size_t count;
    enum rc rc = tags_page(call->database, call->arena, resource, SLICE(""), TAG_LIST_MAX, &rows,
                           &count, err);
    if (rc != RC_OK || (count == 0 && !rules->shows_none))
        return rc;
    json_key(call->output, "Tags");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        tag_list_put_tag(call, &rows[i]);
    json_close_array(call->output);
    return RC_OK;
}
