/* Credentials whose mail the brake holds (spool/brake.h): seen, released, dropped. */
#include "base/clock.h"
#include "operations.h"
#include "recording.h"
#include "spool/braking.h"

static void
put_key(struct api_call *call, const struct brake_row *row)
{
    json_put_string(call->output, "key", row->access_key);
    json_put_string(call->output, "user", row->user_name);
}

static void
put_state(struct api_call *call, const struct brake_row *row)
{
    put_key(call, row);
    json_put_cstr(call->output, "status", row->active ? "Active" : "Inactive");
    api_put_time(call, "braked", row->tripped_ms);
    json_put_string(call->output, "reason", row->reason);
    json_put_string(call->output, "why", row->words);
    json_put_i64(call->output, "held", row->held);
}

enum rc
brake_list(struct api_call *call, struct err *err)
{
    struct brake_row *rows;
    size_t count;
    enum rc rc = brakes_tripped(call->database, call->arena, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "brakes");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        put_state(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    json_put_string(call->output, "alarm_to", call->constants->alarm_to);
    return RC_OK;
}

/* ---- one ---- */

/* What the call names: a key, or all keys of a user that ever sent. */
static enum rc
input_target(struct api_call *call, struct brake_row **rows, size_t *count, struct err *err)
{
    struct slice target;
    enum rc rc = api_input_string(call, "target", &target, err);
    if (rc == RC_OK)
        rc = brakes_of(call->database, call->arena, target, rows, count, err);
    if (rc == RC_OK && *count == 0)
        return err_set(err, RC_NOT_FOUND, "no access key %.*s, nor one of such a user, sent mail",
                       SLICE_ARG(target));
    return rc;
}

/* Usual and bound are left out where they say nothing. */
static void
put_measure(struct api_call *call, const char *name, int64_t now, int64_t usual, int64_t bound)
{
    json_open_object(call->output);
    json_put_cstr(call->output, "measure", name);
    json_put_i64(call->output, "now", now);
    if (usual >= 0)
        json_put_i64(call->output, "usual", usual);
    if (bound >= 0)
        json_put_i64(call->output, "bound", bound);
    json_close_object(call->output);
}

/* `checked` false: it is not looked at yet. */
static void
put_amounts(struct api_call *call, const char *const names[3], const struct brake_amounts *now,
            int64_t usual_recipients, int64_t usual_domains, const struct brake_amounts *bound,
            bool counts, bool checked)
{
    put_measure(call, names[0], now->recipients, usual_recipients,
                counts ? (int64_t)bound->recipients : -1);
    put_measure(call, names[1], now->strange, -1, checked ? (int64_t)bound->strange : -1);
    put_measure(call, names[2], now->new_domains, usual_domains,
                checked ? (int64_t)bound->new_domains : -1);
}

static void
put_measures(struct api_call *call, const struct brake_view *view)
{
    static const char *const hour[] = {"recipients within the hour", "of these, from new networks",
                                       "new domains within the hour"};
    static const char *const day[] = {"recipients within the day", "of these, from new networks",
                                      "new domains within the day"};
    static const char *const week[] = {"recipients within the week", "of these, from new networks",
                                       "new domains within the week"};
    const struct brake_day *usual = &view->usual;
    int64_t failed = view->outcomes ? (int64_t)view->failed * 100 / view->outcomes : 0;
    bool learned = !view->learning;
    json_key(call->output, "measures");
    json_open_array(call->output);
    put_amounts(call, hour, &view->hour, usual->hour_recipients, usual->hour_domains,
                &view->hour_bound, true, learned);
    put_amounts(call, day, &view->day, usual->recipients, usual->domains, &view->day_bound, learned,
                learned);
    put_amounts(call, week, &view->week, -1, -1, &view->week_bound, learned, learned);
    put_measure(call, "new networks within the day", view->new_networks, -1,
                learned ? (int64_t)call->constants->brake.new_networks_per_day : -1);
    put_measure(call, "percent refused of the last recipients", failed, view->usual_failure_percent,
                view->failure_percent_bound);
    json_close_array(call->output);
}

static void
put_networks(struct api_call *call, const struct brake_memory *memory)
{
    json_key(call->output, "networks");
    json_open_array(call->output);
    for (uint32_t i = 0; i < memory->network_count; i++) {
        const struct brake_network *network = &memory->networks[i];
        json_open_object(call->output);
        json_put_string(call->output, "network", brake_network_text(call->arena, network));
        api_put_time(call, "first", network->first_min * MINUTE_MS);
        json_close_object(call->output);
    }
    json_close_array(call->output);
}

static void
put_brake(struct api_call *call, const struct brake_row *row)
{
    struct brake_memory memory;
    struct brake_view view;
    braking_memory(row, &memory);
    brake_describe(&memory, &call->constants->brake, call->now_ms, &view);
    put_state(call, row);
    api_put_time(call, "first_used", view.since_ms);
    json_put_bool(call->output, "learning", view.learning);
    json_put_i64(call->output, "known_domains", memory.domain_count);
    json_put_i64(call->output, "last_recipients", view.outcomes);
    put_measures(call, &view);
    put_networks(call, &memory);
}

enum rc
brake_show(struct api_call *call, struct err *err)
{
    struct brake_row *rows;
    size_t count;
    enum rc rc = input_target(call, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "brakes");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++) {
        json_open_object(call->output);
        put_brake(call, &rows[i]);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

/* ---- released, or dropped ---- */

/* What became of each recipient: asked for before, written down after. */
static enum rc
record(struct api_call *call, const int64_t *keys, size_t count, const char *what, struct err *err)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        rc = recording_change(call, keys[i], what, err);
    return rc;
}

static enum rc
release(struct api_call *call, struct brake_row *row, int64_t *changed, struct err *err)
{
    int64_t *keys;
    size_t count;
    enum rc rc = recipients_held(call->database, call->arena, row->access_key, SLICE(HELD_BY_BRAKE),
                                 &keys, &count, err);
    if (rc == RC_OK)
        rc = braking_release(call->database, call->arena, row, call->now_ms, changed, err);
    return rc == RC_OK ? record(call, keys, count, "released", err) : rc;
}

static enum rc
drop(struct api_call *call, struct brake_row *row, int64_t *changed, struct err *err)
{
    int64_t *keys;
    size_t count;
    enum rc rc = recipients_held(call->database, call->arena, row->access_key, SLICE(HELD_BY_BRAKE),
                                 &keys, &count, err);
    if (rc == RC_OK)
        rc = braking_drop(call->database, call->arena, row, call->now_ms, changed, err);
    return rc == RC_OK ? record(call, keys, count, "dropped", err) : rc;
}

/* Those of the target that are braked. */
static enum rc
change(struct api_call *call, const char *member,
       enum rc (*apply)(struct api_call *call, struct brake_row *row, int64_t *changed,
                        struct err *err),
       struct err *err)
{
    struct brake_row *rows;
    size_t count, applied = 0;
    enum rc rc = input_target(call, &rows, &count, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "brakes");
    json_open_array(call->output);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        int64_t changed = 0;
        if (rows[i].tripped_ms == 0)
            continue;
        rc = apply(call, &rows[i], &changed, err);
        applied++;
        json_open_object(call->output);
        put_key(call, &rows[i]);
        json_put_i64(call->output, member, changed);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    if (rc == RC_OK && applied == 0)
        return err_set(err, RC_CONFLICT, "%.*s is not braked", SLICE_ARG(rows[0].access_key));
    call->effects->queue_changed = true;
    return rc;
}

enum rc
brake_release(struct api_call *call, struct err *err)
{
    return change(call, "released", release, err);
}

enum rc
brake_drop(struct api_call *call, struct err *err)
{
    return change(call, "dropped", drop, err);
}
