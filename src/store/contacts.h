/*
 * Contact lists, their topics, their contacts and what these want to get (reference §8.9). Addresses
 * are kept and compared in lower case. Slices are copied into the arena.
 */
#ifndef POSTERN_STORE_CONTACTS_H
#define POSTERN_STORE_CONTACTS_H

#include "database.h"

enum { CONTACT_TOPICS_MAX = 20 };

struct contact_topic {
    struct slice name, display_name, description;
    bool opt_in; /* who said nothing gets it */
};

struct contact_list {
    struct slice name, description;
    int64_t created_ms, updated_ms;
    struct contact_topic topics[CONTACT_TOPICS_MAX];
    size_t topic_count;
};

struct contact_preference {
    struct slice topic;
    bool opt_in;
};

struct contact {
    struct slice address, attributes;
    bool unsubscribed; /* from everything */
    int64_t created_ms, updated_ms;
    struct contact_preference preferences[CONTACT_TOPICS_MAX];
    size_t preference_count;
};

const struct contact_topic *contact_topic_find(const struct contact_list *list, struct slice name);

/* There is at most one. RC_NOT_FOUND. */
MUST_USE enum rc contact_lists_only(struct database *db, struct arena *arena,
                                    struct contact_list *out, struct err *err);
MUST_USE enum rc contact_lists_find(struct database *db, struct arena *arena, struct slice name,
                                    struct contact_list *out, struct err *err);
MUST_USE enum rc contact_lists_insert(struct database *db, const struct contact_list *list,
                                      struct err *err);
/* Description and topics become these; preferences of topics that are gone go with them. */
MUST_USE enum rc contact_lists_update(struct database *db, const struct contact_list *list,
                                      struct err *err);
MUST_USE enum rc contact_lists_delete(struct database *db, struct slice name, struct err *err);

/* RC_CONFLICT: the address is on it. */
MUST_USE enum rc contacts_insert(struct database *db, struct slice list,
                                 const struct contact *contact, struct err *err);
/* Everything but when it was made. */
MUST_USE enum rc contacts_update(struct database *db, struct slice list,
                                 const struct contact *contact, struct err *err);
MUST_USE enum rc contacts_delete(struct database *db, struct slice list, struct slice address,
                                 struct err *err);
MUST_USE enum rc contacts_find(struct database *db, struct arena *arena, struct slice list,
                               struct slice address, struct contact *out, struct err *err);
/* Does the address get what is sent to the list, or to one of its topics? Who is no contact is one
 * who said nothing. */
MUST_USE enum rc contacts_wants(struct database *db, struct arena *arena, struct slice list,
                                struct slice topic, struct slice address, bool *wants,
                                struct err *err);
/* From now on it does not; it becomes a contact if it is none. RC_NOT_FOUND: there is no such list or
 * topic. */
MUST_USE enum rc contacts_opt_out(struct database *db, struct arena *arena, struct slice list,
                                  struct slice topic, struct slice address, int64_t now_ms,
                                  struct err *err);
/* The next one by address, of whatever preferences. RC_NOT_FOUND: there is none. */
MUST_USE enum rc contacts_next(struct database *db, struct arena *arena, struct slice list,
                               struct slice after, struct contact *out, struct err *err);

#endif
