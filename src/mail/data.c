#include "data.h"

/* One call of data_read. */
struct reading {
    struct data_reader *reader;
    struct slice data;
    size_t at, run; /* run: where bytes begin that were read and not passed on */
    void (*pass)(void *ctx, struct slice piece);
    void *ctx;
    bool finished;
};

static void
pass_run(struct reading *reading, size_t end)
{
    if (end > reading->run)
        reading->pass(reading->ctx,
                      (struct slice){reading->data.ptr + reading->run, end - reading->run});
}

/* Text is passed by in one stride to the next CR. */
static void
read_text(struct reading *reading)
{
    struct slice rest = slice_from(reading->data, reading->at);
    size_t cr = slice_chr(rest, '\r');
    if (cr == SLICE_NONE) {
        reading->at = reading->data.len;
        return;
    }
    reading->reader->position = DATA_AFTER_CR;
    reading->at += cr + 1;
}

static void
read_after_cr(struct reading *reading, char c)
{
    if (c == '\n')
        reading->reader->position = DATA_LINE_START;
    else if (c != '\r')
        reading->reader->position = DATA_TEXT;
    reading->at++;
}

/* The dot is not text; what comes behind it is. */
static void
read_line_start(struct reading *reading, char c)
{
    if (c != '.') {
        reading->reader->position = DATA_TEXT;
        return;
    }
    pass_run(reading, reading->at);
    reading->reader->position = DATA_AFTER_DOT;
    reading->run = ++reading->at;
}

static void
read_after_dot(struct reading *reading, char c)
{
    if (c != '\r') {
        reading->reader->position = DATA_TEXT;
        return;
    }
    reading->reader->position = DATA_AFTER_DOT_CR;
    reading->run = ++reading->at;
}

static void
read_after_dot_cr(struct reading *reading, char c)
{
    if (c == '\n') {
        reading->reader->position = DATA_LINE_START;
        reading->run = ++reading->at;
        reading->finished = true;
        return;
    }
    reading->pass(reading->ctx, SLICE("\r"));
    reading->reader->position = DATA_AFTER_CR;
}

size_t
data_read(struct data_reader *reader, struct slice data,
          void (*pass)(void *ctx, struct slice piece), void *ctx, bool *finished)
{
    struct reading reading = {.reader = reader, .data = data, .pass = pass, .ctx = ctx};
    while (reading.at < data.len && !reading.finished) {
        char c = data.ptr[reading.at];
        switch (reader->position) {
        case DATA_TEXT: read_text(&reading); break;
        case DATA_AFTER_CR: read_after_cr(&reading, c); break;
        case DATA_LINE_START: read_line_start(&reading, c); break;
        case DATA_AFTER_DOT: read_after_dot(&reading, c); break;
        case DATA_AFTER_DOT_CR: read_after_dot_cr(&reading, c); break;
        }
    }
    pass_run(&reading, reading.at);
    *finished = reading.finished;
    return reading.at;
}
