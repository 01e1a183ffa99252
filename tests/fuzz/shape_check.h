/* What every decoder promises: a tree has only members and types of its shape, and no null. */
#ifndef POSTERN_TEST_SHAPE_CHECK_H
#define POSTERN_TEST_SHAPE_CHECK_H

#include "api/shape.h"

#include <stdlib.h>

static void
shape_must(bool holds)
{
    if (!holds)
        abort();
}

static void
shape_check(const struct shape *shape, const struct json *tree)
{
    static const enum json_type types[] = {
        [SHAPE_STRUCTURE] = JSON_OBJECT, [SHAPE_LIST] = JSON_ARRAY,
        [SHAPE_MAP] = JSON_OBJECT,       [SHAPE_STRING] = JSON_STRING,
        [SHAPE_BLOB] = JSON_STRING,      [SHAPE_INTEGER] = JSON_NUMBER,
        [SHAPE_BOOLEAN] = JSON_BOOL,     [SHAPE_TIMESTAMP] = JSON_NUMBER,
    };
    shape_must(shape->type != SHAPE_DOUBLE && tree->type == types[shape->type]);
    for (const struct json *child = tree->first; child; child = child->next) {
        const struct shape_member *member =
            shape->type == SHAPE_STRUCTURE ? shape_find(shape, child->name) : NULL;
        shape_must(member || shape->type == SHAPE_LIST || shape->type == SHAPE_MAP);
        shape_check(member ? member->shape : shape->element, child);
    }
}

#endif
