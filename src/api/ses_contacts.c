/*
 * The contact list, its topics and its contacts (reference §8.9, Appendix A): one list an account, 20
 * topics. What a contact does not say about a topic is the topic's default.
 */
#include "mail/address.h"
#include "page.h"
#include "served.h"
#include "store/contacts.h"
#include "tag_list.h"

enum {
    NAME_MAX_CHARS = 64, /* of lists and topics */
    TOPIC_DISPLAY_NAME_MAX = 128,
    DESCRIPTION_MAX = 500,
    ATTRIBUTES_MAX = 1000,
    PAGE_DEFAULT = 100,
    PAGE_MAX = 1000,
    ANSWER_BYTES = 512 * 1024, /* then a page ends, however many were asked for */
    CONTACTS_LOOKED_AT = 10000 /* of one call, however few its filter lets through */
};

/* ---- input ---- */

static bool
is_in(const struct json *value)
{
    return value && slice_is(value->text, "OPT_IN");
}

static enum rc
check_name(struct api_call *call, const char *member, struct slice name, struct err *err)
{
    bool valid = name.len > 0 && name.len <= NAME_MAX_CHARS;
    for (size_t i = 0; valid && i < name.len; i++)
        valid = ascii_alnum(name.ptr[i]) || name.ptr[i] == '_' || name.ptr[i] == '-';
    if (valid)
        return RC_OK;
    return api_fail(call, RC_SYNTAX, FAULT_INVALID_PARAMETER, err,
                    "%s must be 1 to %d letters, digits, '_' and '-'", member, NAME_MAX_CHARS);
}

static enum rc
check_length(struct api_call *call, const char *member, struct slice text, size_t max,
             struct err *err)
{
    if (text.len <= max)
        return RC_OK;
    return api_fail(call, RC_LIMIT, FAULT_INVALID_PARAMETER, err, "%s is longer than %zu bytes",
                    member, max);
}

static enum rc
find_list(struct api_call *call, struct contact_list *list, struct err *err)
{
    return contact_lists_find(call->database, call->arena, api_text(call->input, "ContactListName"),
                              list, err);
}

static enum rc
read_address(struct api_call *call, struct slice *out, struct err *err)
{
    struct address address;
    struct err why = {0};
    struct slice text = api_text(call->input, "EmailAddress");
    enum rc rc = address_parse(call->arena, text, &address, &why);
    if (rc != RC_OK)
        return api_fail(call, rc, FAULT_INVALID_PARAMETER, err, "Illegal address in %s: %s",
                        "EmailAddress", why.text);
    *out = arena_lower(call->arena, address.text);
    return RC_OK;
}

/* ---- lists ---- */

static enum rc
read_topic(struct api_call *call, const struct json *object, struct contact_list *list,
           struct err *err)
{
    struct contact_topic topic = {
        .name = api_text(object, "TopicName"),
        .display_name = api_text(object, "DisplayName"),
        .description = api_text(object, "Description"),
        .opt_in = is_in(json_member(object, "DefaultSubscriptionStatus")),
    };
    enum rc rc = check_name(call, "TopicName", topic.name, err);
    if (rc == RC_OK)
        rc = check_length(call, "DisplayName", topic.display_name, TOPIC_DISPLAY_NAME_MAX, err);
    if (rc == RC_OK)
        rc = check_length(call, "Description", topic.description, DESCRIPTION_MAX, err);
    if (rc == RC_OK && contact_topic_find(list, topic.name))
        return api_fail(call, RC_CONFLICT, FAULT_INVALID_PARAMETER, err,
                        "Topic %.*s is given twice", SLICE_ARG(topic.name));
    if (rc == RC_OK)
        list->topics[list->topic_count++] = topic;
    return rc;
}

static enum rc
read_list(struct api_call *call, struct contact_list *list, struct err *err)
{
    const struct json *topics = json_member(call->input, "Topics");
    *list = (struct contact_list){.name = api_text(call->input, "ContactListName"),
                                  .description = api_text(call->input, "Description"),
                                  .created_ms = call->now_ms,
                                  .updated_ms = call->now_ms};
    if (topics && topics->count > CONTACT_TOPICS_MAX)
        return api_fail(call, RC_LIMIT, FAULT_LIMIT, err, "A contact list has at most %d topics",
                        CONTACT_TOPICS_MAX);
    enum rc rc = check_length(call, "Description", list->description, DESCRIPTION_MAX, err);
    for (const struct json *item = topics ? topics->first : NULL; rc == RC_OK && item;
         item = item->next)
        rc = read_topic(call, item, list, err);
    return rc;
}

static struct slice
list_arn(struct api_call *call, struct slice name)
{
    return api_ses_arn(call, "contact-list", name);
}

static enum rc
create_contact_list(struct api_call *call, struct err *err)
{
    struct contact_list list, other;
    enum rc rc = read_list(call, &list, err);
    if (rc == RC_OK)
        rc = check_name(call, "ContactListName", list.name, err);
    if (rc != RC_OK)
        return rc;
    rc = contact_lists_only(call->database, call->arena, &other, err);
    if (rc == RC_OK && slice_eq(other.name, list.name))
        return api_fail(call, RC_CONFLICT, FAULT_ALREADY_EXISTS, err,
                        "List with name: %.*s already exists.", SLICE_ARG(list.name));
    if (rc == RC_OK)
        return api_fail(call, RC_LIMIT, FAULT_LIMIT, err,
                        "An account has one contact list, and there is %.*s",
                        SLICE_ARG(other.name));
    if (rc == RC_NOT_FOUND)
        rc = contact_lists_insert(call->database, &list, err);
    return rc == RC_OK ? tag_list_add(call, &tag_rules_ses, list_arn(call, list.name), err) : rc;
}

static enum rc
get_contact_list(struct api_call *call, struct err *err)
{
    struct contact_list list;
    struct json_writer *out = call->output;
    enum rc rc = find_list(call, &list, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(out, "ContactListName", list.name);
    if (list.description.len > 0)
        json_put_string(out, "Description", list.description);
    json_put_i64(out, "CreatedTimestamp", list.created_ms);
    json_put_i64(out, "LastUpdatedTimestamp", list.updated_ms);
    json_key(out, "Topics");
    json_open_array(out);
    for (size_t i = 0; i < list.topic_count; i++) {
        const struct contact_topic *topic = &list.topics[i];
        json_open_object(out);
        json_put_string(out, "TopicName", topic->name);
        json_put_string(out, "DisplayName", topic->display_name);
        json_put_string(out, "Description", topic->description);
        json_put_cstr(out, "DefaultSubscriptionStatus", topic->opt_in ? "OPT_IN" : "OPT_OUT");
        json_close_object(out);
    }
    json_close_array(out);
    return tag_list_put(call, &tag_rules_ses, list_arn(call, list.name), err);
}

/* One list, one page. */
static enum rc
list_contact_lists(struct api_call *call, struct err *err)
{
    struct page page;
    struct contact_list list;
    enum rc rc = page_read(call, "PageSize", PAGE_DEFAULT, PAGE_MAX, &page, err);
    if (rc != RC_OK)
        return rc;
    rc = contact_lists_only(call->database, call->arena, &list, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    json_key(call->output, "ContactLists");
    json_open_array(call->output);
    if (rc == RC_OK && slice_cmp(list.name, page.after) > 0) {
        json_open_object(call->output);
        json_put_string(call->output, "ContactListName", list.name);
        json_put_i64(call->output, "LastUpdatedTimestamp", list.updated_ms);
        json_close_object(call->output);
    }
    json_close_array(call->output);
    return RC_OK;
}

static enum rc
update_contact_list(struct api_call *call, struct err *err)
{
    struct contact_list list;
    enum rc rc = read_list(call, &list, err);
    return rc == RC_OK ? contact_lists_update(call->database, &list, err) : rc;
}

static enum rc
delete_contact_list(struct api_call *call, struct err *err)
{
    struct slice name = api_text(call->input, "ContactListName");
    enum rc rc = contact_lists_delete(call->database, name, err);
    return rc == RC_OK ? tags_forget(call->database, list_arn(call, name), err) : rc;
}

/* ---- contacts ---- */

static enum rc
read_preference(struct api_call *call, const struct contact_list *list, const struct json *object,
                struct contact *contact, struct err *err)
{
    struct slice name = api_text(object, "TopicName");
    if (!contact_topic_find(list, name))
        return api_fail(call, RC_NOT_FOUND, FAULT_INVALID_PARAMETER, err,
                        "Topic %.*s is not one of the list %.*s", SLICE_ARG(name),
                        SLICE_ARG(list->name));
    for (size_t i = 0; i < contact->preference_count; i++)
        if (slice_eq(contact->preferences[i].topic, name))
            return api_fail(call, RC_CONFLICT, FAULT_INVALID_PARAMETER, err,
                            "Topic %.*s is given twice", SLICE_ARG(name));
    contact->preferences[contact->preference_count++] =
        (struct contact_preference){name, is_in(json_member(object, "SubscriptionStatus"))};
    return RC_OK;
}

/* What the call says; topics that it does not name are left to their defaults, as in SES. */
static enum rc
read_contact(struct api_call *call, const struct contact_list *list, struct contact *contact,
             struct err *err)
{
    const struct json *preferences = json_member(call->input, "TopicPreferences");
    const struct json *attributes = json_member(call->input, "AttributesData");
    contact->preference_count = 0;
    contact->updated_ms = call->now_ms;
    if (attributes)
        contact->attributes = attributes->text;
    enum rc rc = json_get_bool(call->input, "UnsubscribeAll", false, &contact->unsubscribed, err);
    if (rc == RC_OK)
        rc = check_length(call, "AttributesData", contact->attributes, ATTRIBUTES_MAX, err);
    for (const struct json *item = preferences ? preferences->first : NULL; rc == RC_OK && item;
         item = item->next)
        rc = read_preference(call, list, item, contact, err);
    return rc;
}

static enum rc
create_contact(struct api_call *call, struct err *err)
{
    struct contact_list list;
    struct contact contact = {.attributes = SLICE(""), .created_ms = call->now_ms};
    enum rc rc = find_list(call, &list, err);
    if (rc == RC_OK)
        rc = read_address(call, &contact.address, err);
    if (rc == RC_OK)
        rc = read_contact(call, &list, &contact, err);
    return rc == RC_OK ? contacts_insert(call->database, list.name, &contact, err) : rc;
}

static enum rc
find_contact(struct api_call *call, struct contact_list *list, struct contact *contact,
             struct err *err)
{
    struct slice address;
    enum rc rc = find_list(call, list, err);
    if (rc == RC_OK)
        rc = read_address(call, &address, err);
    return rc == RC_OK
               ? contacts_find(call->database, call->arena, list->name, address, contact, err)
               : rc;
}

static enum rc
update_contact(struct api_call *call, struct err *err)
{
    struct contact_list list;
    struct contact contact;
    enum rc rc = find_contact(call, &list, &contact, err);
    if (rc == RC_OK)
        rc = read_contact(call, &list, &contact, err);
    return rc == RC_OK ? contacts_update(call->database, list.name, &contact, err) : rc;
}

static enum rc
delete_contact(struct api_call *call, struct err *err)
{
    struct contact_list list;
    struct slice address;
    enum rc rc = find_list(call, &list, err);
    if (rc == RC_OK)
        rc = read_address(call, &address, err);
    return rc == RC_OK ? contacts_delete(call->database, list.name, address, err) : rc;
}

static void
put_preference(struct json_writer *out, struct slice topic, bool opt_in)
{
    json_open_object(out);
    json_put_string(out, "TopicName", topic);
    json_put_cstr(out, "SubscriptionStatus", opt_in ? "OPT_IN" : "OPT_OUT");
    json_close_object(out);
}

static void
put_contact(struct json_writer *out, const struct contact_list *list, const struct contact *contact)
{
    json_put_string(out, "EmailAddress", contact->address);
    json_key(out, "TopicPreferences");
    json_open_array(out);
    for (size_t i = 0; i < contact->preference_count; i++)
        put_preference(out, contact->preferences[i].topic, contact->preferences[i].opt_in);
    json_close_array(out);
    json_key(out, "TopicDefaultPreferences");
    json_open_array(out);
    for (size_t i = 0; i < list->topic_count; i++)
        put_preference(out, list->topics[i].name, list->topics[i].opt_in);
    json_close_array(out);
    json_put_bool(out, "UnsubscribeAll", contact->unsubscribed);
    json_put_i64(out, "LastUpdatedTimestamp", contact->updated_ms);
}

static enum rc
get_contact(struct api_call *call, struct err *err)
{
    struct contact_list list;
    struct contact contact;
    enum rc rc = find_contact(call, &list, &contact, err);
    if (rc != RC_OK)
        return rc;
    json_put_string(call->output, "ContactListName", list.name);
    put_contact(call->output, &list, &contact);
    if (contact.attributes.len > 0)
        json_put_string(call->output, "AttributesData", contact.attributes);
    json_put_i64(call->output, "CreatedTimestamp", contact.created_ms);
    return RC_OK;
}

/* ---- the contacts of a list ---- */

struct contact_filter {
    const struct json *status;         /* NULL: of any */
    const struct contact_topic *topic; /* NULL: of the whole list */
    bool use_default;
};

static enum rc
read_filter(struct api_call *call, const struct contact_list *list, struct contact_filter *filter,
            struct err *err)
{
    const struct json *object = json_member(call->input, "Filter");
    const struct json *topic = json_member(object, "TopicFilter");
    *filter = (struct contact_filter){.status = json_member(object, "FilteredStatus")};
    if (!topic)
        return RC_OK;
    struct slice name = api_text(topic, "TopicName");
    filter->topic = contact_topic_find(list, name);
    if (!filter->topic)
        return api_fail(call, RC_NOT_FOUND, FAULT_INVALID_PARAMETER, err,
                        "Topic %.*s is not one of the list %.*s", SLICE_ARG(name),
                        SLICE_ARG(list->name));
    return json_get_bool(topic, "UseDefaultIfPreferenceUnavailable", false, &filter->use_default,
                         err);
}

/* Who left altogether is out of each topic. */
static bool
passes(const struct contact_filter *filter, const struct contact *contact)
{
    bool known = !filter->topic || contact->unsubscribed, opt_in = !contact->unsubscribed;
    for (size_t i = 0; !known && i < contact->preference_count; i++)
        if (slice_eq(contact->preferences[i].topic, filter->topic->name)) {
            known = true;
            opt_in = contact->preferences[i].opt_in;
        }
    if (!known && filter->use_default) {
        known = true;
        opt_in = filter->topic->opt_in;
    }
    return known && (!filter->status || is_in(filter->status) == opt_in);
}

static enum rc
put_contacts(struct api_call *call, const struct contact_list *list,
             const struct contact_filter *filter, struct page *page, bool *more, struct err *err)
{
    enum rc rc = RC_OK;
    *more = false;
    for (int64_t looked = 0, given = 0; rc == RC_OK; looked++) {
        struct contact contact;
        rc = contacts_next(call->database, call->arena, list->name, page->after, &contact, err);
        if (rc != RC_OK)
            break;
        *more = given == page->limit || looked == CONTACTS_LOOKED_AT ||
                call->output->out->len > ANSWER_BYTES;
        if (*more)
            break;
        page->after = contact.address;
        if (!passes(filter, &contact))
            continue;
        json_open_object(call->output);
        put_contact(call->output, list, &contact);
        json_close_object(call->output);
        given++;
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc
list_contacts(struct api_call *call, struct err *err)
{
    struct contact_list list;
    struct contact_filter filter;
    struct page page;
    bool more;
    enum rc rc = find_list(call, &list, err);
    if (rc == RC_OK)
        rc = read_filter(call, &list, &filter, err);
    if (rc == RC_OK)
        rc = page_read(call, "PageSize", PAGE_DEFAULT, PAGE_MAX, &page, err);
    if (rc != RC_OK)
        return rc;
    json_key(call->output, "Contacts");
    json_open_array(call->output);
    rc = put_contacts(call, &list, &filter, &page, &more, err);
    json_close_array(call->output);
    if (rc == RC_OK && more)
        page_put_next(call, &page, (size_t)page.limit + 1, page.after);
    return rc;
}

#define OF_LIST RESOURCE_CONTACT_LIST, "ContactListName"

static const struct served_operation rows[] = {
    {SERVICE_SESV2, "CreateContactList", "ses:CreateContactList", API_WRITE, OF_LIST,
     create_contact_list, NULL},
    {SERVICE_SESV2, "GetContactList", "ses:GetContactList", API_READ, OF_LIST, get_contact_list,
     NULL},
    {SERVICE_SESV2, "ListContactLists", "ses:ListContactLists", API_READ, RESOURCE_ANY, NULL,
     list_contact_lists, NULL},
    {SERVICE_SESV2, "UpdateContactList", "ses:UpdateContactList", API_WRITE, OF_LIST,
     update_contact_list, NULL},
    {SERVICE_SESV2, "DeleteContactList", "ses:DeleteContactList", API_WRITE, OF_LIST,
     delete_contact_list, NULL},
    {SERVICE_SESV2, "CreateContact", "ses:CreateContact", API_WRITE, OF_LIST, create_contact,
     "Addresses are kept in lower case."},
    {SERVICE_SESV2, "GetContact", "ses:GetContact", API_READ, OF_LIST, get_contact, NULL},
    {SERVICE_SESV2, "ListContacts", "ses:ListContacts", API_READ, OF_LIST, list_contacts,
     "A page may be shorter than PageSize, and there is more as long as there is a NextToken."},
    {SERVICE_SESV2, "UpdateContact", "ses:UpdateContact", API_WRITE, OF_LIST, update_contact, NULL},
    {SERVICE_SESV2, "DeleteContact", "ses:DeleteContact", API_WRITE, OF_LIST, delete_contact, NULL},
};

const struct served_rows ses_contact_rows = SERVED_ROWS(rows);
