#include "configuration_sets.h"

enum rc
configuration_sets_state(struct database *db, struct slice name, bool *exists, bool *sending,
                         struct err *err)
{
    struct query q =
        query_start(db, "SELECT sending_enabled FROM configuration_set WHERE name = ?");
    query_text(&q, name);
    *exists = query_row(&q);
    *sending = *exists && query_column_i64(&q, 0) != 0;
    return query_end(&q, err);
}
