#include "grant_policy.h"
#include "authorize/operand.h"
#include "base/clock.h"
#include "base/json.h"

#define DELEGATION_SID "Delegation"

enum { DOCUMENT_MAX = 8192 };

struct slice
grant_policy_name(struct arena *arena, struct slice address)
{
    return arena_concat(arena, SLICE(GRANT_PREFIX), address);
}

/* ---- writing ---- */

/* "2026-12-31T18:00:00Z" */
static struct slice
instant(struct arena *arena, int64_t ms)
{
    enum { TO_SECONDS = 19 };
    return arena_concat(arena, slice_head(clock_iso8601(arena, ms), TO_SECONDS), SLICE("Z"));
}

static void
write_operator(struct json_writer *writer, const char *operator, const char * key)
{
    json_key(writer, operator);
    json_open_object(writer);
    json_key(writer, key);
}

/* StringEquals: the address itself may hold `*` or `?`, which StringLike would take as wildcards. */
static void
write_conditions(struct arena *arena, struct json_writer *writer, const struct grant_terms *terms)
{
    json_key(writer, "Condition");
    json_open_object(writer);
    write_operator(writer, "StringEquals", "ses:FromAddress");
    json_write_string(writer, terms->address);
    json_close_object(writer);
    if (terms->until_ms != INT64_MAX) {
        write_operator(writer, "DateLessThan", "aws:CurrentTime");
        json_write_string(writer, instant(arena, terms->until_ms));
        json_close_object(writer);
    }
    if (terms->network_count > 0) {
        write_operator(writer, "IpAddress", "aws:SourceIp");
        json_open_array(writer);
        for (size_t i = 0; i < terms->network_count; i++)
            json_write_string(writer, terms->networks[i]);
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_object(writer);
}

struct slice
grant_policy_write(struct arena *arena, const struct grant_terms *terms)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, DOCUMENT_MAX);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_cstr(&writer, "Version", "2012-10-17");
    json_key(&writer, "Statement");
    json_open_array(&writer);
    json_open_object(&writer);
    if (terms->delegation)
        json_put_cstr(&writer, "Sid", DELEGATION_SID);
    json_put_cstr(&writer, "Effect", "Allow");
    json_key(&writer, "Action");
    json_open_array(&writer);
    json_write_cstr(&writer, "ses:SendEmail");
    json_write_cstr(&writer, "ses:SendRawEmail");
    json_close_array(&writer);
    json_put_cstr(&writer, "Resource", "*");
    write_conditions(arena, &writer, terms);
    json_close_object(&writer);
    json_close_array(&writer);
    json_close_object(&writer);
    struct slice document = arena_dup(arena, buf_slice(&out));
    buf_fini(&out);
    return document;
}

/* ---- reading ---- */

static struct slice
text_at(const struct json *object, const char *operator, const char * key)
{
    const struct json *value = json_member(json_member(object, operator), key);
    return value && value->type == JSON_STRING ? value->text : SLICE("");
}

static bool
read_networks(struct arena *arena, const struct json *list, struct grant_terms *terms)
{
    if (!list)
        return true;
    if (list->type != JSON_ARRAY || list->count > GRANT_NETWORKS_MAX)
        return false;
    struct slice *networks = ARENA_ARRAY(arena, struct slice, list->count);
    for (const struct json *one = list->first; one; one = one->next) {
        if (one->type != JSON_STRING)
            return false;
        networks[terms->network_count++] = one->text;
    }
    terms->networks = networks;
    return true;
}

static bool
read_conditions(struct arena *arena, const struct json *statement, struct grant_terms *terms)
{
    const struct json *condition = json_member(statement, "Condition");
    struct slice until = text_at(condition, "DateLessThan", "aws:CurrentTime");
    terms->address = text_at(condition, "StringEquals", "ses:FromAddress");
    if (until.len > 0 && !clock_parse(until, &terms->until_ms))
        return false;
    return read_networks(arena, json_member(json_member(condition, "IpAddress"), "aws:SourceIp"),
                         terms);
}

/* Read what stands where it would stand, and see that nothing else does. */
bool
grant_policy_read(struct arena *arena, struct slice document, struct grant_terms *terms)
{
    struct json *root;
    struct err err;
    struct grant_terms read = {.until_ms = INT64_MAX};
    if (document.len > DOCUMENT_MAX || json_parse(arena, document, &root, &err) != RC_OK)
        return false;
    const struct json *statements = json_member(root, "Statement");
    if (!statements || statements->type != JSON_ARRAY || !statements->first)
        return false;
    const struct json *sid = json_member(statements->first, "Sid");
    read.delegation = sid && sid->type == JSON_STRING;
    if (!read_conditions(arena, statements->first, &read) ||
        !slice_eq(grant_policy_write(arena, &read), document))
        return false;
    *terms = read;
    return true;
}

/* ---- networks, as an administrator writes them ---- */

enum rc
grant_networks_read(struct arena *arena, struct slice text, struct grant_terms *terms,
                    struct err *err)
{
    struct slice *networks = ARENA_ARRAY(arena, struct slice, GRANT_NETWORKS_MAX);
    terms->networks = networks;
    for (bool more = text.len > 0; more;) {
        struct slice piece = text, rest = SLICE("");
        more = slice_cut(text, ',', &piece, &rest);
        piece = slice_trim(piece);
        if (!network_parse(piece, &(struct network){0}))
            return err_set(err, RC_SYNTAX,
                           "%.*s is no network; write 10.0.0.0/8 or 2001:db8::/32, and commas "
                           "between several",
                           SLICE_ARG(slice_head(piece, 64)));
        if (terms->network_count == GRANT_NETWORKS_MAX)
            return err_set(err, RC_LIMIT, "at most %d networks", GRANT_NETWORKS_MAX);
        networks[terms->network_count++] = arena_dup(arena, piece);
        text = rest;
    }
    return RC_OK;
}
