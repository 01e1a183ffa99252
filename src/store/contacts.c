#include "contacts.h"

static struct slice
status_name(bool opt_in)
{
    return opt_in ? SLICE("OPT_IN") : SLICE("OPT_OUT");
}

/* ---- lists ---- */

const struct contact_topic *
contact_topic_find(const struct contact_list *list, struct slice name)
{
    for (size_t i = 0; i < list->topic_count; i++)
        if (slice_eq(list->topics[i].name, name))
            return &list->topics[i];
    return NULL;
}

static enum rc
no_list(struct slice name, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "List with name: %.*s doesn't exist.", SLICE_ARG(name));
}

static enum rc
read_topics(struct database *db, struct arena *arena, struct contact_list *list, struct err *err)
{
    struct query q = query_start(db, "SELECT name, display_name, description, default_status FROM "
                                     "contact_topic WHERE list = ? ORDER BY position");
    query_text(&q, list->name);
    list->topic_count = 0;
    while (list->topic_count < CONTACT_TOPICS_MAX && query_row(&q))
        list->topics[list->topic_count++] = (struct contact_topic){
            .name = query_column_text(&q, arena, 0),
            .display_name = query_column_text(&q, arena, 1),
            .description = query_column_text(&q, arena, 2),
            .opt_in = slice_is(query_column_text(&q, arena, 3), "OPT_IN"),
        };
    return query_end(&q, err);
}

static enum rc
read_list(struct query *q, struct arena *arena, struct contact_list *out, struct err *err)
{
    struct database *db = q->database;
    bool found = query_row(q);
    if (found) {
        out->name = query_column_text(q, arena, 0);
        out->description = query_column_text(q, arena, 1);
        out->created_ms = query_column_i64(q, 2);
        out->updated_ms = query_column_i64(q, 3);
    }
    enum rc rc = query_end(q, err);
    if (rc == RC_OK && !found)
        return RC_NOT_FOUND;
    return rc == RC_OK ? read_topics(db, arena, out, err) : rc;
}

enum rc
contact_lists_only(struct database *db, struct arena *arena, struct contact_list *out,
                   struct err *err)
{
    struct query q = query_start(db, "SELECT name, description, created_ms, updated_ms FROM "
                                     "contact_list ORDER BY name LIMIT 1");
    enum rc rc = read_list(&q, arena, out, err);
    return rc == RC_NOT_FOUND ? err_set(err, rc, "there is no contact list") : rc;
}

enum rc
contact_lists_find(struct database *db, struct arena *arena, struct slice name,
                   struct contact_list *out, struct err *err)
{
    struct query q = query_start(db, "SELECT name, description, created_ms, updated_ms FROM "
                                     "contact_list WHERE name = ?");
    query_text(&q, name);
    enum rc rc = read_list(&q, arena, out, err);
    return rc == RC_NOT_FOUND ? no_list(name, err) : rc;
}

static enum rc
insert_topics(struct database *db, const struct contact_list *list, struct err *err)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < list->topic_count; i++) {
        struct query q =
            query_start(db, "INSERT INTO contact_topic (list, position, name, display_name, "
                            "description, default_status) VALUES (?, ?, ?, ?, ?, ?)");
        query_text(&q, list->name);
        query_i64(&q, (int64_t)i);
        query_text(&q, list->topics[i].name);
        query_text(&q, list->topics[i].display_name);
        query_text(&q, list->topics[i].description);
        query_text(&q, status_name(list->topics[i].opt_in));
        rc = query_run(&q, err);
    }
    return rc;
}

enum rc
contact_lists_insert(struct database *db, const struct contact_list *list, struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO contact_list (name, description, created_ms, updated_ms) "
                        "VALUES (?, ?, ?, ?)");
    query_text(&q, list->name);
    query_text(&q, list->description);
    query_i64(&q, list->created_ms);
    query_i64(&q, list->updated_ms);
    enum rc rc = query_run(&q, err);
    return rc == RC_OK ? insert_topics(db, list, err) : rc;
}

static enum rc
run_on_list(struct database *db, const char *sql, struct slice list, struct err *err)
{
    struct query q = query_start(db, sql);
    query_text(&q, list);
    return query_run(&q, err);
}

enum rc
contact_lists_update(struct database *db, const struct contact_list *list, struct err *err)
{
    struct query q =
        query_start(db, "UPDATE contact_list SET description = ?, updated_ms = ? WHERE name = ?");
    query_text(&q, list->description);
    query_i64(&q, list->updated_ms);
    query_text(&q, list->name);
    enum rc rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return no_list(list->name, err);
    if (rc == RC_OK)
        rc = run_on_list(db, "DELETE FROM contact_topic WHERE list = ?", list->name, err);
    if (rc == RC_OK)
        rc = insert_topics(db, list, err);
    return rc == RC_OK
               ? run_on_list(db,
                             "DELETE FROM contact_preference WHERE list = ?1 AND topic NOT IN "
                             "(SELECT name FROM contact_topic WHERE list = ?1)",
                             list->name, err)
               : rc;
}

enum rc
contact_lists_delete(struct database *db, struct slice name, struct err *err)
{
    enum rc rc = run_on_list(db, "DELETE FROM contact_preference WHERE list = ?", name, err);
    if (rc == RC_OK)
        rc = run_on_list(db, "DELETE FROM contact WHERE list = ?", name, err);
    if (rc == RC_OK)
        rc = run_on_list(db, "DELETE FROM contact_topic WHERE list = ?", name, err);
    if (rc == RC_OK)
        rc = run_on_list(db, "DELETE FROM contact_list WHERE name = ?", name, err);
    return rc == RC_OK && database_changes(db) == 0 ? no_list(name, err) : rc;
}

/* ---- contacts ---- */

static enum rc
no_contact(struct slice address, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, "%.*s doesn't exist in List.", SLICE_ARG(address));
}

static enum rc
insert_preferences(struct database *db, struct slice list, const struct contact *contact,
                   struct err *err)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < contact->preference_count; i++) {
        struct query q = query_start(db, "INSERT INTO contact_preference (list, address, topic, "
                                         "status) VALUES (?, ?, ?, ?)");
        query_text(&q, list);
        query_text(&q, contact->address);
        query_text(&q, contact->preferences[i].topic);
        query_text(&q, status_name(contact->preferences[i].opt_in));
        rc = query_run(&q, err);
    }
    return rc;
}

enum rc
contacts_insert(struct database *db, struct slice list, const struct contact *contact,
                struct err *err)
{
    struct query q =
        query_start(db, "INSERT INTO contact (list, address, unsubscribe_all, attributes, "
                        "created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?)");
    query_text(&q, list);
    query_text(&q, contact->address);
    query_i64(&q, contact->unsubscribed);
    query_text(&q, contact->attributes);
    query_i64(&q, contact->created_ms);
    query_i64(&q, contact->updated_ms);
    enum rc rc = query_run(&q, err);
    if (rc == RC_CONFLICT)
        return err_set(err, rc, "%.*s already exists in List.", SLICE_ARG(contact->address));
    return rc == RC_OK ? insert_preferences(db, list, contact, err) : rc;
}

static enum rc
delete_preferences(struct database *db, struct slice list, struct slice address, struct err *err)
{
    struct query q =
        query_start(db, "DELETE FROM contact_preference WHERE list = ? AND address = ?");
    query_text(&q, list);
    query_text(&q, address);
    return query_run(&q, err);
}

enum rc
contacts_update(struct database *db, struct slice list, const struct contact *contact,
                struct err *err)
{
    struct query q = query_start(db, "UPDATE contact SET unsubscribe_all = ?, attributes = ?, "
                                     "updated_ms = ? WHERE list = ? AND address = ?");
    query_i64(&q, contact->unsubscribed);
    query_text(&q, contact->attributes);
    query_i64(&q, contact->updated_ms);
    query_text(&q, list);
    query_text(&q, contact->address);
    enum rc rc = query_run(&q, err);
    if (rc == RC_OK && database_changes(db) == 0)
        return no_contact(contact->address, err);
    if (rc == RC_OK)
        rc = delete_preferences(db, list, contact->address, err);
    return rc == RC_OK ? insert_preferences(db, list, contact, err) : rc;
}

enum rc
contacts_delete(struct database *db, struct slice list, struct slice address, struct err *err)
{
    enum rc rc = delete_preferences(db, list, address, err);
    if (rc != RC_OK)
        return rc;
    struct query q = query_start(db, "DELETE FROM contact WHERE list = ? AND address = ?");
    query_text(&q, list);
    query_text(&q, address);
    rc = query_run(&q, err);
    return rc == RC_OK && database_changes(db) == 0 ? no_contact(address, err) : rc;
}

static enum rc
read_preferences(struct database *db, struct arena *arena, struct slice list, struct contact *out,
                 struct err *err)
{
    struct query q = query_start(db, "SELECT topic, status FROM contact_preference WHERE list = ? "
                                     "AND address = ? ORDER BY topic");
    query_text(&q, list);
    query_text(&q, out->address);
    out->preference_count = 0;
    while (out->preference_count < CONTACT_TOPICS_MAX && query_row(&q))
        out->preferences[out->preference_count++] = (struct contact_preference){
            .topic = query_column_text(&q, arena, 0),
            .opt_in = slice_is(query_column_text(&q, arena, 1), "OPT_IN"),
        };
    return query_end(&q, err);
}

static enum rc
read_contact(struct query *q, struct arena *arena, struct slice list, struct contact *out,
             struct err *err)
{
    struct database *db = q->database;
    bool found = query_row(q);
    if (found) {
        out->address = query_column_text(q, arena, 0);
        out->unsubscribed = query_column_i64(q, 1) != 0;
        out->attributes = query_column_text(q, arena, 2);
        out->created_ms = query_column_i64(q, 3);
        out->updated_ms = query_column_i64(q, 4);
    }
    enum rc rc = query_end(q, err);
    if (rc == RC_OK && !found)
        return RC_NOT_FOUND;
    return rc == RC_OK ? read_preferences(db, arena, list, out, err) : rc;
}

#define CONTACT_COLUMNS "address, unsubscribe_all, attributes, created_ms, updated_ms"

enum rc
contacts_find(struct database *db, struct arena *arena, struct slice list, struct slice address,
              struct contact *out, struct err *err)
{
    struct query q =
        query_start(db, "SELECT " CONTACT_COLUMNS " FROM contact WHERE list = ? AND address = ?");
    query_text(&q, list);
    query_text(&q, address);
    enum rc rc = read_contact(&q, arena, list, out, err);
    return rc == RC_NOT_FOUND ? no_contact(address, err) : rc;
}

enum rc
contacts_next(struct database *db, struct arena *arena, struct slice list, struct slice after,
              struct contact *out, struct err *err)
{
    struct query q = query_start(db, "SELECT " CONTACT_COLUMNS " FROM contact WHERE list = ? AND "
                                     "address > ? ORDER BY address LIMIT 1");
    query_text(&q, list);
    query_text(&q, after);
    enum rc rc = read_contact(&q, arena, list, out, err);
    return rc == RC_NOT_FOUND ? err_set(err, rc, "there are no more contacts") : rc;
}

/* ---- what a contact wants ---- */

static struct contact_preference *
find_preference(struct contact *contact, struct slice topic)
{
    for (size_t i = 0; i < contact->preference_count; i++)
        if (slice_eq(contact->preferences[i].topic, topic))
            return &contact->preferences[i];
    return NULL;
}

/* *known: it is a contact; else one that said nothing. */
static enum rc
find_subscription(struct database *db, struct arena *arena, struct slice name, struct slice topic,
                  struct slice address, struct contact_list *list, struct contact *contact,
                  bool *known, struct err *err)
{
    enum rc rc = contact_lists_find(db, arena, name, list, err);
    if (rc == RC_OK && topic.len > 0 && !contact_topic_find(list, topic))
        return err_set(err, RC_NOT_FOUND, "Topic %.*s is not one of the list %.*s",
                       SLICE_ARG(topic), SLICE_ARG(name));
    if (rc != RC_OK)
        return rc;
    *contact = (struct contact){.address = arena_lower(arena, address), .attributes = SLICE("")};
    rc = contacts_find(db, arena, name, contact->address, contact, err);
    *known = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc
contacts_wants(struct database *db, struct arena *arena, struct slice list, struct slice topic,
               struct slice address, bool *wants, struct err *err)
{
    struct contact_list found;
    struct contact contact;
    bool known;
    enum rc rc = find_subscription(db, arena, list, topic, address, &found, &contact, &known, err);
    if (rc != RC_OK)
        return rc;
    const struct contact_preference *preference = find_preference(&contact, topic);
    *wants = !contact.unsubscribed &&
             (topic.len == 0 ||
              (preference ? preference->opt_in : contact_topic_find(&found, topic)->opt_in));
    return RC_OK;
}

enum rc
contacts_opt_out(struct database *db, struct arena *arena, struct slice list, struct slice topic,
                 struct slice address, int64_t now_ms, struct err *err)
{
    struct contact_list found;
    struct contact contact;
    bool known;
    enum rc rc = find_subscription(db, arena, list, topic, address, &found, &contact, &known, err);
    if (rc != RC_OK)
        return rc;
    contact.updated_ms = now_ms;
    struct contact_preference *preference = find_preference(&contact, topic);
    if (topic.len == 0)
        contact.unsubscribed = true;
    else if (preference)
        preference->opt_in = false;
    else if (contact.preference_count < CONTACT_TOPICS_MAX)
        contact.preferences[contact.preference_count++] = (struct contact_preference){topic, false};
    if (known)
        return contacts_update(db, list, &contact, err);
    contact.created_ms = now_ms;
    return contacts_insert(db, list, &contact, err);
}
