/* Random bytes from the kernel, and identifiers made of them. */
#ifndef POSTERN_BASE_RANDOM_H
#define POSTERN_BASE_RANDOM_H

#include "memory.h"

void random_bytes(void *out, size_t len); /* aborts when the kernel has none */
uint64_t random_u64(void);
uint32_t random_below(uint32_t bound); /* unbiased */
double random_unit(void);              /* [0, 1) */

/* `chars` characters of [a-z2-7]. */
struct slice random_base32(struct arena *arena, size_t chars);
/* `prefix` followed by characters of [A-Z2-7]: IAM unique ids and access key ids. */
struct slice random_iam_id(struct arena *arena, const char *prefix, size_t chars);
/* 40 characters of the base64 alphabet. */
struct slice random_secret_key(struct arena *arena);
/* A version 4 UUID, lower case, 36 characters. */
struct slice random_uuid(struct arena *arena);
/* `PPPPtttttttttttt-uuid-000000`, 60 characters (reference §1.9). */
struct slice random_message_id(struct arena *arena, const char *region_prefix, int64_t now_ms);

#endif
