/* What the compilers of a policy's parts share: where they are, and how they say what is wrong. */
#ifndef POSTERN_AUTHORIZE_COMPILER_H
#define POSTERN_AUTHORIZE_COMPILER_H

#include "base/json.h"
#include "compiled.h"

struct compiler {
    struct arena *arena; /* the policy's */
    enum policy_kind kind;
    bool variables; /* Version 2012-10-17 */
    struct err *err;
    struct key_name *required; /* of the statement being compiled */
    size_t required_count, required_cap;
};

/* The way from the document to an element; on the stack of those who walk it. */
struct element {
    const struct element *outer;
    const struct json *value;
    bool item; /* of a list: shown by index, otherwise by name */
    size_t index;
};

struct element element_member(const struct element *outer, const struct json *value);
struct element element_item(const struct element *outer, const struct json *value, size_t index);

/* A list, or one value standing for a list of one. */
struct element element_one_of(const struct element *list, const struct json *value, size_t index);
size_t element_count(const struct element *list);
const struct json *element_first(const struct element *list);
const struct json *element_next(const struct element *list, const struct json *value);

/* "line 5, column 9: Statement[0].Effect: ...", RC_SYNTAX. */
enum rc compiler_fail(const struct compiler *compiler, const struct element *element,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same at the element's name, for names that should not be there. */
enum rc compiler_fail_name(const struct compiler *compiler, const struct element *element,
                           const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * A string or a list of them, at least one. `each` fills one item of `size` bytes; `items` is the
 * array of all.
 */
MUST_USE enum rc compiler_strings(struct compiler *compiler, const struct element *list,
                                  enum rc (*each)(struct compiler *compiler,
                                                  const struct element *element, struct slice text,
                                                  void *item),
                                  size_t size, void **items, size_t *count);

/* What a message may repeat of a document. */
struct slice compiler_shown(struct slice text);

/* pattern_compile, with its variables noted and its errors placed. */
MUST_USE enum rc compiler_pattern(struct compiler *compiler, const struct element *element,
                                  struct slice text, unsigned features, struct pattern *out);

/* Six patterns from an ARN. Variables stand in the parts from `variables_from` on. */
MUST_USE enum rc compiler_arn(struct compiler *compiler, const struct element *element,
                              struct slice text, int variables_from, const struct pattern **out);

#endif
