/*
 * HTTP requests from front, until they are whole, and their answers. A small one comes in one
 * message; of a large one the body streams in under credit and is kept here, contiguous, since
 * nobody can say who asks before the signature over all of it is checked.
 *
 *   CALL --> (CALL_BODY)* --> administration_serve() --> call_respond() --> RETURN
 *
 * What strangers can make core keep is bounded: the length of one body by protocol.h, the bytes of
 * all requests here. An early answer leaves `receiving` behind without its call, until the front has
 * heard of it and says CALL_ABORT, so that what no honest front says can be told from what comes
 * late.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core.h"
#include "net/protocol.h"

#include <inttypes.h>
#include <stdlib.h>

#define MEBIBYTE ((uint64_t)1024 * 1024)

/* Bytes of requests in core altogether. Some of it is for small ones: who announces much and sends
 * little must not shut out everybody else. */
#define CALLS_MAX   (192 * MEBIBYTE)
#define CALLS_SMALL (32 * MEBIBYTE)
/* And of what was decoded and made from requests that send, until their messages are with the store:
 * a small request can make large messages. */
#define MADE_MAX (256 * MEBIBYTE)

enum { CREDIT_STEP = BODY_CREDIT / 4 /* less is not worth a message */ };

/* A call whose end has not come. */
struct receiving {
    struct front *front; /* borrowed */
    struct call *call;   /* owned; NULL: it had its answer, and the rest is dropped */
    uint64_t number;     /* the front's */
    uint64_t announced, arrived;
    uint32_t credit; /* what the front may still send */
    uint32_t owed;   /* credit not given back yet */
};

/* ---- answers ---- */

static void
call_free(struct call *call)
{
    call->core->call_bytes -= call->charged;
    call->core->made_bytes -= call->charged_made;
    buf_fini(&call->received);
    arena_free(call->arena);
    free(call);
}

static void
log_request(const struct call *call, uint32_t status)
{
    log_event(LOG_LEVEL_INFO, "http.request", LOG_TEXT("method", call->method),
              LOG_TEXT("path", call->path), LOG_NUMBER("status", status),
              LOG_NUMBER("bytes", call->body.len), LOG_TEXT("source", call->source_ip),
              LOG_NUMBER("ms", clock_monotonic_ms() - call->began_ms),
              LOG_TEXT("request", call->id));
}

/* The status that was told. */
static uint32_t
send_return(struct front *front, struct return_message *message)
{
    struct buf out;
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_return(&out, message);
    if (!buf_ok(&out)) {
        message->status = 500;
        message->content_type = SLICE("text/plain");
        message->body = SLICE("the answer is too long\n");
        buf_reset(&out);
        protocol_put_return(&out, message);
    }
    channel_send(front->channel, MESSAGE_RETURN, buf_slice(&out));
    buf_fini(&out);
    return message->status;
}

void
call_respond(struct call *call, uint32_t status, struct slice content_type, struct slice header,
             struct slice body)
{
    struct front *front = map_get(call->core->fronts, MAP_KEY(call->front));
    struct return_message message = {
        .call = call->number, .status = status, .content_type = content_type, .body = body};
    message.header = arena_printf(call->arena, "x-amzn-RequestId: %.*s\r\n%.*s",
                                  SLICE_ARG(call->id), SLICE_ARG(header));
    if (front) {
        front->calls--;
        status = send_return(front, &message);
    }
    log_request(call, status);
    call_free(call);
}

static void
respond_busy(struct call *call)
{
    call_respond(call, 503, SLICE("text/plain"), SLICE("Retry-After: 1\r\n"), SLICE("busy\n"));
}

/* ---- the head ---- */

/* Room for so many bytes more; false when there is none. */
static bool
charge(struct call *call, uint64_t bytes, bool small)
{
    struct core *core = call->core;
    uint64_t max = small ? CALLS_MAX : CALLS_MAX - CALLS_SMALL;
    if (core->call_bytes > max || bytes > max - core->call_bytes)
        return false;
    core->call_bytes += bytes;
    call->charged += bytes;
    return true;
}

bool
call_charge_made(struct call *call, uint64_t bytes)
{
    struct core *core = call->core;
    if (core->made_bytes > MADE_MAX || bytes > MADE_MAX - core->made_bytes)
        return false;
    core->made_bytes += bytes;
    call->charged_made += bytes;
    return true;
}

static bool
read_request_line(struct call *call)
{
    struct slice rest, version;
    if (!slice_cut(call->request_line, ' ', &call->method, &rest) ||
        !slice_cut(rest, ' ', &call->target, &version))
        return false;
    if (!slice_cut(call->target, '?', &call->path, &call->query))
        call->path = call->target;
    return true;
}

static struct call *
call_new(struct front *front, struct arena *arena, const struct call_message *message)
{
    struct call *call = NEW(struct call);
    call->core = front->core;
    call->arena = arena;
    call->front = front->number;
    call->number = message->call;
    call->source_ip = message->source_ip;
    call->tls_version = message->tls_version;
    call->request_line = message->request_line;
    call->header = message->header;
    call->body = message->body;
    call->id = random_uuid(arena);
    call->began_ms = clock_monotonic_ms();
    buf_init(&call->received, CALL_BODY_MAX);
    return call;
}

static void
give_credit(struct receiving *receiving, uint32_t bytes)
{
    struct buf out;
    const struct credit_message message = {receiving->number, bytes};
    buf_init(&out, CHANNEL_PAYLOAD_MAX);
    protocol_put_credit(&out, &message);
    channel_send(receiving->front->channel, MESSAGE_CREDIT, buf_slice(&out));
    buf_fini(&out);
    receiving->credit += bytes;
}

static void
receive(struct front *front, struct call *call, const struct call_message *message,
        uint64_t head_bytes)
{
    struct receiving *receiving = NEW(struct receiving);
    *receiving = (struct receiving){
        .front = front, .call = call, .number = message->call, .announced = message->length};
    map_put(front->receiving, MAP_KEY(receiving->number), receiving);
    uint64_t length = message->length == CALL_LENGTH_UNKNOWN ? 0 : message->length;
    bool small = length > 0 && length <= BODY_PIECE_MAX;
    bool awaited = message->how == CALL_BODY_AWAITED;
    receiving->credit = awaited ? 0 : BODY_CREDIT;
    if (!charge(call, head_bytes + length, small)) {
        receiving->call = NULL;
        respond_busy(call);
    } else if (awaited) {
        give_credit(receiving, BODY_CREDIT);
    }
}

/* One connection has one call at a time; calls whose connection has gone are in work besides. */
static bool
front_is_busy(const struct front *front)
{
    return front->calls > 2 * (size_t)front->core->config.connections;
}

bool
call_begin(struct front *front, struct slice payload)
{
    struct arena *arena = arena_new();
    struct call_message message;
    if (!protocol_get_call(arena, arena_dup(arena, payload), &message) ||
        map_get(front->receiving, MAP_KEY(message.call)) ||
        map_count(front->receiving) >= front->core->config.connections) {
        arena_free(arena);
        return false;
    }
    struct call *call = call_new(front, arena, &message);
    if (!read_request_line(call)) {
        call_free(call);
        return false;
    }
    front->calls++; /* until it is answered */
    if (message.how != CALL_BODY_WHOLE)
        receive(front, call, &message, payload.len);
    else if (front_is_busy(front) || !charge(call, payload.len, true))
        respond_busy(call);
    else
        administration_serve(call);
    return true;
}

/* ---- the body ---- */

static void
receiving_free(struct receiving *receiving)
{
    map_remove(receiving->front->receiving, MAP_KEY(receiving->number));
    if (receiving->call) {
        receiving->front->calls--;
        call_free(receiving->call);
    }
    free(receiving);
}

/* Whether an honest front can have said this. */
static bool
piece_fits(const struct receiving *receiving, const struct body_message *message)
{
    uint64_t arrived = receiving->arrived + message->piece.len;
    bool announced = receiving->announced != CALL_LENGTH_UNKNOWN;
    if (message->piece.len > receiving->credit || (!message->piece.len && !message->last))
        return false;
    if (arrived > (announced ? receiving->announced : CALL_BODY_MAX))
        return false;
    return !message->last || !announced || arrived == receiving->announced;
}

static void
take_piece(struct receiving *receiving, struct slice piece)
{
    struct call *call = receiving->call;
    receiving->credit -= (uint32_t)piece.len;
    receiving->arrived += piece.len;
    if (!call)
        return;
    if (receiving->announced == CALL_LENGTH_UNKNOWN && !charge(call, piece.len, false)) {
        receiving->call = NULL;
        respond_busy(call);
        return;
    }
    buf_add(&call->received, piece);
    call->body = buf_slice(&call->received);
    receiving->owed += (uint32_t)piece.len;
}

static void
complete(struct receiving *receiving)
{
    struct front *front = receiving->front;
    struct call *call = receiving->call;
    receiving->call = NULL;
    receiving_free(receiving);
    if (call && front_is_busy(front))
        respond_busy(call);
    else if (call)
        administration_serve(call);
}

static void
go_on_receiving(struct receiving *receiving)
{
    if (receiving->call && receiving->owed >= CREDIT_STEP) {
        give_credit(receiving, receiving->owed);
        receiving->owed = 0;
    }
}

bool
call_body(struct front *front, struct slice payload)
{
    struct body_message message;
    struct receiving *receiving = NULL;
    if (protocol_get_body(NULL, payload, &message))
        receiving = map_get(front->receiving, MAP_KEY(message.number));
    if (!receiving || !piece_fits(receiving, &message))
        return false;
    take_piece(receiving, message.piece);
    if (message.last)
        complete(receiving);
    else
        go_on_receiving(receiving);
    return true;
}

/* The client went away before the end, or the front heard the answer before it. */
bool
call_abort(struct front *front, uint64_t number)
{
    struct receiving *receiving = map_get(front->receiving, MAP_KEY(number));
    if (!receiving)
        return false;
    receiving_free(receiving);
    return true;
}

void
call_forget_front(struct front *front)
{
    size_t cursor = 0;
    struct slice key;
    void *value;
    while (map_next(front->receiving, &cursor, &key, &value))
        receiving_free(value);
}
