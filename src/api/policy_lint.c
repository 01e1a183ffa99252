#include "policy_lint.h"

#include "served.h"

#include <pthread.h>

static const struct lint_action permissions_only[] = {
    {{"iam", 3}, {"PassRole", 8}},
    {{"sts", 3}, {"SetContext", 10}},
    {{"sts", 3}, {"SetSourceIdentity", 17}},
    {{"sts", 3}, {"TagSession", 10}},
};
enum { PERMISSIONS_ONLY = sizeof permissions_only / sizeof *permissions_only };

static struct lint_catalogue catalogue;
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* What a call of it asks for, which need not be its own name. */
static struct lint_action
action_of(const struct operation_model *model)
{
    const struct served_operation *row = served_find(model);
    struct lint_action action;
    if (row && slice_cut(slice_of(row->action), ':', &action.service, &action.name))
        return action;
    return (struct lint_action){slice_of(service_models[model->service].signing_name),
                                slice_of(model->name)};
}

static void
fill(void)
{
    size_t count = operation_model_count + PERMISSIONS_ONLY;
    struct lint_action *actions = memory_alloc(count * sizeof *actions);
    for (size_t i = 0; i < operation_model_count; i++)
        actions[i] = action_of(&operation_models[i]);
    memcpy(actions + operation_model_count, permissions_only, sizeof permissions_only);
    catalogue = (struct lint_catalogue){actions, count};
}

const struct lint_catalogue *
policy_lint_catalogue(void)
{
    pthread_once(&filled, fill);
    return &catalogue;
}

bool
policy_lint_type(struct slice name, enum lint_policy *out)
{
    static const char *const names[] = {"IDENTITY_POLICY", "RESOURCE_POLICY",
                                        "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_is(name, names[i])) {
            *out = (enum lint_policy)i;
            return true;
        }
    return false;
}

static void
put_step(struct json_writer *writer, const struct lint_step *step)
{
    json_open_object(writer);
    switch (step->kind) {
    case LINT_STEP_INDEX: json_put_i64(writer, "index", (int64_t)step->index); break;
    case LINT_STEP_KEY: json_put_string(writer, "key", step->name); break;
    case LINT_STEP_VALUE: json_put_string(writer, "value", step->name); break;
    }
    json_close_object(writer);
}

static void
put_position(struct json_writer *writer, const char *name, struct lint_position position)
{
    json_key(writer, name);
    json_open_object(writer);
    json_put_i64(writer, "line", position.line);
    json_put_i64(writer, "column", position.column);
    json_put_i64(writer, "offset", position.offset);
    json_close_object(writer);
}

static void
put_location(struct json_writer *writer, const struct lint_location *location)
{
    json_open_object(writer);
    json_key(writer, "path");
    json_open_array(writer);
    for (size_t i = 0; i < location->path_len; i++)
        put_step(writer, &location->path[i]);
    json_close_array(writer);
    json_key(writer, "span");
    json_open_object(writer);
    put_position(writer, "start", location->start);
    put_position(writer, "end", location->end);
    json_close_object(writer);
    json_close_object(writer);
}

void
policy_lint_put(struct api_call *call, const struct lint_finding *finding)
{
    struct json_writer *writer = call->output;
    json_open_object(writer);
    json_put_string(writer, "findingDetails", finding->details);
    json_put_cstr(writer, "findingType", lint_severity_name(finding->severity));
    json_put_cstr(writer, "issueCode", finding->code);
    json_put_string(writer, "learnMoreLink", finding->link);
    json_key(writer, "locations");
    json_open_array(writer);
    for (size_t i = 0; i < finding->location_count; i++)
        put_location(writer, &finding->locations[i]);
    json_close_array(writer);
    json_close_object(writer);
}
