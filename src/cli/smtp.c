#include "smtp.h"
#include "base/codec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { REPLY_MAX_BYTES = 64 * 1024, PATIENCE_S = 20 };

struct session {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;
    struct buf in;
};

static bool
write_all(struct session *session, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = session->ssl ? SSL_write(session->ssl, bytes.ptr, (int)bytes.len)
                                    : send(session->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes = slice_from(bytes, (size_t)sent);
    }
    return true;
}

static bool
read_more(struct session *session)
{
    char piece[4096];
    ssize_t got = session->ssl ? SSL_read(session->ssl, piece, sizeof piece)
                               : recv(session->fd, piece, sizeof piece, 0);
    if (got > 0)
        buf_add(&session->in, (struct slice){piece, (size_t)got});
    return got > 0 && buf_ok(&session->in);
}

/* One whole reply; several lines come as the last one, which says the same to a program. */
static enum rc
read_reply(struct session *session, struct arena *arena, struct slice *reply, struct err *err)
{
    for (;;) {
        struct slice all = buf_slice(&session->in), line, rest = all;
        while (slice_cut(rest, '\n', &line, &rest))
            if (line.len >= 4 && line.ptr[3] == ' ') {
                *reply = arena_dup(arena, slice_trim(line));
                buf_consume(&session->in, (size_t)(rest.ptr - all.ptr));
                return RC_OK;
            }
        if (!read_more(session))
            return err_set(err, RC_TEMPORARY, "the server did not answer");
    }
}

/* Send a command; RC_DENIED with the reply when it does not begin with `expected`. */
static enum rc
command(struct session *session, struct arena *arena, struct slice line, char expected,
        struct slice *reply, struct err *err)
{
    /* One write a command: two would wait for each other (Nagle, delayed acknowledgement). */
    if (line.len && !write_all(session, arena_concat(arena, line, SLICE("\r\n"))))
        return err_set(err, RC_TEMPORARY, "the server closed the connection");
    enum rc rc = read_reply(session, arena, reply, err);
    if (rc == RC_OK && reply->ptr[0] != expected)
        return err_set(err, RC_DENIED, "%.*s", SLICE_ARG(*reply));
    return rc;
}

/* The demonstration's own certificate is self-signed: taken as it is, on loopback. */
static enum rc
start_tls(struct session *session, struct err *err)
{
    buf_reset(&session->in); /* what came before TLS is nobody's word (CVE-2011-0411) */
    session->ctx = SSL_CTX_new(TLS_client_method());
    session->ssl = session->ctx ? SSL_new(session->ctx) : NULL;
    if (!session->ssl || SSL_set_fd(session->ssl, session->fd) != 1 ||
        SSL_connect(session->ssl) != 1)
        return err_set(err, RC_TEMPORARY, "TLS could not be started");
    return RC_OK;
}

static enum rc
connect_to(uint16_t port, int *fd, struct err *err)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (*fd < 0 || connect(*fd, (struct sockaddr *)&address, sizeof address) != 0)
        return err_set_errno(err, RC_TEMPORARY, errno, "127.0.0.1:%u", port);
    return RC_OK;
}

static struct slice
auth_plain(struct arena *arena, const struct smtp_submission *submission)
{
    struct slice nul = SLICE("\0");
    struct slice secret = arena_concat(arena, arena_concat(arena, nul, submission->user_name),
                                       arena_concat(arena, nul, submission->password));
    return arena_concat(arena, SLICE("AUTH PLAIN "), codec_base64(arena, secret));
}

static enum rc
converse(struct session *session, struct arena *arena, const struct smtp_submission *submission,
         struct slice *reply, struct err *err)
{
    struct slice dot = arena_concat(arena, submission->message, SLICE("."));
    enum rc rc = command(session, arena, SLICE(""), '2', reply, err);
    if (rc == RC_OK)
        rc = command(session, arena, SLICE("EHLO demo.example"), '2', reply, err);
    if (rc == RC_OK)
        rc = command(session, arena, SLICE("STARTTLS"), '2', reply, err);
    if (rc == RC_OK)
        rc = start_tls(session, err);
    if (rc == RC_OK)
        rc = command(session, arena, SLICE("EHLO demo.example"), '2', reply, err);
    if (rc == RC_OK)
        rc = command(session, arena, auth_plain(arena, submission), '2', reply, err);
    if (rc == RC_OK)
        rc = command(session, arena,
                     arena_printf(arena, "MAIL FROM:<%.*s>", SLICE_ARG(submission->reverse_path)),
                     '2', reply, err);
    if (rc == RC_OK)
        rc = command(session, arena,
                     arena_printf(arena, "RCPT TO:<%.*s>", SLICE_ARG(submission->recipient)), '2',
                     reply, err);
    if (rc == RC_OK)
        rc = command(session, arena, SLICE("DATA"), '3', reply, err);
    if (rc == RC_OK)
        rc = command(session, arena, dot, '2', reply, err);
    return rc;
}

enum rc
smtp_submit(struct arena *arena, const struct smtp_submission *submission, struct slice *reply,
            struct err *err)
{
    struct session session = {.fd = -1};
    buf_init(&session.in, REPLY_MAX_BYTES);
    *reply = SLICE("");
    enum rc rc = connect_to(submission->port, &session.fd, err);
    if (rc == RC_OK)
        rc = converse(&session, arena, submission, reply, err);
    if (session.ssl)
        SSL_shutdown(session.ssl);
    SSL_free(session.ssl);
    SSL_CTX_free(session.ctx);
    if (session.fd >= 0)
        close(session.fd);
    buf_fini(&session.in);
    return rc == RC_DENIED ? RC_OK : rc; /* a refusal is an answer */
}
