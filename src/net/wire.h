/*
 * The encoding of messages between our processes: little-endian numbers, byte strings led by a
 * 32-bit length. Reading is bounds-checked and sticky: after a bad field every read gives
 * nothing, and wire_end() is false. An inner message is untrusted input.
 */
#ifndef POSTERN_NET_WIRE_H
#define POSTERN_NET_WIRE_H

#include "base/memory.h"

void wire_put_u8(struct buf *out, uint8_t value);
void wire_put_u32(struct buf *out, uint32_t value);
void wire_put_u64(struct buf *out, uint64_t value);
void wire_put_bytes(struct buf *out, struct slice bytes);

struct wire {
    struct slice rest;
    bool bad;
};

static inline struct wire
wire_read(struct slice payload)
{
    return (struct wire){payload, false};
}

uint8_t wire_u8(struct wire *wire);
bool wire_bool(struct wire *wire); /* 0 or 1, else bad */
uint32_t wire_u32(struct wire *wire);
uint64_t wire_u64(struct wire *wire);
struct slice wire_bytes(struct wire *wire); /* borrowed from the payload */
/* A count of items that follow, each at least `item_min` bytes: bad when they cannot all be there. */
uint32_t wire_count(struct wire *wire, uint32_t max, size_t item_min);

/* True when all was well and nothing is left. */
static inline bool
wire_end(const struct wire *wire)
{
    return !wire->bad && wire->rest.len == 0;
}

#endif
