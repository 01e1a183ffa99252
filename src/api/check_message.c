#include "check_message.h"

#include "base/random.h"
#include "domain_keys.h"
#include "grant_policy.h"
#include "mail/compose.h"
#include "store/brakes.h"
#include "store/canaries.h"
#include "store/policies.h"
#include "store/users.h"
#include "submit.h"

/* Users whose policies are looked at for an address of the domain. */
enum { USERS_MAX = 1000, MESSAGE_BYTES_MAX = 64 * 1024 };

struct choice {
    struct arena *arena;
    const struct api_constants *constants;
    struct api_thread *thread;
    const struct check_request *request;
    int64_t now_ms;
    struct slice refusal, refused_user, refused_from; /* of the first who was refused */
    struct check_message *message;
};

/* ---- the message ---- */

/* With everything on it that must not leave, in several parts, so that there is a boundary, and to who
 * sends: the simulator's address would show the provider. */
static enum rc
write_message(struct choice *choice, struct slice from, struct slice *out, struct err *err)
{
    struct arena *arena = choice->arena;
    struct compose parts = {
        .from = from,
        .to = &from,
        .to_count = 1,
        .subject = {.data = SLICE("What does this tell of who carried it?"), .present = true},
        .text = {.data = SLICE("Nothing.\r\n"), .present = true},
        .html = {.data = SLICE("<p>Nothing.</p>\r\n"), .present = true},
        .now_ms = choice->now_ms,
        .boundary = random_base32(arena, COMPOSE_BOUNDARY_CHARS),
    };
    struct buf composed;
    buf_init(&composed, MESSAGE_BYTES_MAX);
    enum rc rc = compose_message(arena, &parts, &composed, err);
    if (rc == RC_OK)
        *out = arena_printf(arena,
                            "Received: from laptop.example [192.0.2.1]\r\n"
                            "X-Originating-IP: [192.0.2.1]\r\n"
                            "X-Mailer: laptop.example\r\n"
                            "Return-Path: <%.*s>\r\n"
                            "Message-ID: <sample@laptop.example>\r\n"
                            "%.*s",
                            SLICE_ARG(from), SLICE_ARG(buf_slice(&composed)));
    buf_fini(&composed);
    return rc;
}

static enum rc
make_mail(struct choice *choice, struct slice from, struct err *err)
{
    struct arena *arena = choice->arena;
    struct slice *recipient = ARENA_NEW(arena, struct slice), bytes;
    *recipient =
        arena_printf(arena, "success@simulator.%.*s", SLICE_ARG(choice->constants->hostname));
    choice->message->mail = (struct outbox_mail){.arena = arena,
                                                 .action = SLICE("ses:SendRawEmail"),
                                                 .api_version = "2",
                                                 .reverse_path = from,
                                                 .recipients = recipient,
                                                 .recipient_count = 1};
    enum rc rc = write_message(choice, from, &bytes, err);
    if (rc != RC_OK)
        return rc;
    outbox_read(arena, bytes, &choice->message->mail);
    *err = choice->message->mail.err;
    return choice->message->mail.rc;
}

/* ---- who may send ---- */

static void
become(struct choice *choice, const struct user_row *user, struct slice access_key)
{
    choice->message->caller = (struct api_caller){
        .administrator = true,
        .user_folded = user->folded,
        .user_name = user->name,
        .user_id = user->id,
        .user_path = user->path,
        .user_arn = api_iam_arn(choice->arena, choice->constants, "user", user->path, user->name),
        .access_key = access_key,
        .source_ip = SLICE(""),
        .user_agent = SLICE("postern check"),
        .tls = SLICE("local socket"),
    };
}

static void
remember_refusal(struct choice *choice, struct slice user, struct slice from, struct slice why)
{
    if (choice->refusal.len > 0)
        return;
    choice->refusal = why;
    choice->refused_user = user;
    choice->refused_from = from;
}

/* As the gate would decide now; nothing is recorded. */
static enum rc
ask_gate(struct choice *choice, bool *allowed, struct err *err)
{
    const struct api_caller *caller = &choice->message->caller;
    const struct outbox_mail *mail = &choice->message->mail;
    struct submission_answer answer;
    struct submission_request request = {
        .user_folded = caller->user_folded,
        .user_name = caller->user_name,
        .user_id = caller->user_id,
        .user_arn = caller->user_arn,
        .access_key = caller->access_key,
        .service = SLICE("check"),
        .action = mail->action,
        .api_version = mail->api_version,
        .source_ip = caller->source_ip,
        .user_agent = caller->user_agent,
        .tls = caller->tls,
        .reverse_path = mail->reverse_path,
        .recipients = mail->recipients,
        .recipient_count = mail->recipient_count,
        .header = &mail->header,
        .body_hash = mail->body_hash,
        .body_bytes = mail->body.len,
        .now_ms = choice->now_ms,
    };
    enum rc rc =
        submit_decide(choice->arena, choice->constants, choice->thread, &request, &answer, err);
    *allowed = rc == RC_OK;
    if (rc == RC_DENIED)
        remember_refusal(choice, caller->user_name, mail->reverse_path, answer.reply);
    return rc == RC_DENIED ? RC_OK : rc;
}

/* A canary is for nobody to use, the check included. */
static enum rc
find_active_key(struct choice *choice, const struct user_row *user, struct slice *out,
                struct err *err)
{
    struct access_key_row *keys;
    size_t count;
    struct database *database = choice->thread->database;
    enum rc rc = access_keys_of(database, choice->arena, user->folded, &keys, &count, err);
    *out = SLICE("");
    for (size_t i = 0; rc == RC_OK && i < count && out->len == 0; i++) {
        bool canary = false;
        if (keys[i].active)
            rc = canaries_is(database, keys[i].id, &canary, err);
        if (keys[i].active && !canary)
            *out = keys[i].id;
    }
    return rc;
}

static enum rc
try_address(struct choice *choice, const struct user_row *user, struct slice text, struct err *err)
{
    struct address address;
    struct slice key;
    if (choice->message->chosen || address_parse(choice->arena, text, &address, NULL) != RC_OK ||
        !slice_eq(address.domain, choice->request->domain))
        return RC_OK;
    enum rc rc = find_active_key(choice, user, &key, err);
    if (rc == RC_OK && key.len == 0) {
        remember_refusal(choice, user->name, address.text, SLICE("no access key is active"));
        return RC_OK;
    }
    if (rc != RC_OK)
        return rc;
    become(choice, user, key);
    rc = make_mail(choice, address.text, err);
    return rc == RC_OK ? ask_gate(choice, &choice->message->chosen, err) : rc;
}

/* Of a user: the address of that name, those that were granted, and postmaster. */
static enum rc
try_user(struct choice *choice, const struct user_row *user, struct err *err)
{
    struct policy_row *policies;
    size_t count;
    struct slice prefix = SLICE(GRANT_PREFIX);
    enum rc rc = try_address(choice, user, user->name, err);
    if (rc == RC_OK)
        rc = policies_of_principal(choice->thread->database, choice->arena, user->folded, &policies,
                                   &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++)
        if (slice_starts(policies[i].name, prefix))
            rc = try_address(choice, user, slice_from(policies[i].name, prefix.len), err);
    if (rc == RC_OK)
        rc = try_address(choice, user,
                         arena_concat(choice->arena, SLICE("postmaster@"), choice->request->domain),
                         err);
    return rc;
}

static enum rc
try_one(struct choice *choice, const struct user_row *user, struct err *err)
{
    struct slice from = choice->request->from;
    return from.len ? try_address(choice, user, from, err) : try_user(choice, user, err);
}

static enum rc
try_all(struct choice *choice, struct err *err)
{
    struct user_row *users;
    size_t count;
    enum rc rc = users_list(choice->thread->database, choice->arena, &users, &count, err);
    for (size_t i = 0; rc == RC_OK && i < count; i++) /* whose name says so */
        rc = try_address(choice, &users[i],
                         choice->request->from.len ? choice->request->from : users[i].name, err);
    for (size_t i = 0; rc == RC_OK && i < count && i < USERS_MAX && !choice->message->chosen; i++)
        rc = try_one(choice, &users[i], err);
    return rc;
}

/* Who was named is tried for real also when the gate says no, so that the refusal is recorded. */
static bool
is_tried(const struct choice *choice)
{
    return choice->message->chosen ||
           (choice->request->user.len && choice->message->mail.reverse_path.len);
}

static void
explain_refusal(const struct choice *choice, struct examined *examined)
{
    examined->user = choice->refused_user;
    examined->from = choice->refused_from;
    examined->refusal =
        choice->refusal.len
            ? arena_printf(choice->arena, "%.*s may not send as %.*s: %.*s",
                           SLICE_ARG(choice->refused_user), SLICE_ARG(choice->refused_from),
                           SLICE_ARG(choice->refusal))
            : arena_printf(choice->arena,
                           "no user has an address of %.*s: name one with --as and --from",
                           SLICE_ARG(choice->request->domain));
}

static enum rc
choose(struct choice *choice, struct examined *examined, struct err *err)
{
    struct user_row user;
    struct slice name = choice->request->user;
    enum rc rc = RC_OK;
    if (name.len)
        rc = users_find(choice->thread->database, choice->arena, name, &user, err);
    if (rc == RC_NOT_FOUND)
        return err_retype(err, RC_SYNTAX);
    if (rc == RC_OK)
        rc = name.len ? try_one(choice, &user, err) : try_all(choice, err);
    if (rc != RC_OK)
        return rc;
    choice->message->chosen = is_tried(choice);
    if (!choice->message->chosen) {
        explain_refusal(choice, examined);
        return RC_OK;
    }
    examined->user = choice->message->caller.user_name;
    examined->from = choice->message->mail.reverse_path;
    return RC_OK;
}

/* ---- what the store knows ---- */

static enum rc
read_status(struct choice *choice, const char *kind, enum identity_status *out, struct err *err)
{
    struct proof_row proof = {.status = IDENTITY_NOT_STARTED};
    enum rc rc = proofs_find(choice->thread->database, choice->arena, choice->request->domain, kind,
                             &proof, err);
    *out = (enum identity_status)proof.status;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
read_domain(struct choice *choice, struct examined *examined, struct err *err)
{
    struct database *database = choice->thread->database;
    struct identity_row row;
    struct signing_key_row *keys = NULL, *provider_keys = NULL;
    struct slice domain = choice->request->domain;
    enum rc rc = identities_find(database, choice->arena, domain, &row, err);
    if (rc == RC_OK)
        rc = signing_keys_of(database, choice->arena, domain, &keys, &examined->key_count, err);
    if (rc == RC_OK)
        rc = signing_keys_of(database, choice->arena, choice->constants->provider_domain,
                             &provider_keys, &examined->provider_key_count, err);
    if (rc == RC_OK)
        rc = read_status(choice, "verification", &examined->verification, err);
    if (rc == RC_OK)
        rc = read_status(choice, "dkim", &examined->dkim, err);
    if (rc != RC_OK)
        return rc;
    examined->domain = domain;
    examined->dkim_enabled = row.dkim_enabled;
    examined->dkim_external = row.dkim_external;
    struct rotation_rules rules =
        domain_keys_rules(choice->constants, &row, examined->dkim, DKIM_RSA_SHA256);
    examined->rotate_after_ms = rules.rotates ? rules.rotate_after_ms : 0;
    examined->vouched = row.vouched;
    examined->mail_from_domain = row.mail_from_domain;
    examined->keys = keys;
    examined->provider_keys = provider_keys;
    examined->hostname = choice->constants->hostname;
    examined->provider_domain = choice->constants->provider_domain;
    examined->public_url = choice->constants->public_url;
    examined->now_ms = choice->now_ms;
    return RC_OK;
}

enum rc
check_message_prepare(struct arena *arena, const struct api_constants *constants,
                      struct api_thread *thread, const struct check_request *request,
                      int64_t now_ms, struct examined *examined, struct check_message *out,
                      struct err *err)
{
    struct choice choice = {.arena = arena,
                            .constants = constants,
                            .thread = thread,
                            .request = request,
                            .now_ms = now_ms,
                            .message = out};
    *out = (struct check_message){0};
    enum rc rc = read_domain(&choice, examined, err);
    return rc == RC_OK ? choose(&choice, examined, err) : rc;
}

enum rc
check_message_read(struct arena *arena, struct database *database, struct slice message_id,
                   struct examined *examined, struct err *err)
{
    struct message_row row;
    struct brake_row brake;
    struct slice body;
    enum rc rc = messages_find_id(database, arena, message_id, &row, err);
    if (rc == RC_OK)
        rc = brakes_find(database, arena, row.access_key, &brake, err);
    if (rc == RC_OK)
        rc = chunks_find(database, arena, row.key, 0, &body, err);
    if (rc != RC_OK)
        return rc;
    examined->message_id = row.id;
    if (brake.tripped_ms)
        examined->braked = brake.words;
    examined->wire_path = row.wire_path;
    examined->header = row.header;
    examined->body = body;
    return RC_OK;
}
