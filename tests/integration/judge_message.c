/*
 * What a receiver makes of a message, of a sending address, of a From domain, by our own judgement:
 *
 *     judge_message dkim < message          one line a signature: RESULT DOMAIN WHY
 *     judge_message spf < requests          of each line "IP SENDER HELO": RESULT WHY
 *     judge_message dmarc DOMAIN            STATE NAME POLICY
 *
 * DNS is the file named by RECORDS: lines "TYPE NAME VALUE"; TEMPORARY as the value is an answer that
 * does not come. NOW is the time in seconds. For tests whose judges are other implementations.
 */
#include "identity/dmarc.h"
#include "identity/spf.h"
#include "sign/verify.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static struct slice
read_all(struct arena *arena, FILE *file)
{
    struct buf buf;
    char piece[4096];
    size_t got;
    if (!file) {
        fprintf(stderr, "judge_message: RECORDS names no file\n");
        exit(1);
    }
    buf_init(&buf, 64 * 1024 * 1024);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&buf, (struct slice){piece, got});
    struct slice all = arena_dup(arena, buf_slice(&buf));
    buf_fini(&buf);
    return all;
}

/* ---- DNS out of a file ---- */

static const struct {
    enum dns_type type;
    const char *name;
} types[] = {{DNS_A, "A"}, {DNS_AAAA, "AAAA"}, {DNS_MX, "MX"}, {DNS_TXT, "TXT"}, {DNS_PTR, "PTR"}};

static const char *
type_name(enum dns_type type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type)
            return types[i].name;
    return "?";
}

static struct slice
data_of(struct arena *arena, enum dns_type type, struct slice value)
{
    char bytes[16];
    if (type != DNS_A && type != DNS_AAAA)
        return value;
    bool six = type == DNS_AAAA;
    if (inet_pton(six ? AF_INET6 : AF_INET, arena_dup(arena, value).ptr, bytes) != 1)
        exit(3);
    return arena_dup(arena, (struct slice){bytes, six ? 16 : 4});
}

static void
answer(struct arena *arena, struct slice records, enum dns_type type, struct slice name,
       struct dns_answer *out)
{
    struct slice line, type_word, rest, owner, value;
    size_t cap = 0;
    *out = (struct dns_answer){.status = DNS_NXDOMAIN};
    while (slice_cut(records, '\n', &line, &records)) {
        if (!slice_cut(line, ' ', &type_word, &rest) || !slice_cut(rest, ' ', &owner, &value) ||
            !slice_ieq(owner, name))
            continue;
        if (out->status == DNS_NXDOMAIN)
            out->status = DNS_NODATA;
        if (!slice_is(type_word, type_name(type)))
            continue;
        out->status = slice_is(value, "TEMPORARY") ? DNS_TEMPORARY : DNS_FOUND;
        if (out->status == DNS_TEMPORARY)
            return;
        out->records = arena_grow(arena, out->records, sizeof *out->records, out->count, &cap);
        out->records[out->count++] = (struct dns_record){.data = data_of(arena, type, value)};
    }
}

static void
answer_all(struct arena *arena, struct answers *answers)
{
    const char *path = getenv("RECORDS");
    struct slice records = read_all(arena, path ? fopen(path, "r") : NULL), name;
    enum dns_type type;
    for (size_t at = 0; answers_wanted(answers, &at, &type, &name);) {
        struct dns_answer found;
        answer(arena, records, type, name, &found);
        answers_put(answers, type, name, &found);
    }
}

/* ---- judgements ---- */

static void
judge_dkim(struct arena *arena, struct answers *answers)
{
    struct slice message = read_all(arena, stdin);
    const char *now = getenv("NOW");
    struct dkim_verdict *list;
    struct header header;
    struct err err;
    size_t end, count;
    if (header_end(message, &end, &err) != RC_OK ||
        header_parse(arena, slice_head(message, end - 2), &header, &err) != RC_OK) {
        printf("unreadable - %s\n", err.text);
        return;
    }
    while (dkim_verify(arena, answers, &header, slice_from(message, end),
                       now ? atoll(now) * 1000 : 0, &list, &count) == RC_AGAIN)
        answer_all(arena, answers);
    for (size_t i = 0; i < count; i++)
        printf("%s %.*s %.*s\n", dkim_result_name(list[i].result), SLICE_ARG(list[i].domain),
               SLICE_ARG(list[i].why));
}

static void
judge_spf_of(struct arena *arena, struct answers *answers, struct slice ip, struct slice sender,
             struct slice helo)
{
    char bytes[16];
    bool six = slice_chr(ip, ':') != SLICE_NONE;
    struct spf_verdict verdict;
    if (inet_pton(six ? AF_INET6 : AF_INET, arena_dup(arena, ip).ptr, bytes) != 1)
        exit(2);
    struct spf_request request = {.ip = {bytes, six ? 16 : 4},
                                  .domain = slice_from(sender, slice_rchr(sender, '@') + 1),
                                  .sender = sender,
                                  .helo = helo};
    while (spf_check(arena, answers, &request, &verdict) == RC_AGAIN)
        answer_all(arena, answers);
    printf("%s %.*s\n", spf_result_name(verdict.result), SLICE_ARG(verdict.why));
}

/* Each request with answers of its own: there are only so many. */
static void
judge_spf(struct arena *arena)
{
    struct slice requests = read_all(arena, stdin), line, ip, rest, sender, helo;
    while (slice_cut(requests, '\n', &line, &requests))
        if (slice_cut(line, ' ', &ip, &rest) && slice_cut(rest, ' ', &sender, &helo))
            judge_spf_of(arena, answers_new(arena), ip, sender, helo);
}

static void
judge_dmarc(struct arena *arena, struct answers *answers, char **argv)
{
    static const char *const states[] = {"absent", "present", "unusable", "unknown"};
    struct dmarc_found found;
    while (dmarc_find(arena, answers, slice_of(argv[2]), &found) == RC_AGAIN)
        answer_all(arena, answers);
    printf("%s %.*s %s\n", states[found.state], SLICE_ARG(found.name),
           dmarc_policy_name(found.record.policy));
}

int
main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct answers *answers = answers_new(arena);
    if (argc == 2 && strcmp(argv[1], "dkim") == 0) {
        judge_dkim(arena, answers);
    } else if (argc == 2 && strcmp(argv[1], "spf") == 0) {
        judge_spf(arena);
    } else if (argc == 3 && strcmp(argv[1], "dmarc") == 0) {
        judge_dmarc(arena, answers, argv);
    } else {
        fprintf(stderr, "usage: judge_message dkim | spf | dmarc DOMAIN\n");
        return 2;
    }
    arena_free(arena);
    return 0;
}
