/*
 * Templates as SES has them (reference §9): the Handlebars subset {{name}}, {{a.b}}, {{{x}}},
 * {{#each}} with {{this}}, {{@index}} and {{@key}}, {{#if}}/{{else}}, {{#unless}}, {{#with}}, inline
 * partials {{#* inline "n"}}..{{/inline}} with {{> n}}, comments, {{~ ~}}. Nothing is HTML-escaped;
 * {{escape x}} does it where one wants it (ours, beyond SES).
 *
 * Pure. What a template may cost is bounded: nesting, output, and work.
 */
#ifndef POSTERN_MAIL_TEMPLATE_H
#define POSTERN_MAIL_TEMPLATE_H

#include "base/json.h"

struct template;
/* Parse one part (subject, text or HTML). RC_SYNTAX: line, column and what is wrong; RC_LIMIT. The
 * template borrows from `text` and `arena`. */
MUST_USE enum rc template_parse(struct arena *arena, struct slice text, struct template **out,
                                struct err *err);

/* RC_NOT_FOUND: "Attribute 'name' is not present in the rendering data." RC_LIMIT: `out` is full, or
 * too much work. `data` is an object. */
MUST_USE enum rc template_render(struct arena *arena, const struct template *template,
                                 const struct json *data, struct buf *out, struct err *err);

/* Replacement data over default data, by top-level name; either may be NULL. */
struct json *template_merge(struct arena *arena, const struct json *defaults,
                            const struct json *replacement);

#endif
