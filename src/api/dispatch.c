#include "dispatch.h"
#include "accept/http.h"
#include "authenticate/sigv4.h"
#include "console.h"
#include "demand.h"
#include "outbox.h"
#include "store/canaries.h"
#include "store/users.h"
#include "validate.h"
#include "wire_answers.h"
#include "wire_forms.h"

enum {
    SKEW_MS = 5 * 60 * 1000,
    RESULT_MAX = 900 * 1024, /* fits a message to front, with what is around it */
    ANSWER_MAX = 960 * 1024
};

void
dispatch_init(struct dispatch *dispatch)
{
    buf_init(&dispatch->result, RESULT_MAX);
    buf_init(&dispatch->out, ANSWER_MAX);
}

/* Either may hold a secret that was just made. */
void
dispatch_fini(struct dispatch *dispatch)
{
    buf_wipe(&dispatch->result);
    buf_wipe(&dispatch->out);
}

static enum rc
fail(struct dispatch *dispatch, enum rc rc, enum api_fault fault)
{
    dispatch->call.fault = fault;
    return dispatch->rc = rc;
}

/* ---- which service ---- */

static struct slice
path_of(struct slice target)
{
    return slice_head(target, slice_chr(target, '?'));
}

static struct slice
query_of(struct slice target)
{
    struct slice path, query = SLICE("");
    return slice_cut(target, '?', &path, &query) ? query : SLICE("");
}

/* Query requests have the path "/"; a browser that asks for the start page signs nothing. */
bool
dispatch_is_api(struct slice method, struct slice target, struct slice header)
{
    struct slice path = path_of(target), authorization;
    if (operation_model_owner(path) != SERVICE_COUNT)
        return true;
    return slice_is(path, "/") &&
           (slice_is(method, "POST") || http_field(header, "Authorization", &authorization) ||
            slice_find(target, SLICE("Action=")) != SLICE_NONE);
}

/* Of those that have paths, the path names the service; of the others, the credential scope. */
static enum service
service_of(struct slice path, struct slice signing_name)
{
    enum service owner = operation_model_owner(path);
    if (owner != SERVICE_COUNT)
        return owner;
    for (int i = 0; i < SERVICE_COUNT; i++)
        if (i != SERVICE_SESV2 && slice_is(signing_name, service_models[i].signing_name))
            return (enum service)i;
    return SERVICE_SES;
}

/* ---- who ---- */

static enum api_fault
fault_of_signature(enum sigv4_fault fault)
{
    switch (fault) {
    case SIGV4_MISSING: return FAULT_MISSING_TOKEN;
    case SIGV4_INCOMPLETE: return FAULT_INCOMPLETE_SIGNATURE;
    case SIGV4_TOKEN: return FAULT_INVALID_TOKEN;
    case SIGV4_EXPIRED: return FAULT_EXPIRED;
    default: return FAULT_SIGNATURE;
    }
}

/* Unknown and inactive keys, and those of a suspended user, are told alike, and cost what a wrong
 * signature costs. */
static enum rc
refuse_key(struct dispatch *dispatch)
{
    (void)err_set(&dispatch->err, RC_DENIED,
                  "The security token included in the request is invalid.");
    return fail(dispatch, RC_DENIED, FAULT_INVALID_TOKEN);
}

static void
fill_caller(struct dispatch *dispatch, const struct access_key_row *key)
{
    struct api_caller *caller = &dispatch->caller;
    *caller = (struct api_caller){
        .user_folded = key->user_folded,
        .user_name = key->user_name,
        .user_id = key->user_id,
        .user_path = key->user_path,
        .user_arn = api_iam_arn(dispatch->arena, dispatch->constants, "user", key->user_path,
                                key->user_name),
        .access_key = key->id,
        .key_used_ms = key->used_ms,
        .key_used_address = key->used_address,
        .source_ip = dispatch->source_ip,
        .tls = dispatch->tls,
    };
    if (!http_field(dispatch->header, "User-Agent", &caller->user_agent))
        caller->user_agent = SLICE("");
}

static enum rc
unseal(struct dispatch *dispatch, struct slice row, struct slice sealed, struct secret *secret)
{
    if (sealer_unseal(dispatch->constants->sealer, row, sealed, secret, &dispatch->err) == RC_OK)
        return RC_OK;
    return fail(dispatch, RC_TEMPORARY, FAULT_UNAVAILABLE);
}

static enum rc
check_signature(struct dispatch *dispatch, struct api_thread *thread,
                const struct sigv4_request *request, const struct sigv4_claim *claim)
{
    struct access_key_row key = {0};
    struct secret secret;
    struct slice name = SLICE("decoy"), sealed = dispatch->constants->decoy;
    enum rc rc = access_keys_find(thread->database, dispatch->arena, claim->access_key, &key,
                                  &dispatch->err);
    bool usable = rc == RC_OK && access_key_is_usable(&key, dispatch->now_ms);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return fail(dispatch, RC_TEMPORARY, FAULT_UNAVAILABLE);
    if (rc == RC_OK) {
        name = arena_concat(dispatch->arena, SLICE("access-key:"), key.id);
        sealed = key.secret;
        dispatch->suspect = key.user_name;
        dispatch->suspect_key = key.id;
    }
    if (unseal(dispatch, name, sealed, &secret) != RC_OK)
        return dispatch->rc;
    enum sigv4_fault fault =
        sigv4_verify(dispatch->arena, request, claim, secret_slice(&secret), &dispatch->err);
    secret_free(&secret);
    if (!usable && fault == SIGV4_OK && key.id.len > 0)
        dispatch->suspect_is = key.active ? "suspended" : "inactive_key";
    if (!usable)
        return refuse_key(dispatch);
    if (fault != SIGV4_OK)
        return fail(dispatch, RC_DENIED, fault_of_signature(fault));
    fill_caller(dispatch, &key);
    return RC_OK;
}

/* Asked about every key in the same way, before anything is known of the request. */
static enum rc
look_for_canary(struct dispatch *dispatch, struct api_thread *thread, struct slice access_key)
{
    bool canary;
    if (canaries_is(thread->database, access_key, &canary, &dispatch->err) != RC_OK)
        return fail(dispatch, RC_TEMPORARY, FAULT_UNAVAILABLE);
    if (canary)
        dispatch->canary = access_key;
    return RC_OK;
}

/*
 * IAM is everywhere in us-east-1 and STS answers under both (reference §7.2). Clients that are told an
 * address of IAM sign for the region that they were told with it.
 */
static enum rc
authenticate(struct dispatch *dispatch, struct api_thread *thread)
{
    struct slice region = dispatch->constants->region, global = SLICE("us-east-1");
    const struct sigv4_scope scopes[] = {{"ses", region},       {"iam", global},
                                         {"iam", region},       {"sts", region},
                                         {"sts", global},       {"access-analyzer", region},
                                         {"cloudtrail", region}};
    struct sigv4_request request = {dispatch->method, dispatch->target, dispatch->header,
                                    dispatch->body};
    struct sigv4_claim claim;
    struct slice path = path_of(dispatch->target);
    dispatch->service = service_of(path, SLICE("ses"));
    enum sigv4_fault fault = sigv4_read(dispatch->arena, &request, &claim, &dispatch->err);
    if (fault == SIGV4_OK && look_for_canary(dispatch, thread, claim.access_key) != RC_OK)
        return dispatch->rc;
    if (fault == SIGV4_OK) {
        dispatch->service = service_of(path, claim.service);
        fault = sigv4_check(dispatch->arena, &claim, scopes, sizeof scopes / sizeof *scopes,
                            dispatch->now_ms, SKEW_MS, dispatch->tls.len > 0, &dispatch->err);
    }
    if (fault != SIGV4_OK)
        return fail(dispatch, RC_DENIED, fault_of_signature(fault));
    const char *signing_name = service_models[dispatch->service].signing_name;
    if (!slice_is(claim.service, signing_name)) {
        (void)err_set(&dispatch->err, RC_DENIED,
                      "Credential should be scoped to correct service: '%s'. ", signing_name);
        return fail(dispatch, RC_DENIED, FAULT_SIGNATURE);
    }
    return check_signature(dispatch, thread, &request, &claim);
}

/* ---- what ---- */

static enum rc
refuse_action(struct dispatch *dispatch, struct slice name)
{
    (void)err_set(&dispatch->err, RC_NOT_FOUND, "Could not find operation %.*s for version %s",
                  SLICE_ARG(name), service_models[dispatch->service].version);
    return fail(dispatch, RC_NOT_FOUND, FAULT_INVALID_ACTION);
}

static enum rc
choose(struct dispatch *dispatch, const struct operation_model *model, struct slice name)
{
    dispatch->model = model;
    if (!model)
        return refuse_action(dispatch, name);
    dispatch->row = served_find(model);
    if (dispatch->row)
        return RC_OK;
    (void)err_set(&dispatch->err, RC_NOT_FOUND, "The operation %s is not served here", model->name);
    return fail(dispatch, RC_NOT_FOUND, FAULT_INVALID_ACTION);
}

static enum rc
malformed(struct dispatch *dispatch, enum rc rc)
{
    return rc == RC_OK ? RC_OK : fail(dispatch, rc, FAULT_MALFORMED_INPUT);
}

static bool
is_form(struct slice header)
{
    struct slice type;
    return http_field(header, "Content-Type", &type) &&
           slice_iis(slice_trim(slice_head(type, slice_chr(type, ';'))),
                     "application/x-www-form-urlencoded");
}

static enum rc
read_query(struct dispatch *dispatch)
{
    struct form form;
    struct slice name, version;
    bool get = slice_is(dispatch->method, "GET");
    if (!get && !(slice_is(dispatch->method, "POST") && is_form(dispatch->header))) {
        (void)err_set(&dispatch->err, RC_SYNTAX,
                      "the request must be a GET, or a POST of application/x-www-form-urlencoded");
        return fail(dispatch, RC_SYNTAX, FAULT_MALFORMED_INPUT);
    }
    struct slice text = get ? query_of(dispatch->target) : dispatch->body;
    enum rc rc = malformed(dispatch, form_parse(dispatch->arena, text, &form, &dispatch->err));
    if (rc != RC_OK)
        return rc;
    if (form_has_two(&form, "Action") || form_has_two(&form, "Version")) {
        (void)err_set(&dispatch->err, RC_SYNTAX, "Action and Version can be given once only");
        return fail(dispatch, RC_SYNTAX, FAULT_MALFORMED_INPUT);
    }
    if (!form_get(&form, "Action", &name)) {
        (void)err_set(&dispatch->err, RC_SYNTAX, "The request is missing an action");
        return fail(dispatch, RC_SYNTAX, FAULT_MISSING_ACTION);
    }
    const char *expected = service_models[dispatch->service].version;
    if (form_get(&form, "Version", &version) && !slice_is(version, expected))
        return refuse_action(dispatch, name);
    rc = choose(dispatch, operation_model_find(dispatch->service, name), name);
    return rc != RC_OK
               ? rc
               : malformed(dispatch, form_decode(dispatch->arena, &form, dispatch->model->input,
                                                 &dispatch->input, &dispatch->err));
}

/* The signature covers the path without "." and "..", and with one slash for several (authenticate/
 * sigv4.h): a path that has them was signed as another one, whoever put them in. */
static bool
path_is_plain(struct slice path)
{
    struct slice segment, rest = slice_from(path, 1);
    bool more = true;
    while (more) {
        more = slice_cut(rest, '/', &segment, &rest);
        if (!more)
            segment = rest;
        if ((segment.len == 0 && more) || slice_is(segment, ".") || slice_is(segment, ".."))
            return false;
    }
    return true;
}

static enum rc
read_rest(struct dispatch *dispatch)
{
    struct form query;
    struct json *labels = NULL;
    struct slice path = path_of(dispatch->target);
    if (!path_is_plain(path))
        return refuse_action(dispatch, path);
    enum rc rc = choose(
        dispatch, operation_model_route(dispatch->arena, dispatch->method, path, &labels),
        arena_printf(dispatch->arena, "%.*s %.*s", SLICE_ARG(dispatch->method), SLICE_ARG(path)));
    if (rc == RC_OK)
        rc = malformed(dispatch, form_parse(dispatch->arena, query_of(dispatch->target), &query,
                                            &dispatch->err));
    return rc != RC_OK ? rc
                       : malformed(dispatch, rest_decode(dispatch->arena, dispatch->model->input,
                                                         labels, &query, dispatch->body,
                                                         &dispatch->input, &dispatch->err));
}

static enum rc
validate(struct dispatch *dispatch)
{
    enum rc rc =
        validate_input(dispatch->arena, dispatch->model->input, dispatch->input, &dispatch->err);
    return rc == RC_OK ? RC_OK : fail(dispatch, rc, FAULT_VALIDATION);
}

/* JSON 1.1: the operation is named by a header field, and the body is its input. */
static enum rc
read_target(struct dispatch *dispatch)
{
    struct slice target, prefix = slice_of(service_models[dispatch->service].target);
    struct form none = {0};
    if (!slice_is(dispatch->method, "POST") ||
        !http_field(dispatch->header, "X-Amz-Target", &target) || !slice_starts(target, prefix) ||
        slice_from(target, prefix.len).len < 2 || target.ptr[prefix.len] != '.')
        return refuse_action(dispatch, SLICE("of no target"));
    struct slice name = slice_from(target, prefix.len + 1);
    enum rc rc = choose(dispatch, operation_model_find(dispatch->service, name), name);
    return rc != RC_OK ? rc
                       : malformed(dispatch,
                                   rest_decode(dispatch->arena, dispatch->model->input, NULL, &none,
                                               dispatch->body, &dispatch->input, &dispatch->err));
}

enum rc
dispatch_read(struct dispatch *dispatch, struct api_thread *thread)
{
    enum rc rc = authenticate(dispatch, thread);
    if (rc == RC_OK)
        rc = service_models[dispatch->service].target      ? read_target(dispatch)
             : service_models[dispatch->service].namespace ? read_query(dispatch)
                                                           : read_rest(dispatch);
    return rc == RC_OK ? validate(dispatch) : rc;
}

/* ---- by name ---- */

/* "queue.list" is permitted by postern:QueueList. */
static const char *
action_of(struct arena *arena, struct slice verb)
{
    char *action = arena_alloc(arena, sizeof "postern:" + verb.len);
    size_t len = sizeof "postern:" - 1;
    bool begins = true;
    memcpy(action, "postern:", len);
    for (size_t i = 0; i < verb.len; i++) {
        char c = verb.ptr[i];
        if (ascii_alpha(c))
            action[len++] = (char)(begins ? c - 'a' + 'A' : c);
        begins = !ascii_alpha(c);
    }
    action[len] = '\0';
    return action;
}

/* Of these a secret of the caller's own is asked, which who has their session only would guess. */
static bool
asks_secret(struct slice name)
{
    return slice_is(name, "own.password") || slice_is(name, "own.factor_remove");
}

/* The administrator's operations have no model: what they take and give is JSON as it is. */
static enum rc
choose_verb(struct dispatch *dispatch, struct slice name, struct slice input)
{
    const struct api_operation *verb = api_find(name);
    if (!verb) {
        (void)err_set(&dispatch->err, RC_NOT_FOUND, "there is no operation %.*s", SLICE_ARG(name));
        return fail(dispatch, RC_NOT_FOUND, FAULT_INVALID_ACTION);
    }
    struct operation_model *model = ARENA_NEW(dispatch->arena, struct operation_model);
    struct served_operation *row = ARENA_NEW(dispatch->arena, struct served_operation);
    *model = (struct operation_model){.name = verb->name, .service = SERVICE_POSTERN};
    *row = (struct served_operation){
        .service = SERVICE_POSTERN,
        .name = verb->name,
        .action = action_of(dispatch->arena, name),
        .access = verb->access,
        .resource = slice_starts(name, SLICE("own.")) ? RESOURCE_OWN : RESOURCE_ANY,
        .run = verb->run,
    };
    dispatch->model = model;
    dispatch->row = row;
    dispatch->guessable = asks_secret(name);
    enum rc rc = json_parse(dispatch->arena, input, &dispatch->input, &dispatch->err);
    if (rc == RC_OK && dispatch->input->type != JSON_OBJECT)
        rc = err_set(&dispatch->err, RC_SYNTAX, "the input must be an object");
    return malformed(dispatch, rc);
}

static enum rc
choose_by_name(struct dispatch *dispatch, struct slice service, struct slice operation,
               struct slice input)
{
    size_t i = 0;
    dispatch->by_name = true;
    while (i < SERVICE_COUNT && !slice_is(service, service_models[i].name))
        i++;
    if (i == SERVICE_COUNT) {
        (void)err_set(&dispatch->err, RC_NOT_FOUND,
                      "there is no service %.*s: ses, sesv2, iam, sts, accessanalyzer, "
                      "cloudtrail, postern",
                      SLICE_ARG(service));
        return fail(dispatch, RC_NOT_FOUND, FAULT_INVALID_ACTION);
    }
    dispatch->service = (enum service)i;
    if (dispatch->service == SERVICE_POSTERN)
        return choose_verb(dispatch, operation, input);
    enum rc rc = choose(dispatch, operation_model_find(dispatch->service, operation), operation);
    if (rc == RC_OK)
        rc = malformed(dispatch, named_decode(dispatch->arena, dispatch->model->input, input,
                                              &dispatch->input, &dispatch->err));
    return rc == RC_OK ? validate(dispatch) : rc;
}

enum rc
dispatch_name(struct dispatch *dispatch, struct slice service, struct slice operation,
              struct slice input)
{
    dispatch->caller = (struct api_caller){
        .administrator = true,
        .user_arn = arena_printf(dispatch->arena, "arn:aws:iam::%.*s:root",
                                 SLICE_ARG(dispatch->constants->account)),
    };
    return choose_by_name(dispatch, service, operation, input);
}

/* ---- from the console ---- */

static enum rc
authenticate_console(struct dispatch *dispatch, struct api_thread *thread)
{
    const struct console_request request = {dispatch->header, dispatch->source_ip, dispatch->tls};
    dispatch->by_name = true; /* failures too are told as JSON */
    dispatch->service = SERVICE_POSTERN;
    enum rc rc = console_request_check_origin(&request, &dispatch->err);
    if (rc != RC_OK)
        return fail(dispatch, rc, FAULT_ACCESS_DENIED);
    rc = console_caller(dispatch->arena, dispatch->constants, thread->database, &request,
                        dispatch->now_ms, &dispatch->caller, &dispatch->err);
    return rc == RC_OK       ? RC_OK
           : rc == RC_DENIED ? fail(dispatch, rc, FAULT_NOT_SIGNED_IN)
                             : fail(dispatch, RC_TEMPORARY, FAULT_UNAVAILABLE);
}

/* What a signed-in user cannot do whatever policies say: mail is sent with an access key, and who was
 * given a password to change changes it first, before all else. */
static enum rc
check_console_row(struct dispatch *dispatch)
{
    if (dispatch->row->access == API_SEND)
        (void)err_set(&dispatch->err, RC_DENIED, "mail is sent with an access key");
    else if (dispatch->caller.must_change_password && strcmp(dispatch->row->name, "own.password"))
        (void)err_set(&dispatch->err, RC_DENIED, "the password must be changed first");
    else
        return RC_OK;
    return fail(dispatch, RC_DENIED, FAULT_ACCESS_DENIED);
}

enum rc
dispatch_read_console(struct dispatch *dispatch, struct api_thread *thread)
{
    struct slice service, operation;
    enum rc rc = authenticate_console(dispatch, thread);
    if (rc != RC_OK)
        return rc;
    if (!slice_is(dispatch->method, "POST") ||
        !console_request_operation(path_of(dispatch->target), &service, &operation)) {
        (void)err_set(&dispatch->err, RC_SYNTAX, "POST " CONSOLE_API_PATH "SERVICE/OPERATION");
        return fail(dispatch, RC_SYNTAX, FAULT_INVALID_ACTION);
    }
    rc = choose_by_name(dispatch, service, operation, dispatch->body);
    return rc == RC_OK ? check_console_row(dispatch) : rc;
}

/* ---- may they, and the handler ---- */

/* A key that was switched off, or whose user was suspended, since the signature was checked writes
 * nothing. */
static enum rc
ask_again(struct dispatch *dispatch, struct api_thread *thread)
{
    bool usable = true;
    if (dispatch->caller.administrator ||
        (dispatch->row->access != API_WRITE && dispatch->row->access != API_PREPARED))
        return RC_OK;
    enum rc rc = console_caller_is_usable(thread->database, dispatch->arena, &dispatch->caller,
                                          dispatch->now_ms, &usable, &dispatch->err);
    if (rc != RC_OK)
        return fail(dispatch, RC_TEMPORARY, FAULT_UNAVAILABLE);
    return usable ? RC_OK : refuse_key(dispatch);
}

static void
fill_call(struct dispatch *dispatch, struct api_thread *thread)
{
    dispatch->effects = (struct api_effects){0};
    dispatch->call = (struct api_call){
        .arena = dispatch->arena,
        .constants = dispatch->constants,
        .thread = thread,
        .database = thread->database,
        .input = dispatch->input,
        .output = &dispatch->writer,
        .effects = &dispatch->effects,
        .now_ms = dispatch->now_ms,
        .caller = &dispatch->caller,
        .quota = &dispatch->quota,
        .service = dispatch->service,
        .prepared = dispatch->call.prepared,
    };
}

enum rc
dispatch_run(struct dispatch *dispatch, struct api_thread *thread)
{
    enum rc rc = ask_again(dispatch, thread);
    if (rc != RC_OK)
        return rc;
    fill_call(dispatch, thread);
    rc = demand_permission(&dispatch->call, dispatch->row, &dispatch->err);
    if (rc != RC_OK)
        return dispatch->rc = rc;
    buf_reset(&dispatch->result);
    json_writer_init(&dispatch->writer, &dispatch->result);
    json_open_object(&dispatch->writer);
    return dispatch->rc = dispatch->row->run(&dispatch->call, &dispatch->err);
}

bool
dispatch_guessed_wrong(const struct dispatch *dispatch)
{
    return dispatch->guessable && dispatch->rc == RC_DENIED && dispatch->call.fault == FAULT_BY_RC;
}

enum rc
dispatch_finish(struct dispatch *dispatch)
{
    dispatch->call.database = NULL; /* that of a worker which is somebody else's now */
    dispatch->call.thread = NULL;
    return dispatch->rc = dispatch->call.outbox->finish(&dispatch->call, &dispatch->err);
}

/* ---- the answer ---- */

static void
open_document(struct dispatch *dispatch, const char *name, const char *suffix)
{
    buf_printf(&dispatch->out, "<%s%s xmlns=\"%s\">", name, suffix,
               service_models[dispatch->service].namespace);
}

static enum rc
write_xml(struct dispatch *dispatch, const struct json *tree)
{
    const struct operation_model *model = dispatch->model;
    struct buf *out = &dispatch->out;
    enum rc rc = RC_OK;
    open_document(dispatch, model->name, "Response");
    if (model->result) {
        buf_printf(out, "<%s>", model->result);
        rc = xml_encode(out, model->output, tree, &dispatch->err);
        buf_printf(out, "</%s>", model->result);
    }
    buf_printf(out,
               "<ResponseMetadata><RequestId>%.*s</RequestId></ResponseMetadata></%sResponse>\n",
               SLICE_ARG(dispatch->request_id), model->name);
    dispatch->content_type = "text/xml";
    return rc;
}

static const char *
json_type(const struct dispatch *dispatch)
{
    return service_models[dispatch->service].target ? "application/x-amz-json-1.1"
                                                    : "application/json";
}

static enum rc
write_json(struct dispatch *dispatch, const struct json *tree)
{
    dispatch->content_type = json_type(dispatch);
    if (dispatch->service == SERVICE_POSTERN) {
        buf_add(&dispatch->out, buf_slice(&dispatch->result));
        return RC_OK;
    }
    if (!dispatch->model->output) {
        buf_add_cstr(&dispatch->out, "{}");
        return RC_OK;
    }
    return rest_encode(&dispatch->out, dispatch->model->output, tree, &dispatch->err);
}

static enum rc
write_success(struct dispatch *dispatch)
{
    struct json *tree;
    dispatch->status = 200;
    if (dispatch->answered.len > 0) {
        dispatch->content_type = "application/json";
        buf_add(&dispatch->out, dispatch->answered);
        return buf_ok(&dispatch->out) ? RC_OK
                                      : err_set(&dispatch->err, RC_LIMIT, "the answer is too long");
    }
    json_close_object(&dispatch->writer);
    if (!buf_ok(&dispatch->result))
        return err_set(&dispatch->err, RC_LIMIT, "the answer is too long");
    enum rc rc = json_parse(dispatch->arena, buf_slice(&dispatch->result), &tree, &dispatch->err);
    if (rc == RC_OK)
        rc = service_models[dispatch->service].namespace && !dispatch->by_name
                 ? write_xml(dispatch, tree)
                 : write_json(dispatch, tree);
    if (rc == RC_OK && !buf_ok(&dispatch->out))
        rc = err_set(&dispatch->err, RC_LIMIT, "the answer is too long");
    return rc;
}

static void
write_element(struct buf *out, const char *name, struct slice text)
{
    buf_printf(out, "<%s>", name);
    xml_escape(out, text);
    buf_printf(out, "</%s>", name);
}

static void
write_xml_failure(struct dispatch *dispatch, struct fault_words words)
{
    struct buf *out = &dispatch->out;
    open_document(dispatch, "Error", "Response");
    buf_printf(out, "<Error><Type>%s</Type><Code>%s</Code>",
               words.status < 500 ? "Sender" : "Receiver", words.code);
    for (size_t i = 0; i < API_FAULT_MEMBERS && dispatch->call.fault_members[i].name; i++)
        write_element(out, dispatch->call.fault_members[i].name,
                      dispatch->call.fault_members[i].value);
    write_element(out, "Message", slice_of(dispatch->err.text));
    buf_add_cstr(out, "</Error>");
    write_element(out, "RequestId", dispatch->request_id);
    buf_add_cstr(out, "</ErrorResponse>\n");
    dispatch->content_type = "text/xml";
}

/* Access Analyzer's errors say what they are about; those of SES only have their message. */
static void
write_json_members(struct dispatch *dispatch, struct json_writer *writer)
{
    if (dispatch->service != SERVICE_ACCESSANALYZER)
        return;
    if (slice_is(slice_of(dispatch->error_code), "ValidationException"))
        json_put_cstr(writer, "reason", "fieldValidationFailed");
    for (size_t i = 0; i < API_FAULT_MEMBERS && dispatch->call.fault_members[i].name; i++)
        json_put_string(writer, dispatch->call.fault_members[i].name,
                        dispatch->call.fault_members[i].value);
}

static void
write_json_failure(struct dispatch *dispatch)
{
    struct json_writer writer;
    json_writer_init(&writer, &dispatch->out);
    json_open_object(&writer);
    if (dispatch->by_name)
        json_put_cstr(&writer, "code", dispatch->error_code);
    else if (service_models[dispatch->service].target)
        json_put_cstr(&writer, "__type", dispatch->error_code);
    json_put_cstr(&writer, "message", dispatch->err.text);
    write_json_members(dispatch, &writer);
    json_close_object(&writer);
    dispatch->content_type = json_type(dispatch);
}

static void
write_failure(struct dispatch *dispatch)
{
    struct fault_words words =
        fault_words_of(dispatch->call.fault, dispatch->rc, dispatch->service);
    buf_reset(&dispatch->out);
    dispatch->status = words.status;
    dispatch->error_code = words.code;
    if (service_models[dispatch->service].namespace && !dispatch->by_name)
        write_xml_failure(dispatch, words);
    else
        write_json_failure(dispatch);
}

void
dispatch_answer(struct dispatch *dispatch)
{
    if (dispatch->rc == RC_OK)
        dispatch->rc = write_success(dispatch);
    if (dispatch->rc != RC_OK)
        write_failure(dispatch);
}
