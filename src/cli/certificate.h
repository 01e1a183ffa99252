/* The certificate that `init` makes, so that TLS works from the first start. */
#ifndef POSTERN_CLI_CERTIFICATE_H
#define POSTERN_CLI_CERTIFICATE_H

#include "base/memory.h"

/*
 * A P-256 key and a certificate signed by itself, for `hostname`, localhost and 127.0.0.1, valid
 * from `now_ms` on for ten years; both in PEM, allocated in `arena`. The key is for the caller
 * to wipe.
 */
MUST_USE enum rc certificate_make(struct arena *arena, struct slice hostname, int64_t now_ms,
                                  struct slice *certificate, struct slice *key, struct err *err);

#endif
