#include "tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

struct tls_server {
    SSL_CTX *ctx;
};

struct tls_client {
    SSL_CTX *ctx;
    bool verify;
};

static enum rc
fail(struct err *err, const char *what)
{
    char reason[200];
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof reason);
    ERR_clear_error();
    return err_set(err, RC_PERMANENT, "%s: %s", what, reason);
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
    return ctx;
}

/* Forward secrecy and authenticated encryption only, as far as TLS 1.2 goes. */
static const char server_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

enum rc
tls_server_new(const char *certificate_path, const char *key_path, struct tls_server **out,
               struct err *err)
{
    SSL_CTX *ctx = context_new(TLS_server_method());
    if (!ctx)
        return fail(err, "TLS");
    enum rc rc = RC_OK;
    if (SSL_CTX_set_cipher_list(ctx, server_ciphers) != 1)
        rc = fail(err, "TLS ciphers");
    else if (SSL_CTX_use_certificate_chain_file(ctx, certificate_path) != 1)
        rc = fail(err, certificate_path);
    else if (SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1)
        rc = fail(err, key_path);
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

enum rc
tls_client_new(bool verify, const char *ca_path, struct tls_client **out, struct err *err)
{
    SSL_CTX *ctx = context_new(TLS_client_method());
    if (!ctx)
        return fail(err, "TLS");
    int loaded = ca_path ? SSL_CTX_load_verify_file(ctx, ca_path)
                         : SSL_CTX_set_default_verify_paths(ctx);
    if (loaded != 1) {
        SSL_CTX_free(ctx);
        return fail(err, ca_path ? ca_path : "the system's trust anchors");
    }
    SSL_CTX_set_verify(ctx, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    *out = NEW(struct tls_client);
    (*out)->ctx = ctx;
    (*out)->verify = verify;
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

static SSL *
session_new(SSL_CTX *ctx, int fd)
{
    ERR_clear_error();
    SSL *ssl = SSL_new(ctx);
    if (ssl && SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    return ssl;
}

SSL *
tls_server_session(struct tls_server *server, int fd)
{
    SSL *ssl = session_new(server->ctx, fd);
    if (ssl)
        SSL_set_accept_state(ssl);
    return ssl;
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
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

SSL *
tls_client_session(struct tls_client *client, int fd, struct slice host)
{
    SSL *ssl = session_new(client->ctx, fd);
    if (!ssl)
        return NULL;
    SSL_set_connect_state(ssl);
    if (!expect_name(ssl, host)) {
        SSL_free(ssl);
        return NULL;
    }
    return ssl;
}

struct slice
tls_reason(struct arena *arena, SSL *ssl)
{
    long verdict = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    if (verdict != X509_V_OK && ssl && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
        return arena_printf(arena, "certificate: %s", X509_verify_cert_error_string(verdict));
    return reason ? slice_of(reason) : SLICE("the connection was closed");
}
