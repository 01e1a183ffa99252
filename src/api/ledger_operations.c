/* The ledger, as far as the administrator writes in it: a head signed now, and details erased. */
#include "mail/address.h"
#include "operations.h"
#include "store/decisions.h"

enum rc
ledger_head(struct api_call *call, struct err *err)
{
    struct slice text;
    enum rc rc = ledger_book_sign(call->thread->book, call->arena, call->now_ms, &text, err);
    if (rc == RC_OK)
        json_put_string(call->output, "head", text);
    return rc;
}

/* What the store has of finished mail from and to it, once. */
static enum rc
forget_mail(struct api_call *call, struct slice address, struct err *err)
{
    int64_t forgotten, waiting;
    enum rc rc = messages_forget(call->database, call->arena, address, &forgotten, &waiting, err);
    if (rc == RC_OK)
        rc = decisions_forget(call->database, address, err);
    json_put_i64(call->output, "messages", forgotten);
    json_put_i64(call->output, "waiting", waiting);
    return rc;
}

/* forget: the address, under a name that no record and no line of the log shows; after: how far earlier
 * steps came, 0 at first and in the answer to the last. */
enum rc
ledger_erase(struct api_call *call, struct err *err)
{
    struct slice text;
    struct address address;
    struct ledger_erasure erasure = {0};
    enum rc rc = api_input_string(call, "forget", &text, err);
    if (rc == RC_OK)
        rc = json_get_i64(call->input, "after", 0, &erasure.after, err);
    if (rc == RC_OK)
        rc = address_parse(call->arena, text, &address, err);
    if (rc == RC_OK)
        rc = ledger_book_erase(call->thread->book, address.text, call->now_ms, &erasure, err);
    if (rc == RC_OK && erasure.after == 0)
        rc = forget_mail(call, address.text, err);
    if (rc != RC_OK)
        return rc;
    json_put_i64(call->output, "erased", erasure.erased);
    json_put_i64(call->output, "after", erasure.after);
    return RC_OK;
}
