/*
 * postern doctor: what would keep mail from leaving or arriving, before the first person finds out.
 * Each line says ok, warn or fail, and what to do. Exit status 1 when something fails.
 */
#include "admin_client.h"
#include "base/json.h"
#include "cli.h"
#include "net/dns.h"
#include "print.h"
#include "role/config.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum {
    CONFIG_MAX = 256 * 1024,
    WORDS_MAX = 64 * 1024,
    ANSWER_MAX = 1024 * 1024,
    PROBE_SECONDS = 5,
    CERTIFICATE_DAYS_LEFT = 14
};

struct doctor {
    struct arena *arena;
    const char *dir, *probe;
    struct config config;
    unsigned fails;
    bool json;
    struct buf out; /* the answer, with --json */
    struct json_writer writer;
};

static void report(struct doctor *doctor, const char *verdict, const char *what, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

static void
report(struct doctor *doctor, const char *verdict, const char *what, const char *format, ...)
{
    struct buf words;
    va_list args;
    buf_init(&words, WORDS_MAX);
    va_start(args, format);
    buf_vprintf(&words, format, args);
    va_end(args);
    if (doctor->json) {
        json_open_object(&doctor->writer);
        json_put_cstr(&doctor->writer, "check", what);
        json_put_cstr(&doctor->writer, "verdict", verdict);
        json_put_string(&doctor->writer, "words", buf_slice(&words));
        json_close_object(&doctor->writer);
    } else {
        printf("%-5s %-12s %.*s\n", verdict, what,
               SLICE_ARG(print_safe(doctor->arena, buf_slice(&words))));
    }
    buf_fini(&words);
    if (strcmp(verdict, "fail") == 0)
        doctor->fails++;
}

/* ---- the directory ---- */

static enum rc
read_text(struct doctor *doctor, const char *path, struct slice *out, struct err *err)
{
    struct buf text;
    char piece[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        return err_set_errno(err, RC_NOT_FOUND, errno, "%s", path);
    buf_init(&text, CONFIG_MAX);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&text, (struct slice){piece, got});
    fclose(file);
    bool whole = buf_ok(&text);
    *out = arena_dup(doctor->arena, buf_slice(&text));
    buf_fini(&text);
    return whole ? RC_OK : err_set(err, RC_LIMIT, "%s is too long", path);
}

static bool
read_config(struct doctor *doctor)
{
    struct err err;
    struct slice text;
    enum rc rc = read_text(doctor, "postern.conf", &text, &err);
    if (rc == RC_OK)
        rc = config_parse(doctor->arena, text, "postern.conf", NULL, 0, &doctor->config, &err);
    if (rc == RC_OK)
        report(doctor, "ok", "postern.conf", "can be read");
    else if (err.system_errno == ENOENT)
        report(doctor, "fail", "postern.conf", "there is none in %s: postern init --dir %s",
               doctor->dir, doctor->dir);
    else
        report(doctor, "fail", "postern.conf", "%s", err.text);
    return rc == RC_OK;
}

static void
check_directory(struct doctor *doctor)
{
    struct stat dir, key;
    /* Sticky is what init makes for roles with users of their own: none replaces another's file. */
    if (stat(".", &dir) != 0)
        report(doctor, "fail", "directory", "%s: %s", doctor->dir, strerror(errno));
    else if (dir.st_mode & 022 && !(dir.st_mode & S_ISVTX))
        report(doctor, "fail", "directory", "others can put files into %s: chmod 700 it",
               doctor->dir);
    else
        report(doctor, "ok", "directory", "%s can be changed by the service alone", doctor->dir);
    if (stat("master.key", &key) != 0)
        report(doctor, "fail", "master key", "master.key: %s: secrets cannot be opened without it",
               strerror(errno));
    else if (key.st_mode & 077)
        report(doctor, "fail", "master key", "others can read master.key: chmod 600 it");
    else
        report(doctor, "ok", "master key", "readable by its owner alone");
}

static void
check_disk(struct doctor *doctor)
{
    struct statvfs disk;
    if (statvfs(".", &disk) != 0) {
        report(doctor, "fail", "disk", "%s: %s", doctor->dir, strerror(errno));
        return;
    }
    uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    bool low = free_bytes < doctor->config.low_water_bytes;
    report(doctor, low ? "fail" : "ok", "disk", "%llu MiB free%s",
           (unsigned long long)(free_bytes >> 20),
           low ? ", below store.low_water: mail is answered 452" : "");
}

static void
check_server(struct doctor *doctor)
{
    struct admin_client *client;
    struct err err;
    enum rc rc = admin_client_open(".", &client, &err);
    if (rc == RC_OK) {
        admin_client_close(client);
        report(doctor, "ok", "server", "runs");
    } else if (rc == RC_NOT_FOUND) {
        report(doctor, "warn", "server", "none runs for %s: postern serve --dir %s", doctor->dir,
               doctor->dir);
    } else {
        report(doctor, "warn", "server", "cannot be asked: %s", err.text);
    }
}

static bool
is_loopback(struct slice host)
{
    return slice_starts(host, SLICE("127.")) || slice_is(host, "::1");
}

/* A service that nobody else reaches is right for a trial, and a riddle on the first day of use. */
static void
check_listeners(struct doctor *doctor)
{
    static const enum listener_kind submission[] = {LISTENER_SUBMISSION, LISTENER_SUBMISSIONS};
    const struct config *config = &doctor->config;
    bool reached = false;
    for (size_t i = 0; i < sizeof submission / sizeof submission[0]; i++)
        for (size_t j = 0; j < config->listener_counts[submission[i]]; j++)
            reached = reached || (config->listeners[submission[i]][j].port != 0 &&
                                  !is_loopback(config->listeners[submission[i]][j].host));
    if (reached)
        report(doctor, "ok", "listen", "people's mail programs can connect from elsewhere");
    else
        report(doctor, "warn", "listen",
               "only this machine can connect; for others: [listen] submission = *:587 and "
               "submissions = *:465");
    if (slice_find(config->public_url, SLICE("//127.")) != SLICE_NONE ||
        slice_find(config->public_url, SLICE("//localhost")) != SLICE_NONE)
        report(doctor, "warn", "public_url",
               "verification links lead to %.*s, which opens on this machine alone",
               SLICE_ARG(config->public_url));
}

static void
check_clock(struct doctor *doctor)
{
    struct timex clock = {0};
    if (adjtimex(&clock) == TIME_ERROR)
        report(doctor, "warn", "clock",
               "not synchronized: signatures and dates may be wrong; run chrony or timesyncd");
    else
        report(doctor, "ok", "clock", "synchronized");
}

/* ---- the certificate ---- */

static X509 *
load_certificate(const char *path)
{
    FILE *file = fopen(path, "r");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return certificate;
}

/* The empty password: nobody is there to be asked for one when the service starts. */
static EVP_PKEY *
load_key(const char *path)
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, (void *)"") : NULL;
    if (file)
        fclose(file);
    return key;
}

static void
check_dates_and_name(struct doctor *doctor, X509 *certificate, const char *path)
{
    struct slice name = doctor->config.hostname;
    time_t soon = time(NULL) + CERTIFICATE_DAYS_LEFT * 86400;
    bool self_signed =
        X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
        report(doctor, "fail", "certificate", "%s is not valid yet", path);
    else if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        report(doctor, "fail", "certificate", "%s has expired: renew it", path);
    else if (X509_check_host(certificate, name.ptr, name.len, 0, NULL) != 1)
        report(doctor, "fail", "certificate", "%s does not name %.*s: get one that does", path,
               SLICE_ARG(name));
    else if (X509_cmp_time(X509_get0_notAfter(certificate), &soon) < 0)
        report(doctor, "warn", "certificate", "%s expires within %d days: renew it", path,
               CERTIFICATE_DAYS_LEFT);
    else if (self_signed)
        report(doctor, "warn", "certificate",
               "%s is self-signed: people's mail programs will ask; get one for %.*s", path,
               SLICE_ARG(name));
    else
        report(doctor, "ok", "certificate", "%s names %.*s", path, SLICE_ARG(name));
}

static void
check_certificate(struct doctor *doctor)
{
    const char *path = arena_dup(doctor->arena, doctor->config.certificate).ptr;
    const char *key_path = arena_dup(doctor->arena, doctor->config.certificate_key).ptr;
    X509 *certificate = load_certificate(path);
    EVP_PKEY *key = load_key(key_path);
    if (!certificate)
        report(doctor, "fail", "certificate", "%s cannot be read as PEM", path);
    else
        check_dates_and_name(doctor, certificate, path);
    if (!key)
        report(doctor, "fail", "TLS key",
               "%s cannot be read as PEM without a password, by the user who runs this", key_path);
    else if (certificate && X509_check_private_key(certificate, key) != 1)
        report(doctor, "fail", "TLS key", "%s is not the key of %s", key_path, path);
    else
        report(doctor, "ok", "TLS key", "%s can be read", key_path);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* ---- the name ---- */

/* Receivers look for the name of an address, and for that name's address. */
static void
check_reverse(struct doctor *doctor, const struct sockaddr *address, socklen_t len)
{
    const char *name = arena_dup(doctor->arena, doctor->config.hostname).ptr;
    char text[NI_MAXHOST] = "?", reverse[NI_MAXHOST];
    (void)getnameinfo(address, len, text, sizeof text, NULL, 0, NI_NUMERICHOST);
    if (is_loopback(slice_of(text)))
        report(doctor, "warn", "PTR", "%s is %s here: ask again where the outside's DNS is seen",
               name, text);
    else if (getnameinfo(address, len, reverse, sizeof reverse, NULL, 0, NI_NAMEREQD) != 0)
        report(doctor, "fail", "PTR",
               "%s has none: many receivers refuse such hosts. Ask your network to set it to %s",
               text, name);
    else if (strcasecmp(reverse, name) != 0)
        report(doctor, "warn", "PTR", "%s leads to %s, not to %s", text, reverse, name);
    else
        report(doctor, "ok", "PTR", "%s leads to %s", text, name);
}

static struct addrinfo *
resolve(const char *host, const char *port, int flags)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags}, *found = NULL;
    return getaddrinfo(host, port, &hints, &found) == 0 ? found : NULL;
}

static struct addrinfo *
outgoing_address(const struct doctor *doctor)
{
    struct slice text = doctor->config.outgoing_address;
    return text.len ? resolve(arena_dup(doctor->arena, text).ptr, NULL, AI_NUMERICHOST) : NULL;
}

static void
check_hostname(struct doctor *doctor)
{
    const char *name = arena_dup(doctor->arena, doctor->config.hostname).ptr;
    struct addrinfo *found = resolve(name, NULL, 0), *outgoing = outgoing_address(doctor);
    struct addrinfo *sending = outgoing ? outgoing : found;
    if (!found)
        report(doctor, "fail", "hostname",
               "%s has no address in DNS: publish A or AAAA, and set the PTR of that address",
               name);
    else
        report(doctor, "ok", "hostname", "%s has an address", name);
    if (sending)
        check_reverse(doctor, sending->ai_addr, sending->ai_addrlen);
    if (found)
        freeaddrinfo(found);
    if (outgoing)
        freeaddrinfo(outgoing);
}

/* The TXT records of a name; DNS_TEMPORARY when nothing is known. */
static void
ask_txt(struct doctor *doctor, struct slice name, struct dns_answer *answer)
{
    struct __res_state state = {0};
    unsigned char response[NS_MAXMSG];
    *answer = (struct dns_answer){.status = DNS_TEMPORARY};
    if (res_ninit(&state) != 0)
        return;
    state.retrans = PROBE_SECONDS;
    state.retry = 1;
    int len = res_nquery(&state, arena_dup(doctor->arena, name).ptr, ns_c_in, ns_t_txt, response,
                         sizeof response);
    res_nclose(&state);
    struct slice whole = {(const char *)response, len > 0 ? (size_t)len : 0};
    if (len <= 0 || whole.len > sizeof response ||
        dns_read_response(doctor->arena, name, DNS_TXT, whole, answer, NULL) != RC_OK)
        answer->status = DNS_TEMPORARY;
}

/* The records of domains lead here: "v=spf1 a:HOSTNAME"; the name's own SPF record counts for
 * mail that this service writes itself, and for the name in EHLO (RFC 7208 §2.3). */
static void
check_spf(struct doctor *doctor)
{
    struct slice name = doctor->config.provider_domain;
    struct dns_answer answer;
    bool found = false;
    ask_txt(doctor, name, &answer);
    for (size_t i = 0; answer.status == DNS_FOUND && i < answer.count; i++)
        found = found || slice_istarts(answer.records[i].data, SLICE("v=spf1"));
    if (found)
        report(doctor, "ok", "SPF", "%.*s has a record", SLICE_ARG(name));
    else
        report(doctor, "warn", "SPF",
               "%.*s has no record that can be seen here: publish TXT \"v=spf1 a:%.*s ~all\"",
               SLICE_ARG(name), SLICE_ARG(doctor->config.hostname));
}

/* ---- the way out ---- */

static bool
delivers_directly(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->config.route_count; i++)
        if (doctor->config.routes[i].kind == ROUTE_MX)
            return true;
    return false;
}

static bool
try_one(const struct addrinfo *to, const struct addrinfo *from)
{
    struct timeval patience = {.tv_sec = PROBE_SECONDS};
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    /* On Linux this bounds connect(2) too. */
    bool connected = setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
                     (!from || from->ai_family != to->ai_family ||
                      bind(fd, from->ai_addr, from->ai_addrlen) == 0) &&
                     connect(fd, to->ai_addr, to->ai_addrlen) == 0;
    close(fd);
    return connected;
}

static bool
can_connect(const struct doctor *doctor, const char *host, const char *port)
{
    struct addrinfo *found = resolve(host, port, 0), *from = outgoing_address(doctor);
    bool connected = false;
    for (struct addrinfo *one = found; one && !connected; one = one->ai_next)
        connected = try_one(one, from);
    if (found)
        freeaddrinfo(found);
    if (from)
        freeaddrinfo(from);
    return connected;
}

/* "host", "host:port", "[v6]:port", and a bare IPv6 address. */
static void
read_probe(struct slice probe, struct slice *host, struct slice *port)
{
    size_t colon = slice_rchr(probe, ':');
    bool bare = colon == SLICE_NONE || (probe.ptr[0] != '[' && slice_chr(probe, ':') != colon) ||
                probe.ptr[probe.len - 1] == ']';
    *host = bare ? probe : slice_head(probe, colon);
    *port = bare ? SLICE("25") : slice_from(probe, colon + 1);
    if (slice_starts(*host, SLICE("[")) && slice_ends(*host, SLICE("]")))
        *host = (struct slice){host->ptr + 1, host->len - 2};
}

static void
check_port_25(struct doctor *doctor)
{
    if (!delivers_directly(doctor)) {
        report(doctor, "ok", "port 25", "not needed: no route delivers to MX hosts");
        return;
    }
    if (!doctor->probe) {
        report(doctor, "warn", "port 25",
               "not tried: name a mail server you may ask, --probe mx.example.org");
        return;
    }
    struct slice host, port;
    read_probe(slice_of(doctor->probe), &host, &port);
    const char *name = arena_dup(doctor->arena, host).ptr;
    const char *service = arena_dup(doctor->arena, port).ptr;
    if (can_connect(doctor, name, service))
        report(doctor, "ok", "port 25", "%s:%s can be reached", name, service);
    else
        report(doctor, "fail", "port 25",
               "%s:%s cannot be reached: many networks block it. Ask yours to open it, or send "
               "through a smarthost: under [route *], via = smarthost smtp.example.net:587",
               name, service);
}

static void
examine(struct doctor *doctor)
{
    if (!read_config(doctor))
        return;
    check_directory(doctor);
    check_disk(doctor);
    check_server(doctor);
    check_listeners(doctor);
    check_certificate(doctor);
    check_hostname(doctor);
    check_spf(doctor);
    check_clock(doctor);
    check_port_25(doctor);
}

static int
answer(struct doctor *doctor)
{
    if (chdir(doctor->dir) != 0)
        return cli_fail("%s: %s", doctor->dir, strerror(errno));
    json_writer_init(&doctor->writer, &doctor->out);
    json_open_object(&doctor->writer);
    json_key(&doctor->writer, "checks");
    json_open_array(&doctor->writer);
    examine(doctor);
    json_close_array(&doctor->writer);
    json_put_bool(&doctor->writer, "ok", doctor->fails == 0);
    json_close_object(&doctor->writer);
    if (doctor->json)
        printf("%.*s\n", SLICE_ARG(buf_slice(&doctor->out)));
    return doctor->fails ? CLI_FAILED : CLI_OK;
}

int
doctor_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct doctor doctor = {.arena = arena_new(), .dir = CLI_DEFAULT_DIR};
    const struct cli_option options[] = {{"dir", CLI_VALUE, &doctor.dir},
                                         {"probe", CLI_VALUE, &doctor.probe},
                                         {"json", CLI_FLAG, &doctor.json}};
    int status;
    buf_init(&doctor.out, ANSWER_MAX);
    if (cli_parse(verb, argc, argv, options, sizeof options / sizeof options[0], &status))
        status = answer(&doctor);
    buf_fini(&doctor.out);
    arena_free(doctor.arena);
    return status;
}
