/* What there is of IAM, as a whole: counts, who may do what, and the credential report (reference
 * §7.7). */
#include "base/clock.h"
#include "base/codec.h"
#include "iam_groups.h"
#include "iam_keys.h"
#include "iam_managed_policies.h"
#include "iam_page.h"
#include "iam_users.h"
#include "served.h"
#include "store/login_profiles.h"
#include "store/policies.h"
#include "store/settings.h"
#include "tag_list.h"

#include <inttypes.h>

/* ---- counts ---- */

static const struct {
    const char *name;
    int64_t value;
} constant_counts[] = {
    {"UsersQuota", IAM_USERS_MAX},
    {"GroupsQuota", IAM_GROUPS_MAX},
    {"GroupsPerUserQuota", IAM_GROUPS_OF_USER_MAX},
    {"AccessKeysPerUserQuota", 2},
    {"UserPolicySizeQuota", 2048},
    {"GroupPolicySizeQuota", 5120},
    {"AttachedPoliciesPerUserQuota", 10},
    {"AttachedPoliciesPerGroupQuota", 10},
    {"PoliciesQuota", 1500},
    {"PolicySizeQuota", 6144},
    {"VersionsPerPolicyQuota", 5},
    {"PolicyVersionsInUseQuota", 10000},
    {"GlobalEndpointTokenVersion", 1},
    /* What does not exist here. */
    {"Roles", 0},
    {"RolesQuota", 0},
    {"InstanceProfiles", 0},
    {"InstanceProfilesQuota", 0},
    {"Providers", 0},
    {"ServerCertificates", 0},
    {"ServerCertificatesQuota", 0},
    {"SigningCertificatesPerUserQuota", 0},
    {"MFADevices", 0},
    {"MFADevicesInUse", 0},
    {"AccountMFAEnabled", 0},
    {"AccountAccessKeysPresent", 0},
    {"AccountPasswordPresent", 0},
    {"AccountSigningCertificatesPresent", 0},
};

static enum rc
get_account_summary(struct api_call *call, struct err *err)
{
    struct principal_counts counts;
    enum rc rc = principals_count(call->database, &counts, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "SummaryMap");
    json_open_object(call->output);
    json_put_i64(call->output, "Users", counts.users);
    json_put_i64(call->output, "Groups", counts.groups);
    json_put_i64(call->output, "Policies", counts.policies);
    json_put_i64(call->output, "PolicyVersionsInUse", counts.policy_versions);
    for (size_t i = 0; i < sizeof constant_counts / sizeof constant_counts[0]; i++)
        json_put_i64(call->output, constant_counts[i].name, constant_counts[i].value);
    json_close_object(call->output);
    return RC_OK;
}

/* ---- who may do what ---- */

/* The lists come one behind the other: a page's Marker is the list and the key in it. */
enum part { PART_USERS, PART_GROUPS, PART_POLICIES };

static bool
is_wanted(struct api_call *call, const char *kind)
{
    const struct json *filter = json_member(call->input, "Filter");
    for (const struct json *one = filter ? filter->first : NULL; one; one = one->next)
        if (slice_is(one->text, kind))
            return true;
    return !filter || !filter->first;
}

/* Where this part of the page begins; false: behind it already, or not asked for. */
static bool
begins(struct api_call *call, const struct iam_page *page, enum part part, const char *kind,
       struct slice *after)
{
    *after = SLICE("");
    if (page->truncated || !is_wanted(call, kind))
        return false;
    if (page->after.len == 0)
        return true;
    int current = page->after.ptr[0] - '0';
    if (current == (int)part)
        *after = slice_from(page->after, 1);
    return current <= (int)part;
}

static bool
take(struct api_call *call, struct iam_page *page, enum part part, struct slice key)
{
    return iam_page_take(call, page,
                         arena_printf(call->arena, "%d%.*s", (int)part, SLICE_ARG(key)));
}

static void
put_inline(struct api_call *call, const char *list, const struct policy_row *rows, size_t count)
{
    json_key(call->output, list);
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].arn.len > 0)
            continue;
        json_open_object(call->output);
        json_put_string(call->output, "PolicyName", rows[i].name);
        json_put_string(call->output, "PolicyDocument",
                        codec_percent(call->arena, rows[i].document));
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

static void
put_attached(struct api_call *call, const struct policy_row *rows, size_t count)
{
    json_key(call->output, "AttachedManagedPolicies");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].arn.len == 0)
            continue;
        json_open_object(call->output);
        json_put_string(call->output, "PolicyName", rows[i].name);
        json_put_string(call->output, "PolicyArn", rows[i].arn);
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

static enum rc
put_policies_of(struct api_call *call, enum policy_owner kind, struct slice owner, const char *list,
                struct err *err)
{
    struct policy_row *rows;
    size_t count;
    enum rc rc = policies_of(call->database, call->arena, kind, owner, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    put_inline(call, list, rows, count);
    put_attached(call, rows, count);
    return RC_OK;
}

static enum rc
put_group_names(struct api_call *call, struct slice user, struct err *err)
{
    struct group_row *rows;
    size_t count;
    enum rc rc = groups_of_user(call->database, call->arena, user, SLICE(""), IAM_GROUPS_MAX, &rows,
                                &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "GroupList");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        json_write_string(call->output, rows[i].name);
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
put_user_detail(struct api_call *call, const struct user_row *row, struct err *err)
{
    json_open_object(call->output);
    iam_users_put(call, row);
    iam_users_put_boundary(call, row->boundary_arn);
    enum rc rc = put_group_names(call, row->folded, err);
    if (rc == RC_OK)
        rc = put_policies_of(call, OWNER_USER, row->folded, "UserPolicyList", err);
    if (rc == RC_OK)
        rc = tag_list_put(call, &tag_rules_user, row->id, err);
    json_close_object(call->output);
    return rc;
}

static enum rc
put_users(struct api_call *call, struct iam_page *page, struct err *err)
{
    struct user_row *rows;
    struct slice after;
    size_t count = 0;
    enum rc rc = RC_OK;
    json_key(call->output, "UserDetailList");
    json_open_array(call->output);
    if (begins(call, page, PART_USERS, "User", &after))
        rc = users_page(call->database, call->arena, SLICE(""), after, page->limit, &rows, &count,
                        err);
    for (size_t i = 0; rc == RC_OK && i < count && take(call, page, PART_USERS, rows[i].folded);
         i++)
        rc = put_user_detail(call, &rows[i], err);
    json_close_array(call->output);
    return rc;
}

static enum rc
put_group_detail(struct api_call *call, const struct group_row *row, struct err *err)
{
    json_open_object(call->output);
    iam_groups_put(call, row);
    enum rc rc = put_policies_of(call, OWNER_GROUP, row->folded, "GroupPolicyList", err);
    json_close_object(call->output);
    return rc;
}

static enum rc
put_groups(struct api_call *call, struct iam_page *page, struct err *err)
{
    struct group_row *rows;
    struct slice after;
    size_t count = 0;
    enum rc rc = RC_OK;
    json_key(call->output, "GroupDetailList");
    json_open_array(call->output);
    if (begins(call, page, PART_GROUPS, "Group", &after))
        rc = groups_page(call->database, call->arena, SLICE(""), after, page->limit, &rows, &count,
                         err);
    for (size_t i = 0; rc == RC_OK && i < count && take(call, page, PART_GROUPS, rows[i].folded);
         i++)
        rc = put_group_detail(call, &rows[i], err);
    json_close_array(call->output);
    return rc;
}

static enum rc
put_versions(struct api_call *call, const struct managed_policy_row *row, struct err *err)
{
    struct policy_version_row *versions;
    size_t count;
    enum rc rc = policy_versions_list(call->database, call->arena, row, &versions, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "PolicyVersionList");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        json_put_string(call->output, "Document", codec_percent(call->arena, versions[i].document));
        json_put_string(call->output, "VersionId",
                        arena_printf(call->arena, "v%" PRId64, versions[i].version));
        json_put_bool(call->output, "IsDefaultVersion", versions[i].version == row->version);
        json_put_i64(call->output, "CreateDate", versions[i].created_ms);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
put_policy_detail(struct api_call *call, const struct managed_policy_row *row, struct err *err)
{
    json_open_object(call->output);
    iam_managed_policies_put(call, row);
    if (row->description.len > 0)
        json_put_string(call->output, "Description", row->description);
    enum rc rc = put_versions(call, row, err);
    json_close_object(call->output);
    return rc;
}

static enum rc
put_policies(struct api_call *call, struct iam_page *page, struct err *err)
{
    struct managed_policy_row *rows;
    struct slice after;
    size_t count = 0;
    enum rc rc = RC_OK;
    json_key(call->output, "Policies");
    json_open_array(call->output);
    if (begins(call, page, PART_POLICIES, "LocalManagedPolicy", &after))
        rc = managed_policies_details(call->database, call->arena, after, page->limit, &rows,
                                      &count, err);
    for (size_t i = 0; rc == RC_OK && i < count && take(call, page, PART_POLICIES, rows[i].id); i++)
        rc = put_policy_detail(call, &rows[i], err);
    json_close_array(call->output);
    return rc;
}

static enum rc
get_account_authorization_details(struct api_call *call, struct err *err)
{
    struct iam_page page;
    enum rc rc = iam_page_begin(call, &page, err);
    if (rc == RC_OK)
        rc = put_users(call, &page, err);
    if (rc == RC_OK)
        rc = put_groups(call, &page, err);
    if (rc == RC_OK)
        rc = put_policies(call, &page, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "RoleDetailList");
    json_open_array(call->output);
    json_close_array(call->output);
    iam_page_end(call, &page);
    return RC_OK;
}

/* ---- the credential report ---- */

/* In base64 it must fit an answer. */
enum { REPORT_MAX = 640 * 1024, REPORT_LIFE_MS = 4 * HOUR_MS };

#define COLUMNS_OF_KEY(n)                                                                          \
    "access_key_" n "_active,access_key_" n "_last_rotated,access_key_" n                          \
    "_last_used_date,access_key_" n "_last_used_region,access_key_" n "_last_used_service"
#define COLUMNS                                                                                    \
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"       \
    "password_next_rotation,mfa_active," COLUMNS_OF_KEY("1") "," COLUMNS_OF_KEY(                   \
        "2") ",cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

/* RFC 4180 §2: names may hold commas, and paths quotes. */
static void
add_field(struct buf *out, struct slice text)
{
    bool quoted = slice_chr(text, ',') != SLICE_NONE || slice_chr(text, '"') != SLICE_NONE;
    if (quoted)
        buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text.ptr[i]);
    }
    if (quoted)
        buf_add_char(out, '"');
    buf_add_char(out, ',');
}

static void
add_time(struct buf *out, struct arena *arena, int64_t ms, const char *otherwise)
{
    static const size_t to_seconds = sizeof "2023-12-06T21:02:58" - 1;
    if (ms == 0) {
        buf_printf(out, "%s,", otherwise);
        return;
    }
    struct slice text = slice_head(clock_iso8601(arena, ms), to_seconds);
    buf_printf(out, "%.*s+00:00,", SLICE_ARG(text));
}

static enum rc
add_password(struct api_call *call, struct buf *out, struct slice user, struct err *err)
{
    struct login_profile_row row;
    enum rc rc = login_profiles_find(call->database, call->arena, user, &row, err);
    if (rc == RC_OK) {
        buf_add_cstr(out, "true,no_information,"); /* nothing asks for it */
        add_time(out, call->arena, row.changed_ms, "N/A");
        buf_add_cstr(out, "N/A,");
    } else if (rc == RC_NOT_FOUND) {
        buf_add_cstr(out, "false,N/A,N/A,N/A,");
        rc = RC_OK;
    }
    return rc;
}

static void
add_key(struct api_call *call, struct buf *out, const struct access_key_row *key)
{
    buf_printf(out, "%s,", key->active ? "true" : "false");
    add_time(out, call->arena, key->created_ms, "N/A");
    add_time(out, call->arena, key->used_ms, "N/A");
    add_field(out, iam_keys_region_of_use(call, key));
    add_field(out, key->used_ms > 0 ? key->used_service : SLICE("N/A"));
}

static enum rc
add_keys(struct api_call *call, struct buf *out, struct slice user, struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    enum rc rc = access_keys_of(call->database, call->arena, user, &keys, &count, err);
    for (size_t i = 0; rc == RC_OK && i < 2; i++)
        if (i < count)
            add_key(call, out, &keys[i]);
        else
            buf_add_cstr(out, "false,N/A,N/A,N/A,N/A,");
    return rc;
}

static enum rc
add_user(struct api_call *call, struct buf *out, const struct user_row *row, struct err *err)
{
    add_field(out, row->name);
    add_field(out, api_user_arn(call, row->path, row->name));
    add_time(out, call->arena, row->created_ms, "N/A");
    enum rc rc = add_password(call, out, row->folded, err);
    buf_add_cstr(out, "false,");
    if (rc == RC_OK)
        rc = add_keys(call, out, row->folded, err);
    buf_add_cstr(out, "false,N/A,false,N/A\n");
    return rc;
}

/* The administrator at the socket has neither password nor key. */
static void
add_root(struct api_call *call, struct buf *out)
{
    buf_printf(out,
               "<root_account>,arn:aws:iam::%.*s:root,not_supported,not_supported,no_information,"
               "not_supported,not_supported,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,"
               "false,N/A,false,N/A\n",
               SLICE_ARG(call->constants->account));
}

static enum rc
write_report(struct api_call *call, struct buf *out, struct err *err)
{
    struct user_row *rows;
    size_t count;
    enum rc rc = users_list(call->database, call->arena, &rows, &count, err);
    buf_add_cstr(out, COLUMNS "\n");
    add_root(call, out);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = add_user(call, out, &rows[i], err);
    if (rc == RC_OK && !buf_ok(out))
        return api_fail(call, RC_LIMIT, FAULT_IAM_LIMIT, err,
                        "The credential report would have more than %d bytes", REPORT_MAX);
    return rc;
}

/* On the worker: the writer waits for no reading of all users. */
static enum rc
prepare_report(struct api_call *call, struct err *err)
{
    struct buf report;
    struct slice *text = ARENA_NEW(call->arena, struct slice);
    buf_init(&report, REPORT_MAX);
    enum rc rc = write_report(call, &report, err);
    if (rc == RC_OK)
        *text = arena_dup(call->arena, buf_slice(&report));
    buf_fini(&report);
    call->prepared = text;
    return rc;
}

static enum rc
generate_credential_report(struct api_call *call, struct err *err)
{
    if (!call->prepared)
        return prepare_report(call, err);
    enum rc rc = settings_put(call->database, SETTING_CREDENTIAL_REPORT, *call->prepared, err);
    if (rc == RC_OK)
        rc = settings_put(call->database, SETTING_CREDENTIAL_REPORT_MS,
                          arena_printf(call->arena, "%" PRId64, call->now_ms), err);
    if (rc == RC_OK)
        json_put_cstr(call->output, "State", "COMPLETE");
    return rc;
}

static enum rc
get_credential_report(struct api_call *call, struct err *err)
{
    struct slice report, made;
    uint64_t made_ms;
    enum rc rc = settings_get(call->database, call->arena, SETTING_CREDENTIAL_REPORT, &report, err);
    if (rc == RC_OK)
        rc = settings_get(call->database, call->arena, SETTING_CREDENTIAL_REPORT_MS, &made, err);
    if (rc != RC_OK)
        return rc;
    if (!slice_u64(made, &made_ms))
        return api_fail(call, RC_NOT_FOUND, FAULT_REPORT_NOT_PRESENT, err, "No report is present");
    if (call->now_ms - (int64_t)made_ms > REPORT_LIFE_MS)
        return api_fail(call, RC_NOT_FOUND, FAULT_REPORT_EXPIRED, err,
                        "The most recent report has expired");
    json_put_string(call->output, "Content", codec_base64(call->arena, report));
    json_put_cstr(call->output, "ReportFormat", "text/csv");
    json_put_i64(call->output, "GeneratedTime", (int64_t)made_ms);
    return RC_OK;
}

static const struct served_operation rows[] = {
    {SERVICE_IAM, "GetAccountSummary", "iam:GetAccountSummary", API_READ, RESOURCE_ANY, NULL,
     get_account_summary, NULL},
    {SERVICE_IAM, "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails", API_READ,
     RESOURCE_ANY, NULL, get_account_authorization_details, NULL},
    {SERVICE_IAM, "GenerateCredentialReport", "iam:GenerateCredentialReport", API_PREPARED,
     RESOURCE_ANY, NULL, generate_credential_report,
     "Each call makes the report anew and answers COMPLETE; a report has at most 640 KiB, which is "
     "some 2,400 users."},
    {SERVICE_IAM, "GetCredentialReport", "iam:GetCredentialReport", API_READ, RESOURCE_ANY, NULL,
     get_credential_report, NULL},
};

const struct served_rows iam_report_rows = SERVED_ROWS(rows);
