/* A template once it is read: between template.c, which reads it, and template_render.c. */
#ifndef POSTERN_MAIL_TEMPLATE_TREE_H
#define POSTERN_MAIL_TEMPLATE_TREE_H

#include "base/json.h"

/* A value to look up: "../a.b", "@index", "this"; or one that is written there. */
struct template_path {
    struct slice written;
    const struct json *literal; /* or NULL */
    bool loop;                  /* begins with @ */
    size_t up;                  /* how many ../ */
    struct slice *names;
    size_t count;
};

struct template_program {
    struct template_node *first, **tail;
    struct template_partial *partials; /* defined in it, the last first */
};

struct template_partial {
    struct slice name;
    struct template_program program;
    struct template_partial *next;
};

enum template_branch_kind {
    TEMPLATE_IF,
    TEMPLATE_UNLESS,
    TEMPLATE_EACH,
    TEMPLATE_WITH,
    TEMPLATE_ELSE
};

/* {{#if a}}..{{else if b}}..{{else}}: three branches. The first whose condition holds is rendered. */
struct template_branch {
    enum template_branch_kind kind;
    struct template_path argument;
    struct template_program program;
    struct template_branch *next;
};

struct template_node {
    enum { TEMPLATE_TEXT, TEMPLATE_VALUE, TEMPLATE_ESCAPED, TEMPLATE_BLOCK, TEMPLATE_PARTIAL } kind;
    struct slice text;         /* of a partial: what each of its lines is indented with */
    struct template_path path; /* of a partial: its context, or `this` */
    struct template_branch *branches;
    const struct template_partial *partial;
    struct template_node *next;
};

struct template
{
    struct template_program program;
};

#endif
