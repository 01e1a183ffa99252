/*
 * "Tags" as the SES and IAM APIs give and take them: a list of Key and Value. What may be a tag, and
 * how it is said that something may not, depends on what it is for.
 */
#ifndef POSTERN_API_TAG_LIST_H
#define POSTERN_API_TAG_LIST_H

#include "call.h"
#include "store/tags.h"

enum { TAG_LIST_MAX = 50 };

struct tag_rules {
    enum tag_keys keys;
    enum api_fault bad, too_many;
    bool shows_none; /* "Tags" is there when it is empty */
    /* AWS's words; NULL: our own. */
    const char *reserved_text, *repeated_text, *too_many_text;
};
extern const struct tag_rules tag_rules_ses, tag_rules_user, tag_rules_policy;

/* Adds "Tags" of the request to what the resource has: none when it is absent. Fails under the faults
 * of the rules: a key or value that no tag may have, a key twice, more than TAG_LIST_MAX in all. */
MUST_USE enum rc tag_list_add(struct api_call *call, const struct tag_rules *rules,
                              struct slice resource, struct err *err);
/* Takes away those of "TagKeys". */
MUST_USE enum rc tag_list_remove(struct api_call *call, const struct tag_rules *rules,
                                 struct slice resource, struct err *err);
/* Writes the member "Tags". */
MUST_USE enum rc tag_list_put(struct api_call *call, const struct tag_rules *rules,
                              struct slice resource, struct err *err);
/* Writes one into an open list. */
void tag_list_put_tag(struct api_call *call, const struct tag_row *tag);

#endif
