#include "tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

struct tls_server {
    SSL_CTX *ctx;
};

struct tls_client {
    SSL_CTX *ctx;
};

static enum rc
fail(struct err *err, const char *what)
{
    char reason[200];
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof reason);
    ERR_clear_error();
    return err_set(err, RC_PERMANENT, "%s: %s", what, reason);
}

/* A key behind a passphrase is an error, not a question on a terminal that nobody watches. */
static int
no_passphrase(char *room, int size, int writing, void *ctx)
{
    (void)room, (void)size, (void)writing, (void)ctx;
    return -1;
}

static SSL_CTX *
context_new(const SSL_METHOD *method)
{
    SSL_CTX *ctx = SSL_CTX_new(method);
    if (!ctx)
        return NULL;
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    return ctx;
}

/* Forward secrecy and authenticated encryption only, as far as TLS 1.2 goes. */
static const char server_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

/* Nobody is there to be asked. */
static int
no_password(char *text, int size, int writing, void *ctx)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)ctx;
    return 0;
}

/* The first is the server's own, those behind it lead to an authority. */
static bool
use_chain(SSL_CTX *ctx, struct slice pem)
{
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *own = bio ? PEM_read_bio_X509_AUX(bio, NULL, no_password, NULL) : NULL, *next = NULL;
    bool used = own && SSL_CTX_use_certificate(ctx, own) == 1;
    while (used && (next = PEM_read_bio_X509(bio, NULL, no_password, NULL)))
        used = SSL_CTX_add0_chain_cert(ctx, next) == 1;
    if (next && !used)
        X509_free(next);
    if (used) /* the end of the text is reported as an error, too */
        ERR_clear_error();
    X509_free(own);
    BIO_free(bio);
    return used;
}

static bool
use_key(SSL_CTX *ctx, struct slice pem)
{
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    bool used = key && SSL_CTX_use_PrivateKey(ctx, key) == 1;
    EVP_PKEY_free(key);
    BIO_free(bio);
    return used;
}

enum rc
tls_server_new(struct slice certificate, struct slice key, struct tls_server **out, struct err *err)
{
    SSL_CTX *ctx = context_new(TLS_server_method());
    if (!ctx)
        return fail(err, "TLS");
    enum rc rc = RC_OK;
    if (SSL_CTX_set_cipher_list(ctx, server_ciphers) != 1)
        rc = fail(err, "TLS ciphers");
    else if (!use_chain(ctx, certificate))
        rc = fail(err, "the certificate");
    else if (!use_key(ctx, key))
        rc = fail(err, "the certificate's key");
    else if (SSL_CTX_check_private_key(ctx) != 1)
        rc = fail(err, "the certificate and its key do not belong together");
    if (rc != RC_OK) {
        SSL_CTX_free(ctx);
        return rc;
    }
    *out = NEW(struct tls_server);
    (*out)->ctx = ctx;
    return RC_OK;
}

void
tls_server_free(struct tls_server *server)
{
    if (!server)
        return;
    SSL_CTX_free(server->ctx); /* counted: sessions under way keep it */
    free(server);
}

/* Read once: some 20 ms, a third of what the start of all processes takes. */
static X509_STORE *
system_authorities(void)
{
    static X509_STORE *store;
    if (store)
        return store;
    store = X509_STORE_new();
    if (store && X509_STORE_set_default_paths(store) != 1) {
        X509_STORE_free(store);
        store = NULL;
    }
    return store;
}

static bool
trust(SSL_CTX *ctx, const char *ca_path)
{
    if (ca_path)
        return SSL_CTX_load_verify_file(ctx, ca_path) == 1;
    X509_STORE *store = system_authorities();
    if (store)
        SSL_CTX_set1_cert_store(ctx, store);
    return store;
}

enum rc
tls_client_new(bool verify, const char *ca_path, struct tls_client **out, struct err *err)
{
    SSL_CTX *ctx = context_new(TLS_client_method());
    if (!ctx)
        return fail(err, "TLS");
    if (!trust(ctx, ca_path)) {
        SSL_CTX_free(ctx);
        return fail(err, ca_path ? ca_path : "the system's trust anchors");
    }
    SSL_CTX_set_verify(ctx, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    *out = NEW(struct tls_client);
    (*out)->ctx = ctx;
    return RC_OK;
}

void
tls_client_free(struct tls_client *client)
{
    if (!client)
        return;
    SSL_CTX_free(client->ctx);
    free(client);
}

/* ---- sessions ---- */

struct session {
    struct tls tls; /* stands first */
    SSL *ssl;       /* owned */
};

static SSL *
ssl_of(struct tls *tls)
{
    return ((struct session *)tls)->ssl;
}

static void
describe(SSL *ssl, struct err *err)
{
    long verdict = SSL_get_verify_result(ssl);
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    if (verdict != X509_V_OK && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
        err_set(err, RC_PERMANENT, "TLS: certificate: %s", X509_verify_cert_error_string(verdict));
    else
        err_set(err, RC_TEMPORARY, "TLS: %s", reason ? reason : "the connection was lost");
}

/* What OpenSSL says after a call that did not succeed. */
static enum io_step
step_after(SSL *ssl, int result, struct err *err)
{
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ: return IO_WANT_READ;
    case SSL_ERROR_WANT_WRITE: return IO_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN: return IO_CLOSED;
    default: describe(ssl, err); return IO_FAILED;
    }
}

static enum io_step
session_handshake(struct tls *tls, struct err *err)
{
    SSL *ssl = ssl_of(tls);
    ERR_clear_error();
    int result = SSL_do_handshake(ssl);
    if (result != 1)
        return step_after(ssl, result, err);
    tls->version = SSL_get_version(ssl);
    tls->cipher = SSL_get_cipher_name(ssl);
    tls->verified =
        SSL_get0_peer_certificate(ssl) != NULL && SSL_get_verify_result(ssl) == X509_V_OK;
    return IO_DONE;
}

static enum io_step
session_read(struct tls *tls, char *room, size_t len, size_t *got, struct err *err)
{
    ERR_clear_error();
    int result = SSL_read_ex(ssl_of(tls), room, len, got);
    return result == 1 ? IO_DONE : step_after(ssl_of(tls), result, err);
}

static enum io_step
session_write(struct tls *tls, struct slice data, size_t *taken, struct err *err)
{
    ERR_clear_error();
    int result = SSL_write_ex(ssl_of(tls), data.ptr, data.len, taken);
    return result == 1 ? IO_DONE : step_after(ssl_of(tls), result, err);
}

/* Ours is sent; the peer's is not waited for: protocols here say by themselves when they end. */
static enum io_step
session_close_notify(struct tls *tls)
{
    struct err ignored;
    SSL *ssl = ssl_of(tls);
    ERR_clear_error();
    if (!SSL_is_init_finished(ssl))
        return IO_DONE;
    int result = SSL_shutdown(ssl);
    enum io_step step = result >= 0 ? IO_DONE : step_after(ssl, result, &ignored);
    ERR_clear_error();
    return step == IO_WANT_WRITE ? IO_WANT_WRITE : IO_DONE;
}

static void
session_free(struct tls *tls)
{
    SSL_free(ssl_of(tls));
    free(tls);
}

static const struct tls_ops session_ops = {session_handshake, session_read, session_write,
                                           session_close_notify, session_free};

static SSL *
ssl_new(SSL_CTX *ctx, int fd)
{
    ERR_clear_error();
    SSL *ssl = SSL_new(ctx);
    if (ssl && SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    return ssl;
}

static void
begin(struct stream *stream, SSL *ssl)
{
    struct session *session = NEW(struct session);
    session->tls = (struct tls){.ops = &session_ops, .version = "", .cipher = ""};
    session->ssl = ssl;
    stream_begin_tls(stream, &session->tls);
}

void
stream_secure_server(struct stream *stream, struct tls_server *server)
{
    SSL *ssl = ssl_new(server->ctx, stream_fd(stream));
    if (!ssl) {
        stream_refuse_tls(stream, "TLS: no session could be made");
        return;
    }
    SSL_set_accept_state(ssl);
    begin(stream, ssl);
}

/* The name is checked either way; without `verify` the verdict is only noted. */
static bool
expect_name(SSL *ssl, struct slice host)
{
    struct endpoint literal;
    char name[256];
    if (host.len == 0 || host.len >= sizeof name || slice_chr(host, '\0') != SLICE_NONE)
        return false;
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    if (endpoint_parse(host, 0, &literal, NULL) == RC_OK)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS); /* RFC 6125 §6.4.3 */
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

void
stream_secure_client(struct stream *stream, struct tls_client *client, struct slice host)
{
    SSL *ssl = ssl_new(client->ctx, stream_fd(stream));
    if (!ssl || !expect_name(ssl, host)) {
        SSL_free(ssl);
        stream_refuse_tls(stream, "TLS: the host has no name to expect");
        return;
    }
    SSL_set_connect_state(ssl);
    begin(stream, ssl);
}
