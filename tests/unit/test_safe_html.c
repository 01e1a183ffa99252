/* What may stand before the link of a verification mail (mail/safe_html.h). */
#include "mail/safe_html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void
passes(const char *html)
{
    struct err err = {0};
    if (safe_html_check(slice_of(html), &err) != RC_OK)
        fail_msg("refused: %s: %s", html, err.text);
}

static void
refused(const char *html, const char *why)
{
    struct err err = {0};
    if (safe_html_check(slice_of(html), &err) != RC_SYNTAX)
        fail_msg("passed: %s", html);
    if (!strstr(err.text, why))
        fail_msg("%s: '%s' does not tell '%s'", html, err.text, why);
}

static void
documents_and_pieces_of_them_pass(void **state)
{
    (void)state;
    passes("");
    passes("Just text & more > that");
    passes("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">\r\n<html><head></head>"
           "<body style='font-family:sans-serif'><h1>Ready?</h1>\n<!-- noted --><BR/><hr />"
           "<img src=\"https://a.example/x.png?a=1&amp;b=2\" alt = 'logo' width=10>"
           "<table cellpadding=0 border>\n<tr><td nowrap>x</td></tr></table></body></html>");
    passes("</p><p><b>unclosed elements are the reader's to close");
}

static void
markup_left_open_would_swallow_the_link(void **state)
{
    (void)state;
    refused("<img src=\"http://a.example/?", "not closed");
    refused("<img src='http://a.example/?", "not closed");
    refused("<img src=http://a.example/?", "a tag is not closed");
    refused("<img src=", "not closed");
    refused("<img src", "a tag is not closed");
    refused("<img ", "a tag is not closed");
    refused("<img", "a tag is not closed");
    refused("<", "not the beginning of a tag");
    refused("<!--", "a comment is not closed");
    refused("<!-- x --", "a comment is not closed");
    refused("<!-- x --!> y", "a comment is not closed");
    refused("<!-->x", "a comment is not closed");
    refused("<!doctype html", "DOCTYPE is not closed");
    refused("<![CDATA[", "not the beginning of a tag");
    refused("<?php", "not the beginning of a tag");
}

static void
elements_that_could_read_or_hide_it_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"style",  "link",     "script", "meta",      "base",
                                        "form",   "input",    "button", "iframe",    "object",
                                        "embed",  "svg",      "math",   "title",     "textarea",
                                        "select", "noscript", "xmp",    "plaintext", "template"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char html[64];
        snprintf(html, sizeof html, "\n\n<%s>", names[i]);
        refused(html, "line 3: the element <");
        snprintf(html, sizeof html, "</%s x='y'/>", names[i]);
        refused(html, "is not allowed");
    }
    refused("<STYLE>", "<STYLE> is not allowed");
    refused("<x-a>", "is not allowed");
}

static void
readers_cannot_disagree_about_attributes(void **state)
{
    (void)state;
    refused("<p title=\"</p><style>\">", "holds <, > or `");
    refused("<p title=\"a>b\">", "holds <, > or `");
    refused("<p title='`'>", "holds <, > or `");
    refused("<p title=a\"b>", "a tag is not closed");
    refused("<p title=a=b>", "a tag is not closed");
    refused("<p a='b'c='d'>", "a tag is not closed");
    refused("<p/a>", "a tag is not closed");
    refused("<p / a>", "a tag is not closed");
    refused("<p =a>", "a tag is not closed");
    refused("<p onclick=x>", "run scripts");
    refused("<p ONLOAD = 'x'>", "run scripts");
    refused("<p\fa>", "control character");
    refused("<!-- < -->", "a comment");
    refused("<!-- > -->", "a comment");
}

static void
nul_hides_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(safe_html_check(SLICE("<p>\0<style>"), &err), RC_SYNTAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_and_pieces_of_them_pass),
        cmocka_unit_test(markup_left_open_would_swallow_the_link),
        cmocka_unit_test(elements_that_could_read_or_hide_it_are_refused),
        cmocka_unit_test(readers_cannot_disagree_about_attributes),
        cmocka_unit_test(nul_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
