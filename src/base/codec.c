#include "codec.h"

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char hex_alphabet[] = "0123456789abcdef";

/* Group `bits` bits a character, most significant first; the last group is filled with zeros. */
static struct slice
encode(struct arena *arena, struct slice bytes, const char *alphabet, unsigned bits, size_t pad_to)
{
    size_t chars = (bytes.len * 8 + bits - 1) / bits;
    size_t padded = pad_to ? (chars + pad_to - 1) / pad_to * pad_to : chars;
    char *text = arena_alloc(arena, padded + 1);
    uint32_t held = 0;
    unsigned held_bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        held = held << 8 | (unsigned char)bytes.ptr[i];
        held_bits += 8;
        while (held_bits >= bits) {
            held_bits -= bits;
            text[at++] = alphabet[held >> held_bits & ((1u << bits) - 1)];
        }
    }
    if (held_bits > 0)
        text[at++] = alphabet[held << (bits - held_bits) & ((1u << bits) - 1)];
    while (at < padded)
        text[at++] = '=';
    return (struct slice){text, padded};
}

static enum rc
decode(struct arena *arena, struct slice text, const char *alphabet, unsigned bits, bool fold,
       struct slice *out, struct err *err)
{
    int8_t value[256];
    memset(value, -1, sizeof value);
    for (int i = 0; i < 1 << bits; i++) {
        value[(unsigned char)alphabet[i]] = (int8_t)i;
        if (fold)
            value[(unsigned char)ascii_upper(alphabet[i])] = (int8_t)i;
    }
    char *bytes = arena_alloc(arena, text.len * bits / 8 + 1);
    uint32_t held = 0;
    unsigned held_bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = value[(unsigned char)text.ptr[i]];
        if (digit < 0)
            return err_set(err, RC_SYNTAX, "character %zu is not of the alphabet", i + 1);
        held = (held << bits | (uint32_t)digit) & 0xffff;
        held_bits += bits;
        if (held_bits >= 8) {
            held_bits -= 8;
            bytes[at++] = (char)(held >> held_bits & 0xff);
        }
    }
    if (held_bits >= bits || (held & ((1u << held_bits) - 1)) != 0)
        return err_set(err, RC_SYNTAX, "the text ends in the middle of a byte");
    *out = (struct slice){bytes, at};
    return RC_OK;
}

struct slice
codec_base64(struct arena *arena, struct slice bytes)
{
    return encode(arena, bytes, base64_alphabet, 6, 4);
}

struct slice
codec_base64url(struct arena *arena, struct slice bytes)
{
    return encode(arena, bytes, base64url_alphabet, 6, 0);
}

struct slice
codec_base32(struct arena *arena, struct slice bytes)
{
    return encode(arena, bytes, base32_alphabet, 5, 0);
}

struct slice
codec_hex(struct arena *arena, struct slice bytes)
{
    return encode(arena, bytes, hex_alphabet, 4, 0);
}

enum rc
codec_base64_decode(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    if (text.len % 4 != 0)
        return err_set(err, RC_SYNTAX, "the length of base64 text is not a multiple of 4");
    for (int i = 0; i < 2 && text.len > 0 && text.ptr[text.len - 1] == '='; i++)
        text.len--;
    return decode(arena, text, base64_alphabet, 6, false, out, err);
}

enum rc
codec_base64url_decode(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    return decode(arena, text, base64url_alphabet, 6, false, out, err);
}

enum rc
codec_base32_decode(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    return decode(arena, text, base32_alphabet, 5, true, out, err);
}

enum rc
codec_hex_decode(struct arena *arena, struct slice text, struct slice *out, struct err *err)
{
    return decode(arena, text, hex_alphabet, 4, true, out, err);
}

struct slice
codec_percent(struct arena *arena, struct slice bytes)
{
    char *text = arena_alloc(arena, bytes.len * 3 + 1);
    size_t at = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (ascii_alnum((char)c) || c == '-' || c == '.' || c == '_' || c == '~') {
            text[at++] = (char)c;
        } else {
            text[at++] = '%';
            text[at++] = ascii_upper(hex_alphabet[c >> 4]);
            text[at++] = ascii_upper(hex_alphabet[c & 15]);
        }
    }
    return (struct slice){text, at};
}

static int
hex_digit(char c)
{
    return ascii_digit(c)         ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

enum rc
codec_percent_decode(struct arena *arena, struct slice text, bool plus, struct slice *out,
                     struct err *err)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = text.len - i < 3 ? -1 : hex_digit(text.ptr[i + 1]);
            int low = high < 0 ? -1 : hex_digit(text.ptr[i + 2]);
            if (low < 0)
                return err_set(err, RC_SYNTAX, "a %% is not followed by two hexadecimal digits");
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        bytes[at++] = c;
    }
    *out = (struct slice){bytes, at};
    return RC_OK;
}

bool
codec_utf8_valid(struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        unsigned char c = p[i];
        size_t more = c < 0x80                 ? 0
                      : c >= 0xc2 && c <= 0xdf ? 1
                      : (c & 0xf0) == 0xe0     ? 2
                      : c >= 0xf0 && c <= 0xf4 ? 3
                                               : SIZE_MAX;
        if (more == SIZE_MAX || text.len - i - 1 < more)
            return false;
        for (size_t k = 1; k <= more; k++)
            if ((p[i + k] & 0xc0) != 0x80)
                return false;
        if (more == 2 && ((c == 0xe0 && p[i + 1] < 0xa0) || (c == 0xed && p[i + 1] > 0x9f)))
            return false;
        if (more == 3 && ((c == 0xf0 && p[i + 1] < 0x90) || (c == 0xf4 && p[i + 1] > 0x8f)))
            return false;
        i += more + 1;
    }
    return true;
}

size_t
codec_utf8_count(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

size_t
codec_utf8_sequence(struct slice text)
{
    for (size_t len = 1; len <= 4 && len <= text.len; len++)
        if (codec_utf8_valid(slice_head(text, len)))
            return len;
    return 0;
}

size_t
codec_utf8_put(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = more; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(lead[more] | code);
    return more + 1;
}

/* All that matters begins with c2 or e2. */
size_t
codec_deceiving(struct slice rest)
{
    const unsigned char *c = (const unsigned char *)rest.ptr;
    if (rest.len >= 2 && c[0] == 0xc2 && c[1] < 0xa0)
        return 2;
    if (rest.len < 3 || c[0] != 0xe2)
        return 0;
    bool line_end_or_turn = c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f ||  /* U+200E, U+200F */
                                             (c[2] >= 0xa8 && c[2] <= 0xae)); /* U+2028-U+202E */
    bool isolate = c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9;              /* U+2066-U+2069 */
    return line_end_or_turn || isolate ? 3 : 0;
}
