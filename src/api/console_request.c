#include "console_request.h"
#include "accept/http.h"

static bool
is_loopback(struct slice ip)
{
    return slice_starts(ip, SLICE("127.")) || slice_is(ip, "::1") ||
           slice_starts(ip, SLICE("::ffff:127."));
}

enum rc
console_request_check_origin(const struct console_request *request, struct err *err)
{
    struct slice value;
    if (request->tls.len == 0 && !is_loopback(request->source_ip))
        return err_set(err, RC_DENIED, "the console is spoken to over https only");
    if (http_fields(request->header, "X-Postern-Console", &value) != 1 || !slice_is(value, "1"))
        return err_set(err, RC_DENIED, "the request does not come from the console");
    /* Browsers say so of their own; one that is silent is held by the header above. */
    size_t sites = http_fields(request->header, "Sec-Fetch-Site", &value);
    if (sites > 1 || (sites == 1 && !slice_is(value, "same-origin")))
        return err_set(err, RC_DENIED, "the request comes from another site");
    return RC_OK;
}

/* "a=b; postern_console=TOKEN" in one field (RFC 6265 §5.4). */
bool
console_request_token(const struct console_request *request, struct slice *token)
{
    struct slice cookies, cookie, name, value;
    bool found = false, more = true;
    if (http_fields(request->header, "Cookie", &cookies) != 1)
        return false;
    while (more) {
        more = slice_cut(cookies, ';', &cookie, &cookies);
        if (!more)
            cookie = cookies;
        if (!slice_cut(slice_trim(cookie), '=', &name, &value) || !slice_is(name, CONSOLE_COOKIE))
            continue;
        if (found)
            return false;
        *token = value;
        found = true;
    }
    return found && token->len == CONSOLE_TOKEN_TEXT;
}

bool
console_request_operation(struct slice path, struct slice *service, struct slice *operation)
{
    static const struct slice prefix = SLICE(CONSOLE_API_PATH);
    return slice_starts(path, prefix) &&
           slice_cut(slice_from(path, prefix.len), '/', service, operation);
}
