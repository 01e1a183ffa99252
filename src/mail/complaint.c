/*
 * Line by line, with either kind of line end, since the bytes are a stranger's:
 *
 *   HEADER --empty line, of a report--> PARTS --its Content-Type--> PART_HEADER --empty line--> FIELDS
 */
#include "complaint.h"

enum place { HEADER, PARTS, PART_HEADER, FIELDS };

struct reading {
    enum place place;
    bool in_content_type; /* of the header: it may go on in the next line */
    bool multipart, of_feedback;
    bool ended, complains;
};

static bool
mentions(struct slice line, const char *word)
{
    for (size_t i = 0; i < line.len; i++)
        if (slice_istarts(slice_from(line, i), slice_of(word)))
            return true;
    return false;
}

static void
read_header(struct reading *reading, struct slice line)
{
    if (line.len == 0) {
        reading->ended = !reading->multipart || !reading->of_feedback;
        reading->place = PARTS;
        return;
    }
    if (line.ptr[0] != ' ' && line.ptr[0] != '\t')
        reading->in_content_type = slice_istarts(line, SLICE("Content-Type:"));
    if (!reading->in_content_type)
        return;
    reading->multipart |= mentions(line, "multipart/report");
    reading->of_feedback |= mentions(line, "feedback-report");
}

static void
read_field(struct reading *reading, struct slice line)
{
    static const char *const complaints[] = {"abuse", "fraud", "virus", "other"};
    static const char name[] = "Feedback-Type:";
    reading->ended = line.len == 0 || slice_starts(line, SLICE("--"));
    if (!slice_istarts(line, slice_of(name)))
        return;
    struct slice type = slice_trim(slice_from(line, sizeof name - 1));
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++)
        reading->complains |= slice_iis(type, complaints[i]);
    reading->ended = true;
}

static void
read_line(struct reading *reading, struct slice line)
{
    switch (reading->place) {
    case HEADER: read_header(reading, line); break;
    case PARTS:
        if (slice_istarts(line, SLICE("Content-Type:")) &&
            mentions(line, "message/feedback-report"))
            reading->place = PART_HEADER;
        break;
    case PART_HEADER:
        if (line.len == 0)
            reading->place = FIELDS;
        break;
    case FIELDS: read_field(reading, line); break;
    }
}

bool
complaint_is_one(struct slice message)
{
    struct reading reading = {.place = HEADER};
    bool more = message.len > 0;
    while (more && !reading.ended) {
        struct slice line = message;
        more = slice_cut(message, '\n', &line, &message);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        read_line(&reading, line);
    }
    return reading.complains;
}
