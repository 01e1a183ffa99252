/* The header block: the fields are the block, and every value can be unfolded and decoded. */
#include <stdlib.h>

#include "base/codec.h"
#include "mail/header.h"
#include "mail/outgoing.h"

static void
check(bool holds)
{
    if (!holds)
        abort();
}

/* Cut anywhere, the end is the same. */
static void
check_end(struct slice data, size_t cut)
{
    size_t whole = 0, after = 0;
    enum rc rc = header_end(data, &whole, NULL);
    struct slice part = slice_head(data, cut);
    enum rc first = header_end(part, &after, NULL);
    if (first == RC_AGAIN)
        first = header_end_after(data, part.len, &after, NULL);
    check(first == rc && after == whole);
}

static void
check_field(struct arena *arena, const struct field *field)
{
    check(field->name.len > 0 && slice_ends(field->raw, SLICE("\r\n")));
    struct slice decoded = header_decode(arena, header_unfold(arena, field->value));
    check(codec_utf8_valid(decoded));
    for (size_t i = 0; i < decoded.len; i++)
        check((unsigned char)decoded.ptr[i] >= ' ' && decoded.ptr[i] != 0x7f);
}

static void
check_outgoing(struct arena *arena, const struct header *header)
{
    const struct outgoing ours = {.message_id = SLICE("id"),
                                  .message_id_domain = SLICE("example.com"),
                                  .feedback_id = SLICE("feedback"),
                                  .unsubscribe = SLICE("https://a/b")};
    struct request_headers request;
    struct header again;
    (void)!outgoing_request_headers(arena, header, &request, NULL);
    struct slice block = outgoing_header(arena, header, &ours);
    if (header->count < HEADER_FIELDS_MAX - 6)
        check(header_parse(arena, block, &again, NULL) == RC_OK &&
              header_count(&again, "Message-ID") == 1 && header_count(&again, "Date") == 1 &&
              header_count(&again, "List-Unsubscribe") == 1 &&
              header_count(&again, "List-Unsubscribe-Post") == 1 &&
              header_count(&again, "MIME-Version") > 0 && header_count(&again, "Bcc") == 0 &&
              header_count(&again, "Received") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct header header;
    check_end(text, size > 0 ? data[0] : 0);
    check(codec_utf8_valid(header_decode(arena, text)));
    if (header_parse(arena, text, &header, NULL) == RC_OK) {
        size_t bytes = 0;
        for (size_t i = 0; i < header.count; i++) {
            check_field(arena, &header.fields[i]);
            bytes += header.fields[i].raw.len;
        }
        check(bytes == size);
        enum rc once = header_check_once(&header, NULL);
        check(once == RC_OK || once == RC_DENIED);
        check_outgoing(arena, &header);
    }
    arena_free(arena);
    return 0;
}
