/*
 * Templates as SES has them (reference §9): the Handlebars subset {{name}}, {{a.b}}, {{{x}}},
 * {{#each}} with {{this}}, {{@index}}, {{@key}}, {{@first}} and {{@last}}, {{#if}}, {{#unless}},
 * {{#with}}, {{else}} and {{else if}}, inline partials {{#* inline "n"}}..{{/inline}} with {{> n}},
 * comments, {{~ ~}} and \{{. Nothing is HTML-escaped; {{escape x}} does it where one wants it (ours,
 * beyond SES). Where the reference is silent this is Handlebars.js 4, but:
 *
 * - The first name of a path must be present in what it is looked up in, or rendering fails: in the
 *   data, within {{#each}} and {{#with}} in the current element (nothing falls through to what is
 *   around it: that is ../name), for @index and its like in an enclosing {{#each}}. A later name
 *   that is absent, and null, print nothing. The argument of a block may be absent: it is falsy.
 * - {{> n}} means the inline partial that is defined around it, before or after; ../ within it is
 *   that of the place it is used at. It may use itself, as deep as TEMPLATE_RENDER_DEPTH_MAX allows.
 * - A block tag alone on its line takes the line with it, {{/if}} after {{else if}} too.
 * - Members of an object come in the order of the JSON; {{a.0}} may be written for {{a.[0]}}.
 * - Other helpers, sections {{#name}}, subexpressions, name=value, block parameters, partial blocks and
 *   {{{{raw}}}} blocks are not known.
 *
 * {{amazonSESUnsubscribeUrl}} and {{ses:openTracker}} are copied as they are: what they stand for is
 * known only once the message exists (§8.8, §8.9).
 *
 * Pure. What a template may cost is bounded: its size, nesting, output, and work.
 */
#ifndef POSTERN_MAIL_TEMPLATE_H
#define POSTERN_MAIL_TEMPLATE_H

#include "base/json.h"

enum {
    TEMPLATE_BYTES_MAX = 500 * 1024,  /* of one part (§1.6) */
    TEMPLATE_DEPTH_MAX = 32,          /* blocks and inline partials as written, within each other */
    TEMPLATE_PARTIALS_MAX = 100,      /* inline partials of one part */
    TEMPLATE_RENDER_DEPTH_MAX = 100,  /* the same, with partials that use partials */
    TEMPLATE_STEPS_MAX = 10 * 1000000 /* of rendering: well under a second */
};

struct template;

/* Parse one part (subject, text or HTML). RC_SYNTAX: line, column and what is wrong; RC_LIMIT. The
 * template borrows from `text` and `arena`. */
MUST_USE enum rc template_parse(struct arena *arena, struct slice text, struct template **out,
                                struct err *err);

/*
 * Append what the template makes of `data`, an object, to `out`. When this fails `out` holds a part.
 *
 * steps  how many it may take, TEMPLATE_STEPS_MAX at most; what it took is taken off
 *
 * RC_NOT_FOUND  "Attribute 'name' is not present in the rendering data."
 * RC_LIMIT      `out` is full, partials nest too deeply, or it is too much work
 */
MUST_USE enum rc template_render(struct arena *arena, const struct template *template,
                                 const struct json *data, uint64_t *steps, struct buf *out,
                                 struct err *err);

/* Replacement data over default data, by top-level name; either may be NULL. */
struct json *template_merge(struct arena *arena, const struct json *defaults,
                            const struct json *replacement);

#endif
