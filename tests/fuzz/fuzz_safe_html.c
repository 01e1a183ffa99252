/*
 * Any text as HTML that a link is appended to. What passes must pass with the link behind it too, and
 * be no less strict piece by piece: it ends in text, so two of them passed are one that passes.
 */
#include "base/memory.h"
#include "mail/safe_html.h"

#include <stdlib.h>

static void
must(bool truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct slice link = {"<p><a href=\"http://a.example/?t=1\">here</a></p>", 47};
    struct slice html = {(const char *)data, size};
    struct arena *arena = arena_new();
    struct err err = {0};
    if (safe_html_check(html, &err) == RC_OK) {
        must(safe_html_check(arena_concat(arena, html, link), NULL) == RC_OK);
        must(safe_html_check(arena_concat(arena, html, html), NULL) == RC_OK);
        must(safe_html_check(arena_concat(arena, html, SLICE("<script>")), NULL) == RC_SYNTAX);
    } else {
        must(err.rc == RC_SYNTAX && err.text[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
