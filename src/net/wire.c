#include "wire.h"

static void
put(struct buf *out, uint64_t value, size_t bytes)
{
    char text[8];
    for (size_t i = 0; i < bytes; i++)
        text[i] = (char)(value >> (8 * i) & 0xff);
    buf_add(out, (struct slice){text, bytes});
}

void
wire_put_u8(struct buf *out, uint8_t value)
{
    put(out, value, 1);
}

void
wire_put_u32(struct buf *out, uint32_t value)
{
    put(out, value, 4);
}

void
wire_put_u64(struct buf *out, uint64_t value)
{
    put(out, value, 8);
}

void
wire_put_bytes(struct buf *out, struct slice bytes)
{
    put(out, bytes.len, 4);
    buf_add(out, bytes);
}

static uint64_t
get(struct wire *wire, size_t bytes)
{
    if (wire->bad || wire->rest.len < bytes) {
        wire->bad = true;
        return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)wire->rest.ptr[i] << (8 * i);
    wire->rest = slice_from(wire->rest, bytes);
    return value;
}

uint8_t
wire_u8(struct wire *wire)
{
    return (uint8_t)get(wire, 1);
}

bool
wire_bool(struct wire *wire)
{
    uint64_t value = get(wire, 1);
    if (value > 1)
        wire->bad = true;
    return value == 1;
}

uint32_t
wire_u32(struct wire *wire)
{
    return (uint32_t)get(wire, 4);
}

uint64_t
wire_u64(struct wire *wire)
{
    return get(wire, 8);
}

struct slice
wire_bytes(struct wire *wire)
{
    size_t len = (size_t)get(wire, 4);
    if (wire->bad || wire->rest.len < len) {
        wire->bad = true;
        return SLICE("");
    }
    struct slice bytes = slice_head(wire->rest, len);
    wire->rest = slice_from(wire->rest, len);
    return bytes;
}

uint32_t
wire_count(struct wire *wire, uint32_t max, size_t item_min)
{
    uint32_t count = wire_u32(wire);
    if (count > max || (uint64_t)count * item_min > wire->rest.len)
        wire->bad = true;
    return wire->bad ? 0 : count;
}
