/* TLS contexts, as stream.c uses them. Private to net/. */
#ifndef POSTERN_NET_TLS_H
#define POSTERN_NET_TLS_H

#include "stream.h"

#include <openssl/ssl.h>

/* A session ready for its handshake on `fd`, or NULL when the library has none to give. */
SSL *tls_server_session(struct tls_server *server, int fd);
SSL *tls_client_session(struct tls_client *client, int fd, struct slice host);
/* The library's reason for the last failure; clears its queue. */
struct slice tls_reason(struct arena *arena, SSL *ssl);

#endif
