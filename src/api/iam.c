#include "iam.h"
#include "base/codec.h"
#include "store/policies.h"

enum { ITEMS_DEFAULT = 100, PAGE_BYTES = 512 * 1024 };

/* ---- whom a request names ---- */

enum rc
iam_find_user(struct api_call *call, struct user_row *row, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_optional(call, "UserName", &name, err);
    if (rc == RC_OK && name.len == 0 && call->caller->administrator)
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Must specify userName when calling with non-User credentials");
    if (rc == RC_OK)
        rc = users_find(call->database, call->arena, name.len ? name : call->caller->user_name, row,
                        err);
    return rc;
}

enum rc
iam_find_group(struct api_call *call, struct group_row *row, struct err *err)
{
    struct slice name;
    enum rc rc = api_input_string(call, "GroupName", &name, err);
    return rc == RC_OK ? groups_find(call->database, call->arena, name, row, err) : rc;
}

enum rc
iam_find_boundary(struct api_call *call, struct slice arn, struct err *err)
{
    struct managed_policy_row row;
    if (!slice_starts(arn, SLICE("arn:")))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid ARN:  Could not be parsed!");
    return managed_policies_find(call->database, call->arena, arn, &row, err);
}

/* ---- pages ---- */

enum rc
iam_page_begin(struct api_call *call, struct iam_page *page, struct err *err)
{
    struct slice marker;
    int64_t max;
    *page = (struct iam_page){.after = SLICE("")};
    enum rc rc = json_get_i64(call->input, "MaxItems", ITEMS_DEFAULT, &max, err);
    if (rc == RC_OK)
        rc = api_input_optional(call, "Marker", &marker, err);
    if (rc != RC_OK)
        return rc;
    page->limit = max + 1;
    if (marker.len > 0 &&
        (codec_base64url_decode(call->arena, marker, &page->after, err) != RC_OK ||
         !codec_utf8_valid(page->after)))
        return api_fail(call, RC_SYNTAX, FAULT_VALIDATION, err,
                        "Invalid Marker: it is none that an earlier page ended with");
    return RC_OK;
}

/* What the output that came since takes as XML: names stand twice, and some characters take more. */
static void
measure(struct iam_page *page, const struct buf *out)
{
    for (size_t i = page->measured; i < out->len; i++) {
        char c = out->ptr[i];
        page->bytes += c == '&' || c == '<' || c == '>' ? 5 : 2;
    }
    page->measured = out->len;
}

bool
iam_page_take(struct api_call *call, struct iam_page *page, struct slice key)
{
    measure(page, call->output->out);
    page->truncated = page->taken + 1 == page->limit || page->bytes > PAGE_BYTES;
    if (page->truncated)
        return false;
    page->taken++;
    page->last = key;
    return true;
}

void
iam_page_end(struct api_call *call, const struct iam_page *page)
{
    json_put_bool(call->output, "IsTruncated", page->truncated);
    if (page->truncated)
        json_put_string(call->output, "Marker", codec_base64url(call->arena, page->last));
}

/* ---- how they are shown ---- */

void
iam_put_user(struct api_call *call, const struct user_row *row)
{
    json_put_string(call->output, "Path", row->path);
    json_put_string(call->output, "UserName", row->name);
    json_put_string(call->output, "UserId", row->id);
    json_put_string(call->output, "Arn", api_user_arn(call, row->path, row->name));
    json_put_i64(call->output, "CreateDate", row->created_ms);
}

void
iam_put_boundary(struct api_call *call, struct slice arn)
{
    if (arn.len == 0)
        return;
    json_key(call->output, "PermissionsBoundary");
    json_open_object(call->output);
    json_put_cstr(call->output, "PermissionsBoundaryType", "PermissionsBoundaryPolicy");
    json_put_string(call->output, "PermissionsBoundaryArn", arn);
    json_close_object(call->output);
}

struct slice
iam_region_of_use(const struct api_call *call, const struct access_key_row *key)
{
    if (key->used_ms == 0)
        return SLICE("N/A");
    return slice_is(key->used_service, "iam") ? SLICE("us-east-1") : call->constants->region;
}

void
iam_put_group(struct api_call *call, const struct group_row *row)
{
    json_put_string(call->output, "Path", row->path);
    json_put_string(call->output, "GroupName", row->name);
    json_put_string(call->output, "GroupId", row->id);
    json_put_string(call->output, "Arn",
                    arena_printf(call->arena, "arn:aws:iam::%.*s:group%.*s%.*s",
                                 SLICE_ARG(call->constants->account), SLICE_ARG(row->path),
                                 SLICE_ARG(row->name)));
    json_put_i64(call->output, "CreateDate", row->created_ms);
}
