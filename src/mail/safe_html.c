#include "safe_html.h"

#include <string.h>

static const char *const elements[] = {
    "a",      "abbr", "acronym", "address", "article", "b",     "big",    "blockquote",
    "body",   "br",   "caption", "center",  "cite",    "code",  "col",    "colgroup",
    "dd",     "del",  "dfn",     "div",     "dl",      "dt",    "em",     "figcaption",
    "figure", "font", "footer",  "h1",      "h2",      "h3",    "h4",     "h5",
    "h6",     "head", "header",  "hr",      "html",    "i",     "img",    "ins",
    "kbd",    "li",   "main",    "mark",    "nav",     "ol",    "p",      "pre",
    "q",      "s",    "samp",    "section", "small",   "span",  "strike", "strong",
    "sub",    "sup",  "table",   "tbody",   "td",      "tfoot", "th",     "thead",
    "tr",     "tt",   "u",       "ul",      "var",
};

enum { SHOWN_MAX = 40 };

struct scan {
    struct slice rest;
    size_t line;
    struct err *err;
};

static enum rc
refuse(const struct scan *scan, const char *what)
{
    return err_set(scan->err, RC_SYNTAX, "line %zu: %s", scan->line, what);
}

static void
skip(struct scan *scan, size_t len)
{
    for (size_t i = 0; i < len; i++)
        scan->line += scan->rest.ptr[i] == '\n';
    scan->rest = slice_from(scan->rest, len);
}

static bool
at(const struct scan *scan, char c)
{
    return scan->rest.len > 0 && scan->rest.ptr[0] == c;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
skip_space(struct scan *scan)
{
    size_t len = 0;
    while (len < scan->rest.len && is_space(scan->rest.ptr[len]))
        len++;
    skip(scan, len);
    return len;
}

static struct slice
take_name(struct scan *scan, const char *also)
{
    size_t len = 0;
    struct slice rest = scan->rest;
    while (len < rest.len &&
           (ascii_alnum(rest.ptr[len]) || (len > 0 && strchr(also, rest.ptr[len]))))
        len++;
    skip(scan, len);
    return slice_head(rest, len);
}

static enum rc
read_element(struct scan *scan)
{
    struct slice name = take_name(scan, "");
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (slice_iis(name, elements[i]))
            return RC_OK;
    if (name.len == 0)
        return refuse(scan, "< is not the beginning of a tag; write &lt;");
    name = slice_head(name, SHOWN_MAX);
    return err_set(scan->err, RC_SYNTAX, "line %zu: the element <%.*s> is not allowed", scan->line,
                   SLICE_ARG(name));
}

static bool
is_forbidden(char c)
{
    return c == '<' || c == '>' || c == '`';
}

static enum rc
read_value(struct scan *scan)
{
    char quote = at(scan, '"') ? '"' : at(scan, '\'') ? '\'' : '\0';
    struct slice rest = scan->rest;
    size_t len = quote ? 1 : 0;
    while (len < rest.len && !is_forbidden(rest.ptr[len]) && rest.ptr[len] != quote &&
           (quote || !(is_space(rest.ptr[len]) || strchr("\"'=", rest.ptr[len]))))
        len++;
    bool closed = !quote || (len < rest.len && rest.ptr[len] == quote);
    if (len == 0 || !closed)
        return refuse(scan, "the value of an attribute is not closed, or holds <, > or `");
    skip(scan, quote ? len + 1 : len);
    return RC_OK;
}

static enum rc
read_attribute(struct scan *scan)
{
    struct slice name = take_name(scan, "-_:");
    if (name.len == 0 || ascii_digit(name.ptr[0]))
        return refuse(scan, "a tag is not closed");
    if (slice_istarts(name, SLICE("on")))
        return refuse(scan, "attributes that run scripts are not allowed");
    struct scan before = *scan;
    (void)skip_space(scan);
    if (!at(scan, '=')) {
        *scan = before; /* the space is what the next attribute begins with */
        return RC_OK;
    }
    skip(scan, 1);
    (void)skip_space(scan);
    return read_value(scan);
}

static enum rc
read_tag(struct scan *scan)
{
    if (at(scan, '/'))
        skip(scan, 1);
    enum rc rc = read_element(scan);
    while (rc == RC_OK) {
        size_t space = skip_space(scan);
        if (slice_starts(scan->rest, SLICE("/>")))
            skip(scan, 1);
        if (at(scan, '>')) {
            skip(scan, 1);
            return RC_OK;
        }
        rc = space ? read_attribute(scan) : refuse(scan, "a tag is not closed");
    }
    return rc;
}

static enum rc
read_comment(struct scan *scan)
{
    size_t len = slice_find(scan->rest, SLICE("--"));
    struct slice inside = slice_head(scan->rest, len);
    if (len == SLICE_NONE || slice_chr(inside, '<') != SLICE_NONE ||
        slice_chr(inside, '>') != SLICE_NONE ||
        !slice_starts(slice_from(scan->rest, len), SLICE("-->")))
        return refuse(scan, "a comment is not closed, or holds <, > or --");
    skip(scan, len + 3);
    return RC_OK;
}

static enum rc
read_doctype(struct scan *scan)
{
    size_t len = slice_chr(scan->rest, '>');
    if (len == SLICE_NONE || slice_chr(slice_head(scan->rest, len), '<') != SLICE_NONE)
        return refuse(scan, "the DOCTYPE is not closed");
    skip(scan, len + 1);
    return RC_OK;
}

static enum rc
read_markup(struct scan *scan)
{
    static const struct slice comment = {"<!--", 4}, doctype = {"<!doctype", 9};
    if (slice_starts(scan->rest, comment)) {
        skip(scan, comment.len);
        return read_comment(scan);
    }
    if (slice_istarts(scan->rest, doctype)) {
        skip(scan, doctype.len);
        return read_doctype(scan);
    }
    skip(scan, 1);
    return read_tag(scan);
}

enum rc
safe_html_check(struct slice html, struct err *err)
{
    struct scan scan = {html, 1, err};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < html.len; i++)
        if ((unsigned char)html.ptr[i] < ' ' && !is_space(html.ptr[i]))
            return err_set(err, RC_SYNTAX, "it holds a control character");
    while (rc == RC_OK && scan.rest.len > 0) {
        size_t text = slice_chr(scan.rest, '<');
        skip(&scan, text < scan.rest.len ? text : scan.rest.len);
        if (scan.rest.len > 0)
            rc = read_markup(&scan);
    }
    return rc;
}
