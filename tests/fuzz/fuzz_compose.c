/*
 * A message composed of whatever: it can be read, it has one From, and no field that was not asked
 * for. The first byte of a piece says what the piece is, the rest up to a line of "%" its value.
 */
#include <stdlib.h>

#include "mail/address.h"
#include "mail/compose.h"
#include "mail/encode.h"
#include "mail/header.h"

enum { LIST_MAX = 4, MESSAGE_MAX = 1 << 20 };

static void
check(bool holds)
{
    if (!holds)
        abort();
}

struct input {
    struct slice to[LIST_MAX], cc[LIST_MAX];
    struct compose_header headers[LIST_MAX];
    struct compose_attachment attachments[LIST_MAX];
    struct compose compose;
};

static void
set_text(struct compose_text *text, struct slice value)
{
    text->data = value;
    text->present = true;
}

/* The attachment that pieces speak of; `next` begins another. */
static struct compose_attachment *
attachment(struct input *input, bool next)
{
    size_t *count = &input->compose.attachment_count;
    if ((next || *count == 0) && *count < LIST_MAX)
        input->attachments[(*count)++] = (struct compose_attachment){.file_name = SLICE("a.txt")};
    return &input->attachments[*count - 1];
}

static void
add_header(struct input *input, struct slice value)
{
    if (input->compose.header_count == LIST_MAX)
        return;
    struct compose_header *header = &input->headers[input->compose.header_count++];
    if (!slice_cut(value, ':', &header->name, &header->value))
        header->name = header->value = value;
}

static void
add_piece(struct input *input, char kind, struct slice value)
{
    struct compose *compose = &input->compose;
    switch (kind) {
    case 'F': compose->from = value; break;
    case 'T':
        if (compose->to_count < LIST_MAX)
            input->to[compose->to_count++] = value;
        break;
    case 'C':
        if (compose->cc_count < LIST_MAX)
            input->cc[compose->cc_count++] = value;
        break;
    case 'S': set_text(&compose->subject, value); break;
    case 's': compose->subject.charset = value; break;
    case 'P': set_text(&compose->text, value); break;
    case 'p': compose->text.charset = value; break;
    case 'H': set_text(&compose->html, value); break;
    case 'h': compose->html.charset = value; break;
    case 'X': add_header(input, value); break;
    case 'A': attachment(input, true)->content = value; break;
    case 'n': attachment(input, false)->file_name = value; break;
    case 't': attachment(input, false)->content_type = value; break;
    case 'i': attachment(input, false)->content_id = value; break;
    case 'd': attachment(input, false)->description = value; break;
    case 'I': attachment(input, false)->inlined = true; break;
    case 'q': attachment(input, false)->encoding = COMPOSE_QUOTED_PRINTABLE; break;
    case '7': attachment(input, false)->encoding = COMPOSE_SEVEN_BIT; break;
    default: break;
    }
}

static void
split(struct slice text, struct input *input)
{
    while (text.len > 0) {
        char kind = text.ptr[0];
        text = slice_from(text, 1);
        size_t end = slice_find(text, SLICE("\n%\n"));
        add_piece(input, kind, slice_head(text, end));
        text = end == SLICE_NONE ? SLICE("") : slice_from(text, end + 3);
    }
}

static bool
was_asked_for(const struct input *input, struct slice name)
{
    static const char *const own[] = {
        "From", "To",           "Cc",           "Subject",
        "Date", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (slice_is(name, own[i]))
            return true;
    for (size_t i = 0; i < input->compose.header_count; i++)
        if (slice_eq(name, input->headers[i].name))
            return true;
    return false;
}

static void
check_mailboxes(struct arena *arena, const struct header *header, const char *name, size_t expected)
{
    struct mailbox *list;
    size_t count = 0;
    const struct field *field = header_find(header, name);
    check(header_count(header, name) == (expected > 0));
    if (field)
        check(address_mailbox_list(arena, field->value, &list, &count, NULL) == RC_OK);
    check(count == expected);
}

/* What is decoded is what was given. */
static void
check_subject(struct arena *arena, const struct header *header, const struct input *input)
{
    const struct field *field = header_find(header, "Subject");
    check((field != NULL) == input->compose.subject.present);
    /* A charset may write two characters as one; those that are told apart are. */
    if (!field || input->compose.subject.charset.len > 0)
        return;
    struct slice decoded = header_decode(arena, header_unfold(arena, field->value));
    struct slice given = input->compose.subject.data;
    /* What the client encoded itself is decoded with the rest. */
    if (slice_chr(given, '\t') == SLICE_NONE && slice_find(given, SLICE("=?")) == SLICE_NONE)
        check(slice_eq(slice_trim(decoded), slice_trim(given)));
}

static void
check_message(struct arena *arena, const struct input *input, struct slice message)
{
    struct header header;
    size_t end = 0;
    check(header_end(message, &end, NULL) == RC_OK);
    check(header_parse(arena, slice_head(message, end - 2), &header, NULL) == RC_OK);
    check(header_check_once(&header, NULL) == RC_OK);
    for (size_t i = 0; i < header.count; i++)
        check(was_asked_for(input, header.fields[i].name));
    check_mailboxes(arena, &header, "From", 1);
    check_mailboxes(arena, &header, "To", input->compose.to_count);
    check_mailboxes(arena, &header, "Cc", input->compose.cc_count);
    check(header_count(&header, "Content-Type") == 1);
    check_subject(arena, &header, input);
    check(encode_is_seven_bit(message) && slice_ends(message, SLICE("\r\n")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct input input = {.compose = {.from = SLICE("a@b.example"),
                                      .boundary = SLICE("0123456789abcdef"),
                                      .now_ms = 1701896578776}};
    input.compose.to = input.to;
    input.compose.cc = input.cc;
    input.compose.headers = input.headers;
    input.compose.attachments = input.attachments;
    split((struct slice){(const char *)data, size}, &input);
    struct buf out;
    buf_init(&out, MESSAGE_MAX);
    if (compose_message(arena, &input.compose, &out, NULL) == RC_OK)
        check_message(arena, &input, buf_slice(&out));
    else
        check(out.len == 0);
    buf_fini(&out);
    arena_free(arena);
    return 0;
}
