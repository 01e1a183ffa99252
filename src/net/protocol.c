/*
 * Encoding and checking of inner messages. A reader accepts only what an honest writer can have
 * said: every enum in range, every count within its bound, numbers that must agree in agreement.
 */
#include "protocol.h"

enum {
    STATUS_MIN = 100, /* HTTP */
    STATUS_MAX = 599,
    EXPECTED_MAX = 4096, /* a 16384-bit RSA key in base64 and room */
    SEEN_MAX = 500,
    SOURCE_MAX = 64,      /* a printed address */
    TLS_VERSION_MAX = 32, /* "TLSv1.3" */
    USER_NAME_MAX = 256,  /* what accept/submission.c passes on */
    PASSWORD_MAX = 1024,
    CLIENT_NAME_MAX = 255,
    PATH_MAX_BYTES = 320, /* local part, "@" and domain (RFC 5321 §4.5.3.1) */
    POST_TEXT_MAX = 4096,
    RECIPIENT_BYTES_MIN = 4, /* the length of an empty byte string */
    OUTCOME_BYTES_MIN = 4 + 1 + 4 + 4
};

static const char *const role_names[] = {"parent", "front", "core", "courier", "resolver"};
_Static_assert(sizeof role_names / sizeof *role_names == ROLE_COUNT, "a name for each role");

const char *
role_name(enum role role)
{
    return (unsigned)role < ROLE_COUNT ? role_names[role] : "unknown";
}

/* One byte below `count`; returns 0 when it is not. */
static unsigned
get_enum(struct wire *wire, unsigned count)
{
    unsigned value = wire_u8(wire);
    if (value >= count)
        wire->bad = true;
    return wire->bad ? 0 : value;
}

static struct slice
get_bounded(struct wire *wire, size_t min, size_t max)
{
    struct slice bytes = wire_bytes(wire);
    if (bytes.len < min || bytes.len > max)
        wire->bad = true;
    return wire->bad ? SLICE("") : bytes;
}

static void
put_recipients(struct buf *out, const struct slice *recipients, uint32_t count)
{
    wire_put_u32(out, count);
    for (uint32_t i = 0; i < count; i++)
        wire_put_bytes(out, recipients[i]);
}

static struct slice *
get_recipients(struct arena *arena, struct wire *wire, uint32_t *count)
{
    *count = wire_count(wire, ENVELOPE_RECIPIENTS_MAX, RECIPIENT_BYTES_MIN);
    if (*count == 0) {
        wire->bad = true;
        return NULL;
    }
    struct slice *recipients = ARENA_ARRAY(arena, struct slice, *count);
    for (uint32_t i = 0; i < *count; i++)
        recipients[i] = get_bounded(wire, 1, PATH_MAX_BYTES);
    return recipients;
}

void
protocol_put_authenticate(struct buf *out, const struct authenticate_message *message)
{
    wire_put_u64(out, message->connection);
    wire_put_bytes(out, message->mechanism);
    wire_put_bytes(out, message->user_name);
    wire_put_bytes(out, message->password);
    wire_put_bytes(out, message->source_ip);
    wire_put_bytes(out, message->tls_version);
    wire_put_bytes(out, message->client_name);
}

bool
protocol_get_authenticate(struct arena *arena, struct slice payload,
                          struct authenticate_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->connection = wire_u64(&wire);
    message->mechanism = wire_bytes(&wire);
    message->user_name = get_bounded(&wire, 1, USER_NAME_MAX);
    message->password = get_bounded(&wire, 1, PASSWORD_MAX);
    message->source_ip = get_bounded(&wire, 1, SOURCE_MAX);
    message->tls_version = get_bounded(&wire, 0, TLS_VERSION_MAX);
    message->client_name = get_bounded(&wire, 0, CLIENT_NAME_MAX);
    return wire_end(&wire) &&
           (slice_is(message->mechanism, "PLAIN") || slice_is(message->mechanism, "LOGIN"));
}

void
protocol_put_authenticated(struct buf *out, const struct authenticated_message *message)
{
    wire_put_u64(out, message->connection);
    wire_put_u64(out, message->session);
    wire_put_u8(out, (uint8_t)message->result);
}

bool
protocol_get_authenticated(struct arena *arena, struct slice payload,
                           struct authenticated_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->connection = wire_u64(&wire);
    message->session = wire_u64(&wire);
    message->result = (enum authenticate_result)get_enum(&wire, AUTHENTICATE_RESULT_COUNT);
    /* A session exists exactly when authentication succeeded. */
    return wire_end(&wire) && (message->session != 0) == (message->result == AUTHENTICATE_OK);
}

void
protocol_put_submit(struct buf *out, const struct submit_message *message)
{
    wire_put_u64(out, message->submission);
    wire_put_u64(out, message->session);
    wire_put_bytes(out, message->reverse_path);
    put_recipients(out, message->recipients, message->recipient_count);
}

bool
protocol_get_submit(struct arena *arena, struct slice payload, struct submit_message *message)
{
    struct wire wire = wire_read(payload);
    message->submission = wire_u64(&wire);
    message->session = wire_u64(&wire);
    /* The null reverse-path is core's own: no front takes it from anybody. */
    message->reverse_path = get_bounded(&wire, 1, PATH_MAX_BYTES);
    message->recipients = get_recipients(arena, &wire, &message->recipient_count);
    return wire_end(&wire);
}

void
protocol_put_body(struct buf *out, const struct body_message *message)
{
    wire_put_u64(out, message->number);
    wire_put_bytes(out, message->piece);
    wire_put_u8(out, message->last);
}

bool
protocol_get_body(struct arena *arena, struct slice payload, struct body_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->number = wire_u64(&wire);
    message->piece = get_bounded(&wire, 0, BODY_PIECE_MAX);
    message->last = wire_bool(&wire);
    return wire_end(&wire);
}

void
protocol_put_number(struct buf *out, const struct number_message *message)
{
    wire_put_u64(out, message->number);
}

bool
protocol_get_number(struct arena *arena, struct slice payload, struct number_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->number = wire_u64(&wire);
    return wire_end(&wire);
}

void
protocol_put_credit(struct buf *out, const struct credit_message *message)
{
    wire_put_u64(out, message->number);
    wire_put_u32(out, message->bytes);
}

bool
protocol_get_credit(struct arena *arena, struct slice payload, struct credit_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->number = wire_u64(&wire);
    message->bytes = wire_u32(&wire);
    return wire_end(&wire) && message->bytes <= BODY_CREDIT;
}

void
protocol_put_submitted(struct buf *out, const struct submitted_message *message)
{
    wire_put_u64(out, message->submission);
    wire_put_bytes(out, message->reply);
}

bool
protocol_get_submitted(struct arena *arena, struct slice payload, struct submitted_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->submission = wire_u64(&wire);
    message->reply = get_bounded(&wire, 3, SIZE_MAX); /* at least a reply code */
    return wire_end(&wire);
}

void
protocol_put_call(struct buf *out, const struct call_message *message)
{
    wire_put_u64(out, message->call);
    wire_put_bytes(out, message->source_ip);
    wire_put_bytes(out, message->tls_version);
    wire_put_bytes(out, message->request_line);
    wire_put_bytes(out, message->header);
    wire_put_u64(out, message->length);
    wire_put_u8(out, (uint8_t)message->how);
    wire_put_bytes(out, message->body);
}

/* What is announced, how it comes, and what is here must agree. */
static bool
call_body_agrees(const struct call_message *message)
{
    bool chunked = message->length == CALL_LENGTH_UNKNOWN;
    if (!chunked && message->length > CALL_BODY_MAX)
        return false;
    if (message->how == CALL_BODY_WHOLE)
        return chunked || message->length == message->body.len;
    return message->length > 0 && message->body.len == 0;
}

bool
protocol_get_call(struct arena *arena, struct slice payload, struct call_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->call = wire_u64(&wire);
    message->source_ip = get_bounded(&wire, 1, SOURCE_MAX);
    message->tls_version = get_bounded(&wire, 0, TLS_VERSION_MAX);
    message->request_line = get_bounded(&wire, 1, CALL_LINE_MAX);
    message->header = get_bounded(&wire, 0, CALL_HEADER_MAX);
    message->length = wire_u64(&wire);
    message->how = (enum call_body)get_enum(&wire, CALL_BODY_COUNT);
    message->body = get_bounded(&wire, 0, BODY_PIECE_MAX);
    return wire_end(&wire) && call_body_agrees(message);
}

void
protocol_put_return(struct buf *out, const struct return_message *message)
{
    wire_put_u64(out, message->call);
    wire_put_u32(out, message->status);
    wire_put_bytes(out, message->content_type);
    wire_put_bytes(out, message->header);
    wire_put_bytes(out, message->body);
}

bool
protocol_get_return(struct arena *arena, struct slice payload, struct return_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->call = wire_u64(&wire);
    message->status = wire_u32(&wire);
    message->content_type = wire_bytes(&wire);
    message->header = wire_bytes(&wire);
    message->body = wire_bytes(&wire);
    return wire_end(&wire) && message->status >= STATUS_MIN && message->status <= STATUS_MAX;
}

void
protocol_put_deliver(struct buf *out, const struct deliver_message *message)
{
    wire_put_u64(out, message->lease);
    wire_put_bytes(out, message->message_id);
    wire_put_bytes(out, message->reverse_path);
    put_recipients(out, message->recipients, message->recipient_count);
    wire_put_bytes(out, message->domain);
    wire_put_u8(out, (uint8_t)message->route);
    wire_put_bytes(out, message->host);
    wire_put_u32(out, message->port);
    wire_put_u8(out, (uint8_t)message->tls);
    wire_put_u8(out, message->verify);
    wire_put_bytes(out, message->user_name);
    wire_put_bytes(out, message->password);
    wire_put_u8(out, message->allow_private);
    wire_put_u8(out, message->eight_bit);
    wire_put_u64(out, message->size);
    wire_put_bytes(out, message->header);
}

static uint16_t
get_port(struct wire *wire)
{
    uint32_t port = wire_u32(wire);
    if (port == 0 || port > UINT16_MAX)
        wire->bad = true;
    return wire->bad ? 0 : (uint16_t)port;
}

/* Where to: courier is never asked to capture, and a smarthost has a name. */
static void
get_route(struct wire *wire, struct deliver_message *message)
{
    message->domain = get_bounded(wire, 1, DNS_NAME_MAX);
    message->route = (enum route_kind)get_enum(wire, ROUTE_KIND_COUNT);
    message->host = get_bounded(wire, 0, DNS_NAME_MAX);
    message->port = get_port(wire);
    message->tls = (enum tls_policy)get_enum(wire, TLS_POLICY_COUNT);
    if (message->route == ROUTE_CAPTURE ||
        (message->route == ROUTE_SMARTHOST && message->host.len == 0))
        wire->bad = true;
}

bool
protocol_get_deliver(struct arena *arena, struct slice payload, struct deliver_message *message)
{
    struct wire wire = wire_read(payload);
    message->lease = wire_u64(&wire);
    message->message_id = wire_bytes(&wire);
    message->reverse_path = wire_bytes(&wire);
    message->recipients = get_recipients(arena, &wire, &message->recipient_count);
    get_route(&wire, message);
    message->verify = wire_bool(&wire);
    message->user_name = wire_bytes(&wire);
    message->password = wire_bytes(&wire);
    message->allow_private = wire_bool(&wire);
    message->eight_bit = wire_bool(&wire);
    message->size = wire_u64(&wire);
    message->header = wire_bytes(&wire);
    return wire_end(&wire) && message->header.len <= message->size;
}

void
protocol_put_outcome(struct buf *out, const struct outcome_message *message)
{
    wire_put_u64(out, message->lease);
    wire_put_bytes(out, message->remote_host);
    wire_put_bytes(out, message->remote_ip);
    wire_put_bytes(out, message->tls);
    wire_put_bytes(out, message->dialogue);
    wire_put_u32(out, message->recipient_count);
    for (uint32_t i = 0; i < message->recipient_count; i++) {
        const struct recipient_outcome *recipient = &message->recipients[i];
        wire_put_u32(out, recipient->index);
        wire_put_u8(out, (uint8_t)recipient->kind);
        wire_put_bytes(out, recipient->reply);
        wire_put_bytes(out, recipient->status);
    }
}

/* Every recipient of the lease, once: `count` different indices below `count` are all of them. */
static void
get_recipient_outcomes(struct arena *arena, struct wire *wire, struct outcome_message *message)
{
    bool seen[ENVELOPE_RECIPIENTS_MAX] = {false};
    uint32_t count = wire_count(wire, ENVELOPE_RECIPIENTS_MAX, OUTCOME_BYTES_MIN);
    if (count == 0)
        wire->bad = true;
    message->recipient_count = count;
    message->recipients = ARENA_ARRAY(arena, struct recipient_outcome, count);
    for (uint32_t i = 0; i < count && !wire->bad; i++) {
        struct recipient_outcome *recipient = &message->recipients[i];
        recipient->index = wire_u32(wire);
        if (recipient->index >= count || seen[recipient->index]) {
            wire->bad = true;
            return;
        }
        seen[recipient->index] = true;
        recipient->kind = (enum outcome_kind)get_enum(wire, OUTCOME_KIND_COUNT);
        recipient->reply = wire_bytes(wire);
        recipient->status = wire_bytes(wire);
    }
}

bool
protocol_get_outcome(struct arena *arena, struct slice payload, struct outcome_message *message)
{
    struct wire wire = wire_read(payload);
    message->lease = wire_u64(&wire);
    message->remote_host = wire_bytes(&wire);
    message->remote_ip = wire_bytes(&wire);
    message->tls = wire_bytes(&wire);
    message->dialogue = get_bounded(&wire, 0, DIALOGUE_MAX);
    get_recipient_outcomes(arena, &wire, message);
    return wire_end(&wire);
}

void
protocol_put_feedback(struct buf *out, const struct feedback_message *message)
{
    wire_put_u64(out, message->number);
    wire_put_bytes(out, message->source_ip);
    wire_put_bytes(out, message->reverse_path);
    put_recipients(out, message->recipients, message->recipient_count);
    wire_put_bytes(out, message->message);
}

bool
protocol_get_feedback(struct arena *arena, struct slice payload, struct feedback_message *message)
{
    struct wire wire = wire_read(payload);
    message->number = wire_u64(&wire);
    message->source_ip = get_bounded(&wire, 1, SOURCE_MAX);
    message->reverse_path = get_bounded(&wire, 0, PATH_MAX_BYTES);
    message->recipients = get_recipients(arena, &wire, &message->recipient_count);
    message->message = get_bounded(&wire, 0, FEEDBACK_MESSAGE_MAX);
    if (!wire_end(&wire) || message->recipient_count > FEEDBACK_RECIPIENTS_MAX)
        return false;
    for (uint32_t i = 0; i < message->recipient_count; i++)
        if (message->recipients[i].len > PATH_MAX_BYTES)
            return false;
    return true;
}

void
protocol_put_feedback_taken(struct buf *out, const struct feedback_taken_message *message)
{
    wire_put_u64(out, message->number);
    wire_put_u8(out, (uint8_t)message->result);
}

bool
protocol_get_feedback_taken(struct arena *arena, struct slice payload,
                            struct feedback_taken_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->number = wire_u64(&wire);
    message->result = (enum feedback_result)get_enum(&wire, FEEDBACK_RESULT_COUNT);
    return wire_end(&wire);
}

void
protocol_put_post(struct buf *out, const struct post_message *message)
{
    wire_put_bytes(out, message->text);
}

bool
protocol_get_post(struct arena *arena, struct slice payload, struct post_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->text = get_bounded(&wire, 1, POST_TEXT_MAX);
    return wire_end(&wire) && slice_chr(message->text, '\0') == SLICE_NONE;
}

static bool
known_type(uint32_t type)
{
    static const enum dns_type types[] = {DNS_A,   DNS_CNAME, DNS_PTR, DNS_MX,
                                          DNS_TXT, DNS_AAAA,  DNS_TLSA};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (type == types[i])
            return true;
    return false;
}

void
protocol_put_resolve(struct buf *out, const struct resolve_message *message)
{
    wire_put_u64(out, message->query);
    wire_put_u32(out, (uint32_t)message->type);
    wire_put_bytes(out, message->name);
}

bool
protocol_get_resolve(struct arena *arena, struct slice payload, struct resolve_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->query = wire_u64(&wire);
    uint32_t type = wire_u32(&wire);
    if (!known_type(type))
        return false;
    message->type = (enum dns_type)type;
    message->name = get_bounded(&wire, 1, DNS_NAME_MAX);
    return wire_end(&wire);
}

void
protocol_put_resolved(struct buf *out, const struct resolved_message *message)
{
    wire_put_u64(out, message->query);
    dns_put_answer(out, &message->answer);
}

bool
protocol_get_resolved(struct arena *arena, struct slice payload, struct resolved_message *message)
{
    struct wire wire = wire_read(payload);
    message->query = wire_u64(&wire);
    dns_get_answer(arena, &wire, &message->answer);
    return wire_end(&wire);
}

void
protocol_put_prove(struct buf *out, const struct prove_message *message)
{
    wire_put_u64(out, message->query);
    wire_put_u8(out, (uint8_t)message->kind);
    wire_put_bytes(out, message->name);
    wire_put_bytes(out, message->expected);
}

bool
protocol_get_prove(struct arena *arena, struct slice payload, struct prove_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->query = wire_u64(&wire);
    message->kind = (enum prove_kind)get_enum(&wire, PROVE_KIND_COUNT);
    message->name = get_bounded(&wire, 1, DNS_NAME_MAX);
    /* Nothing expected would be proved by an empty record. */
    message->expected = get_bounded(&wire, 1, EXPECTED_MAX);
    return wire_end(&wire);
}

void
protocol_put_proved(struct buf *out, const struct proved_message *message)
{
    wire_put_u64(out, message->query);
    wire_put_u8(out, (uint8_t)message->proof);
    wire_put_u8(out, message->secure);
    wire_put_u8(out, message->through_cname);
    wire_put_bytes(out, message->seen);
}

bool
protocol_get_proved(struct arena *arena, struct slice payload, struct proved_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->query = wire_u64(&wire);
    message->proof = (enum proof)get_enum(&wire, PROOF_COUNT);
    message->secure = wire_bool(&wire);
    message->through_cname = wire_bool(&wire);
    message->seen = get_bounded(&wire, 0, SEEN_MAX);
    return wire_end(&wire);
}

void
protocol_put_update(struct buf *out, const struct update_message *message)
{
    wire_put_u64(out, message->query);
    wire_put_u8(out, message->add);
    wire_put_bytes(out, message->name);
    wire_put_bytes(out, message->value);
}

bool
protocol_get_update(struct arena *arena, struct slice payload, struct update_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->query = wire_u64(&wire);
    message->add = wire_bool(&wire);
    message->name = get_bounded(&wire, 1, DNS_NAME_MAX);
    message->value = get_bounded(&wire, message->add ? 1 : 0, message->add ? EXPECTED_MAX : 0);
    return wire_end(&wire);
}

void
protocol_put_updated(struct buf *out, const struct updated_message *message)
{
    wire_put_u64(out, message->query);
    wire_put_u8(out, message->done);
    wire_put_bytes(out, message->reason);
}

bool
protocol_get_updated(struct arena *arena, struct slice payload, struct updated_message *message)
{
    (void)arena;
    struct wire wire = wire_read(payload);
    message->query = wire_u64(&wire);
    message->done = wire_bool(&wire);
    message->reason = get_bounded(&wire, 0, UPDATE_REASON_MAX);
    return wire_end(&wire);
}
