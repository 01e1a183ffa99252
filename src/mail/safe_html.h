/*
 * HTML that somebody else wrote and that a secret is appended to: the link of a verification mail
 * (reference §3.6). Whoever wrote it must not learn the link when the mail is merely looked at. An
 * attribute or comment that is left open would swallow the link and send it off with an image; a style
 * sheet could spell it out letter by letter; a form or script needs no explanation.
 *
 * So this is a small language, stricter than any reader of HTML, so that none of them reads it
 * otherwise: known elements without style sheets, scripts, forms and embedded documents; attributes
 * that are quoted or plain, never with "<", ">" or "`" within; closed comments. What passes ends in text,
 * and "<" in it begins a tag, a comment or the DOCTYPE and nothing else.
 *
 *     content   = *( text / tag / comment / doctype )
 *     tag       = "<" [ "/" ] element *( 1*WSP attribute ) *WSP [ "/" ] ">"
 *     attribute = name [ *WSP "=" *WSP ( quoted / plain ) ]    ; no name begins with "on"
 *     comment   = "<!--" *( any but "<", ">" and "--" ) "-->"
 *     doctype   = "<!doctype" *( any but "<" and ">" ) ">"
 */
#ifndef POSTERN_MAIL_SAFE_HTML_H
#define POSTERN_MAIL_SAFE_HTML_H

#include "base/err.h"
#include "base/slice.h"

/* RC_SYNTAX: the line, and what is not allowed there. */
MUST_USE enum rc safe_html_check(struct slice html, struct err *err);

#endif
