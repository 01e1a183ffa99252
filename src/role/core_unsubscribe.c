/*
 * The link in a message's List-Unsubscribe field, and in its text (RFC 8058, reference §8.9).
 *
 *   GET   a page with a button: mail gateways follow links, and must not end anything by it
 *   POST  List-Unsubscribe=One-Click, from the button or from a mail program: it ends
 *
 * Whoever has the token may; it tells the list, the topic and the address (report/unsubscribe.h).
 */
#include "base/clock.h"
#include "base/log.h"
#include "core.h"
#include "report/unsubscribe.h"
#include "store/contacts.h"

#include <stdlib.h>

struct unsubscribing {
    struct call *call;
    struct unsubscribe link; /* in the call's arena */
    struct write_job write;
};

#define PAGE "<!doctype html><meta charset=utf-8><title>Unsubscribe</title><p>"

/* A button needs a form, and the form nothing else. */
static void
respond(struct call *call, uint32_t status, struct slice page)
{
    call_respond(call, status, SLICE("text/html; charset=utf-8"),
                 SLICE("Cache-Control: no-store\r\n"
                       "Content-Security-Policy: default-src 'none'; form-action 'self'\r\n"
                       "Referrer-Policy: no-referrer\r\n"
                       "X-Content-Type-Options: nosniff\r\n"),
                 page);
}

static void
respond_unknown(struct call *call)
{
    respond(call, 404, SLICE(PAGE "This link is not known, or its list does not exist any more."));
}

static enum rc
opt_out_run(struct write_job *write, struct database *database, struct err *err)
{
    struct unsubscribing *job =
        (struct unsubscribing *)((char *)write - offsetof(struct unsubscribing, write));
    return contacts_opt_out(database, job->call->arena, job->link.list, job->link.topic,
                            job->link.address, clock_now_ms(), err);
}

static void
opt_out_done(struct write_job *write)
{
    struct unsubscribing *job =
        (struct unsubscribing *)((char *)write - offsetof(struct unsubscribing, write));
    log_event(LOG_LEVEL_INFO, "contact.unsubscribed", LOG_TEXT("list", job->link.list),
              LOG_TEXT("topic", job->link.topic), LOG_TEXT("address", job->link.address),
              LOG_TEXT("source", job->call->source_ip), LOG_CSTR("result", rc_name(write->rc)));
    if (write->rc == RC_OK)
        respond(job->call, 200, SLICE(PAGE "You are unsubscribed: no more of it is sent to you."));
    else if (write->rc == RC_NOT_FOUND)
        respond_unknown(job->call);
    else
        respond(job->call, 503, SLICE(PAGE "The service is busy. Please try again later."));
    free(job);
}

static void
opt_out(struct call *call, const struct unsubscribe *link)
{
    struct unsubscribing *job = NEW(struct unsubscribing);
    job->call = call;
    job->link = *link;
    job->write = (struct write_job){.run = opt_out_run, .done = opt_out_done, .guarded = true};
    writer_submit(call->core->writer, &job->write);
}

/* The form is sent to where it came from, token and all. */
static void
ask(struct call *call)
{
    respond(call, 200,
            SLICE(PAGE "Do you want no more of this mail?"
                       "<form method=post><button name=List-Unsubscribe value=One-Click>"
                       "Unsubscribe</button></form>"));
}

void
unsubscribe_serve(struct call *call)
{
    struct unsubscribe link;
    struct slice token = slice_starts(call->query, SLICE("token="))
                             ? slice_from(call->query, sizeof "token=" - 1)
                             : SLICE("");
    /* Mail gateways that rewrite links add parameters of their own. */
    token = slice_head(token, slice_chr(token, '&'));
    if (unsubscribe_read(call->arena, call->core->constants.return_secret, token, &link, NULL) !=
        RC_OK)
        respond_unknown(call);
    else if (slice_is(call->method, "GET"))
        ask(call);
    else if (slice_is(call->method, "POST") && unsubscribe_is_meant(call->body))
        opt_out(call, &link);
    else
        respond(call, 400, SLICE(PAGE "List-Unsubscribe=One-Click is not in the form."));
}
