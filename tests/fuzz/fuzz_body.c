/* The body scanner: whatever the pieces, the answer is that of one piece. */
#include <stdlib.h>

#include "mail/body.h"

static enum rc
scan_in_pieces(const struct header *header, struct slice body, const uint8_t *sizes, size_t count,
               struct err *err, bool *eight_bit)
{
    struct body_scan *scan = body_scan_new(header);
    for (size_t i = 0; body.len > 0; i++) {
        size_t piece = count > 0 ? (size_t)sizes[i % count] + 1 : body.len;
        body_scan_feed(scan, slice_head(body, piece));
        body = slice_from(body, piece);
    }
    enum rc rc = body_scan_finish(scan, err);
    *eight_bit = body_scan_eight_bit(scan);
    body_scan_free(scan);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A message whose header's end is looked for; without one, a multipart is assumed. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct slice block = SLICE("Content-Type: multipart/mixed; boundary=b\r\n"), body = text;
    struct arena *arena = arena_new();
    struct header header;
    struct err one = {0}, many = {0};
    bool one_eight_bit, many_eight_bit;
    size_t end;
    if (header_end(text, &end, NULL) == RC_OK &&
        header_parse(arena, slice_head(text, end - 2), &header, NULL) == RC_OK) {
        body = slice_from(text, end);
    } else if (header_parse(arena, block, &header, NULL) != RC_OK) {
        abort();
    }
    enum rc rc = scan_in_pieces(&header, body, NULL, 0, &one, &one_eight_bit);
    static const uint8_t single[] = {0}, mixed[] = {0, 7, 1, 30, 2, 80};
    if (scan_in_pieces(&header, body, single, sizeof single, &many, &many_eight_bit) != rc ||
        strcmp(one.text, many.text) != 0 || one_eight_bit != many_eight_bit)
        abort();
    if (scan_in_pieces(&header, body, mixed, sizeof mixed, &many, &many_eight_bit) != rc ||
        strcmp(one.text, many.text) != 0)
        abort();
    if (scan_in_pieces(&header, body, data, size < 16 ? size : 16, &many, &many_eight_bit) != rc ||
        strcmp(one.text, many.text) != 0)
        abort();
    arena_free(arena);
    return 0;
}
