/*
 * postern doctor: what would keep mail from leaving or arriving, before the first person finds out.
 * Each line says ok, warn or fail, and what to do. Exit status 1 when something fails.
 */
#include "admin_client.h"
#include "cli.h"
#include "role/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { CONFIG_MAX = 256 * 1024, PROBE_SECONDS = 5, CERTIFICATE_DAYS_LEFT = 14 };

struct doctor {
    struct arena *arena;
    const char *dir, *probe;
    struct config config;
    unsigned fails;
};

static void report(struct doctor *doctor, const char *verdict, const char *what, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

static void
report(struct doctor *doctor, const char *verdict, const char *what, const char *format, ...)
{
    va_list args;
    printf("%-5s %-12s ", verdict, what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    if (strcmp(verdict, "fail") == 0)
        doctor->fails++;
}

static bool
read_config(struct doctor *doctor)
{
    struct err err;
    struct buf text;
    char piece[4096];
    FILE *file = fopen("postern.conf", "r");
    if (!file) {
        report(doctor, "fail", "directory", "%s has no postern.conf: run `postern init --dir %s`",
               doctor->dir, doctor->dir);
        return false;
    }
    buf_init(&text, CONFIG_MAX);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&text, (struct slice){piece, got});
    fclose(file);
    struct slice copy = arena_dup(doctor->arena, buf_slice(&text));
    buf_fini(&text);
    enum rc rc = config_parse(doctor->arena, copy, "postern.conf", NULL, 0, &doctor->config, &err);
    if (rc != RC_OK)
        report(doctor, "fail", "postern.conf", "%s", err.text);
    else
        report(doctor, "ok", "postern.conf", "can be read");
    return rc == RC_OK;
}

static void
check_directory(struct doctor *doctor)
{
    struct stat key;
    struct statvfs disk;
    if (stat("master.key", &key) != 0)
        report(doctor, "fail", "master key", "master.key is missing: secrets cannot be opened");
    else if (key.st_mode & 077)
        report(doctor, "fail", "master key", "others can read master.key: chmod 600 it");
    else
        report(doctor, "ok", "master key", "readable by its owner alone");
    if (statvfs(".", &disk) != 0)
        return;
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
    if (admin_client_open(".", &client, &err) != RC_OK) {
        report(doctor, "warn", "server", "none runs for %s: postern serve --dir %s", doctor->dir,
               doctor->dir);
        return;
    }
    admin_client_close(client);
    report(doctor, "ok", "server", "runs");
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

static X509 *
load_certificate(const char *path)
{
    FILE *file = fopen(path, "r");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return certificate;
}

static void
check_certificate(struct doctor *doctor)
{
    const char *path = arena_dup(doctor->arena, doctor->config.certificate).ptr;
    struct slice name = doctor->config.hostname;
    X509 *certificate = load_certificate(path);
    time_t soon = time(NULL) + CERTIFICATE_DAYS_LEFT * 86400;
    if (!certificate) {
        report(doctor, "fail", "certificate", "%s cannot be read", path);
        return;
    }
    bool self_signed =
        X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        report(doctor, "fail", "certificate", "%s has expired", path);
    else if (X509_cmp_time(X509_get0_notAfter(certificate), &soon) < 0)
        report(doctor, "warn", "certificate", "%s expires within %d days", path,
               CERTIFICATE_DAYS_LEFT);
    else if (X509_check_host(certificate, name.ptr, name.len, 0, NULL) != 1)
        report(doctor, "fail", "certificate", "%s does not name %.*s", path, SLICE_ARG(name));
    else if (self_signed)
        report(doctor, "warn", "certificate",
               "%s is self-signed: people's mail programs will ask; get one for %.*s", path,
               SLICE_ARG(name));
    else
        report(doctor, "ok", "certificate", "%s names %.*s", path, SLICE_ARG(name));
    X509_free(certificate);
}

/* The name receivers see in EHLO must have an address, and that address the name. */
static void
check_hostname(struct doctor *doctor)
{
    const char *name = arena_dup(doctor->arena, doctor->config.hostname).ptr;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char address[NI_MAXHOST], reverse[NI_MAXHOST];
    if (getaddrinfo(name, NULL, &hints, &found) != 0) {
        report(doctor, "fail", "hostname",
               "%s has no address in DNS: publish A or AAAA, and set the PTR of that address",
               name);
        return;
    }
    getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL, 0,
                NI_NUMERICHOST);
    if (getnameinfo(found->ai_addr, found->ai_addrlen, reverse, sizeof reverse, NULL, 0,
                    NI_NAMEREQD) != 0)
        report(doctor, "fail", "PTR", "%s (%s) has none: many receivers refuse such hosts", address,
               name);
    else if (strcasecmp(reverse, name) != 0)
        report(doctor, "warn", "PTR", "%s leads to %s, not to %s", address, reverse, name);
    else
        report(doctor, "ok", "PTR", "%s and %s lead to each other", name, address);
    freeaddrinfo(found);
}

static bool
delivers_directly(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->config.route_count; i++)
        if (doctor->config.routes[i].kind == ROUTE_MX)
            return true;
    return false;
}

static bool
can_connect(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    struct timeval patience = {.tv_sec = PROBE_SECONDS};
    bool connected = false;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return false;
    for (struct addrinfo *one = found; one && !connected; one = one->ai_next) {
        int fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        connected = fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen) == 0;
        if (fd >= 0)
            close(fd);
    }
    freeaddrinfo(found);
    return connected;
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
    struct slice host, port, probe = slice_of(doctor->probe);
    if (!slice_cut(probe, ':', &host, &port)) {
        host = probe;
        port = SLICE("25");
    }
    const char *name = arena_dup(doctor->arena, host).ptr;
    const char *service = arena_dup(doctor->arena, port).ptr;
    if (can_connect(name, service))
        report(doctor, "ok", "port 25", "%s:%s can be reached", name, service);
    else
        report(doctor, "fail", "port 25",
               "%s:%s cannot be reached: many networks block it. Ask yours to open it, or send "
               "through a smarthost:\n                   [route *]\n"
               "                   via = smarthost smtp.example.net:587",
               name, service);
}

static int
examine(struct doctor *doctor)
{
    if (chdir(doctor->dir) != 0)
        return cli_fail("%s: %s", doctor->dir, strerror(errno));
    if (read_config(doctor)) {
        check_directory(doctor);
        check_server(doctor);
        check_certificate(doctor);
        check_hostname(doctor);
        check_clock(doctor);
        check_port_25(doctor);
    }
    return doctor->fails ? CLI_FAILED : CLI_OK;
}

int
doctor_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct doctor doctor = {.arena = arena_new(), .dir = CLI_DEFAULT_DIR};
    const struct cli_option options[] = {{"dir", CLI_VALUE, &doctor.dir},
                                         {"probe", CLI_VALUE, &doctor.probe}};
    int status;
    if (cli_parse(verb, argc, argv, options, 2, &status))
        status = examine(&doctor);
    arena_free(doctor.arena);
    return status;
}
