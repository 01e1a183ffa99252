/*
 * Patterns as sets of texts: does one hold all that another does, do two have a text in common? A
 * pattern is a small automaton that stands before one of its characters; two are walked together.
 *
 * What cannot be shown within the steps that are left, or depends on a policy variable, is answered
 * on the safe side: it does not contain, and it may intersect.
 */
#ifndef POSTERN_AUTHORIZE_PATTERN_SET_H
#define POSTERN_AUTHORIZE_PATTERN_SET_H

#include "pattern.h"

/* `steps`: what may still be spent, by all who share it; at 0 everything has its safe answer. */
MUST_USE bool pattern_set_contains(const struct pattern *outer, const struct pattern *inner,
                                   size_t *steps);
MUST_USE bool pattern_set_intersects(const struct pattern *a, const struct pattern *b,
                                     size_t *steps);
/* The same pattern, character by character, variables included. */
MUST_USE bool pattern_set_same(const struct pattern *a, const struct pattern *b);

#endif
