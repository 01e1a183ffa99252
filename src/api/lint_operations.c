/* `postern check`: a message of the domain as it would leave, read for what it tells (design §6). */
#include "mail/traces.h"
#include "operations.h"
#include "sign/dkim.h"
#include "store/identities.h"
#include "submit.h"

static const struct slice sample_body = {"Nothing.\r\n", 10};

/* With everything on it that must not leave. */
static struct slice
sample(struct arena *arena, struct slice domain)
{
    return arena_printf(arena,
                        "Received: from laptop.example [192.0.2.1]\r\n"
                        "X-Originating-IP: [192.0.2.1]\r\n"
                        "Return-Path: <postmaster@%.*s>\r\n"
                        "From: Postmaster <postmaster@%.*s>\r\n"
                        "To: receiver@example.net\r\n"
                        "Subject: What does this tell of who carried it?\r\n"
                        "Message-ID: <sample@laptop.example>\r\n"
                        "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n",
                        SLICE_ARG(domain), SLICE_ARG(domain));
}

static enum rc
preview(struct api_call *call, struct slice domain, struct submission_preview *out, struct err *err)
{
    struct slice reverse_path = arena_concat(call->arena, SLICE("postmaster@"), domain);
    struct slice recipient = SLICE("receiver@example.net");
    struct header header;
    uint8_t body_hash[32];
    enum rc rc = header_parse(call->arena, sample(call->arena, domain), &header, err);
    if (rc != RC_OK)
        return rc;
    struct body_hash *hash = body_hash_new();
    body_hash_feed(hash, sample_body);
    body_hash_finish(hash, body_hash);
    body_hash_free(hash);
    struct submission_request request = {
        .reverse_path = reverse_path,
        .recipients = &recipient,
        .recipient_count = 1,
        .header = &header,
        .body_hash = body_hash,
        .body_bytes = sample_body.len,
        .now_ms = call->now_ms,
    };
    return submit_preview(call->arena, call->constants, call->thread, &request, out, err);
}

static void
put_place(struct api_call *call, struct slice place, struct slice text)
{
    json_open_object(call->output);
    json_put_string(call->output, "place", place);
    json_put_string(call->output, "text", text);
    json_close_object(call->output);
}

/* What no content can hide. */
static void
put_open(struct api_call *call)
{
    json_key(call->output, "open");
    json_open_array(call->output);
    put_place(call, SLICE("name in EHLO"), call->constants->hostname);
    put_place(call, SLICE("address that delivers, and its PTR record"),
              call->constants->outgoing_address.len ? call->constants->outgoing_address
                                                    : SLICE("this host's"));
    json_close_array(call->output);
}

/* What is below the provider's name has that name in it, and hides nothing by leaving it out. */
static bool
is_within(struct slice domain, struct slice name)
{
    return slice_eq(domain, name) ||
           (slice_ends(domain, name) && domain.ptr[domain.len - name.len - 1] == '.');
}

enum rc
domain_lint(struct api_call *call, struct err *err)
{
    struct slice text, domain;
    struct identity_row row;
    struct submission_preview leaving;
    struct header header;
    struct trace *traces;
    size_t count;
    enum rc rc = api_input_string(call, "domain", &text, err);
    if (rc == RC_OK)
        rc = address_domain(call->arena, text, &domain, err);
    if (rc == RC_OK)
        rc = identities_find(call->database, call->arena, domain, &row, err);
    if (rc == RC_OK)
        rc = preview(call, domain, &leaving, err);
    if (rc == RC_TEMPORARY)
        return err_prefix(err, "no message of %.*s can leave now: ", SLICE_ARG(domain));
    if (rc == RC_OK)
        rc = header_parse(call->arena, slice_head(leaving.header, leaving.header.len - 2), &header,
                          err);
    if (rc != RC_OK)
        return rc;
    const struct slice ours[] = {arena_lower(call->arena, call->constants->hostname),
                                 arena_lower(call->arena, call->constants->provider_domain)};
    struct slice names[2];
    size_t name_count = 0;
    for (size_t i = 0; i < 2; i++)
        if (!is_within(domain, ours[i]))
            names[name_count++] = ours[i];
    traces_find(call->arena, names, name_count, leaving.wire_path, &header, sample_body, &traces,
                &count);
    json_put_string(call->output, "domain", domain);
    json_put_bool(call->output, "hidden", count == 0);
    json_put_string(call->output, "signed_by", leaving.dkim_domain);
    json_key(call->output, "findings");
    json_open_array(call->output);
    for (size_t i = 0; i < count; i++)
        put_place(call, traces[i].place, traces[i].text);
    json_close_array(call->output);
    put_open(call);
    return RC_OK;
}
