/*
 * Keys of messages, made by the process that accepts: milliseconds since 2020-01-01 in the upper
 * bits, a counter of 12 in the lower. The SES message id carries the same millisecond, so an id
 * leads to its key without an index.
 */
#ifndef POSTERN_STORE_MESSAGE_KEY_H
#define POSTERN_STORE_MESSAGE_KEY_H

#include "base/memory.h"

/* The key after `last`, not before now. A clock set back, or more than 4,096 messages in one
 * millisecond, moves into the next one. *key_ms: its time since 1970, for the message id. */
int64_t message_key_next(int64_t last, int64_t now_ms, int64_t *key_ms);
/* All keys of the times first_ms..last_ms. */
void message_key_range_ms(int64_t first_ms, int64_t last_ms, int64_t *low, int64_t *high);
int64_t message_key_ms(int64_t key); /* since 1970 */
/* All keys that a message id can belong to; an empty range when it is no message id. */
void message_key_range(struct slice id, int64_t *low, int64_t *high);

#endif
