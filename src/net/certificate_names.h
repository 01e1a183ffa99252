/*
 * What a certificate tells of its owner to whoever connects: its subject and its names (RFC 5280
 * §4.1.2.6, §4.2.1.6). Pure.
 */
#ifndef POSTERN_NET_CERTIFICATE_NAMES_H
#define POSTERN_NET_CERTIFICATE_NAMES_H

#include "base/memory.h"

/* Of the first certificate of a chain in PEM: "CN=mail.example.org, DNS:mail.example.org"; empty
 * where there is none that can be read. Bytes beyond ASCII and below space come escaped. */
struct slice certificate_names(struct arena *arena, struct slice pem);

#endif
