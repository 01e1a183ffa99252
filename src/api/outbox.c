#include "outbox.h"
#include "base/random.h"
#include "mail/body.h"

enum { V1_MESSAGE_MAX = 10 * 1024 * 1024 };

struct outbox *
outbox_new(struct api_call *call, size_t count,
           enum rc (*finish)(struct api_call *call, struct err *err))
{
    struct outbox *outbox = ARENA_NEW(call->arena, struct outbox);
    outbox->count = count < OUTBOX_MAX ? count : OUTBOX_MAX;
    outbox->mails = ARENA_ARRAY(call->arena, struct outbox_mail, outbox->count);
    outbox->finish = finish;
    call->outbox = outbox;
    for (size_t i = 0; i < outbox->count; i++)
        outbox->mails[i].arena = call->arena;
    outbox->began = arena_size(call->arena);
    return outbox;
}

bool
outbox_is_full(const struct api_call *call)
{
    return arena_size(call->arena) - call->outbox->began > OUTBOX_BYTES_MAX;
}

/* How many line ends are not CRLF. */
static size_t
count_bare(struct slice bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bool cr = bytes.ptr[i] == '\r', lf = bytes.ptr[i] == '\n';
        if (cr && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n')
            i++;
        else
            count += cr || lf;
    }
    return count;
}

size_t
outbox_normalized_length(struct slice bytes)
{
    return bytes.len + count_bare(bytes);
}

struct slice
outbox_normalize(struct arena *arena, struct slice bytes)
{
    size_t bare = count_bare(bytes), len = 0;
    if (bare == 0)
        return bytes;
    char *out = arena_alloc(arena, bytes.len + bare);
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.ptr[i];
        if (c != '\r' && c != '\n') {
            out[len++] = c;
            continue;
        }
        if (c == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n')
            i++;
        out[len++] = '\r';
        out[len++] = '\n';
    }
    return (struct slice){out, len};
}

static enum rc
read_body(struct outbox_mail *mail, struct err *err)
{
    struct body_scan *scan = body_scan_new(&mail->header);
    struct body_hash *hash = body_hash_new();
    body_scan_feed(scan, mail->body);
    body_hash_feed(hash, mail->body);
    enum rc rc = body_scan_finish(scan, err);
    mail->eight_bit = body_scan_eight_bit(scan);
    body_hash_finish(hash, mail->body_hash);
    body_scan_free(scan);
    body_hash_free(hash);
    return rc;
}

/* Without an empty line everything is header. */
static enum rc
read_message(struct arena *arena, struct slice bytes, struct outbox_mail *mail, struct err *err)
{
    size_t end;
    enum rc rc = header_end(bytes, &end, err);
    if (rc == RC_AGAIN) {
        bytes = arena_concat(arena, bytes,
                             slice_ends(bytes, SLICE("\r\n")) ? SLICE("\r\n") : SLICE("\r\n\r\n"));
        rc = header_end(bytes, &end, err);
    }
    if (rc == RC_OK)
        rc = header_parse(arena, slice_head(bytes, end - 2), &mail->header, err);
    if (rc != RC_OK)
        return rc;
    mail->body = slice_from(bytes, end);
    return read_body(mail, err);
}

void
outbox_read(struct arena *arena, struct slice bytes, struct outbox_mail *mail)
{
    mail->rc = read_message(arena, bytes, mail, &mail->err);
}

enum rc
outbox_check_size(struct api_call *call, size_t bytes, struct err *err)
{
    size_t max = api_is_v2(call) ? (size_t)call->constants->message_max : V1_MESSAGE_MAX;
    if (max > call->constants->message_max)
        max = (size_t)call->constants->message_max;
    if (bytes <= max)
        return RC_OK;
    return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err,
                    "Message length is more than %zu bytes long: '%zu'.", max, bytes);
}

enum rc
outbox_compose(struct api_call *call, struct compose *parts, struct outbox_mail *mail,
               struct err *err)
{
    struct buf out;
    struct err why = {0};
    parts->now_ms = call->now_ms;
    parts->boundary = random_base32(call->arena, COMPOSE_BOUNDARY_CHARS);
    buf_init(&out, (size_t)call->constants->message_max + 1);
    enum rc rc = compose_message(call->arena, parts, &out, &why);
    if (rc == RC_OK)
        rc = outbox_check_size(call, out.len, err);
    else
        (void)api_fail(call, rc, rc == RC_DENIED ? FAULT_MESSAGE_REJECTED : FAULT_INVALID_PARAMETER,
                       err, "%s", why.text);
    if (rc == RC_OK)
        outbox_read(call->arena, arena_dup(call->arena, buf_slice(&out)), mail);
    buf_fini(&out);
    return rc;
}

enum rc
outbox_finish_one(struct api_call *call, struct err *err)
{
    const struct outbox_mail *mail = &call->outbox->mails[0];
    if (mail->rc == RC_OK) {
        json_put_string(call->output, "MessageId", mail->message_id);
        return RC_OK;
    }
    if (mail->refusal.member && mail->fault == mail->refusal.fault)
        api_fail_about(call, mail->refusal.member, mail->refusal.value);
    call->fault = mail->fault;
    *err = mail->err;
    return mail->rc;
}
