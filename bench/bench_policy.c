/*
 * One decision over 20 policies of 20 statements, compiled: nanoseconds of processor
 * time for each shape, the best of ten rounds. The goal is 15000.
 *
 *   bench_policy [DECISIONS]     in each round, default 5000
 */
#include "authorize/evaluate.h"
#include "authorize/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { POLICIES = 20, STATEMENTS = 20, ROUNDS = 10, DOCUMENT_MAX = 65536 };

/* In a statement's text the marks @P and @S stand for the numbers of policy and statement. */
struct shape {
    const char *name;
    const char *statement;
};

static const struct shape shapes[] = {
    {"allow, another address",
     "{'Effect':'Allow','Action':'ses:SendRawEmail','Resource':'*','Condition':"
     "{'ForAnyValue:StringLike':{'ses:FromAddress':['user@S-@P@test1.com']}}}"},
    {"allow, wildcard address",
     "{'Effect':'Allow','Action':['ses:Send*'],'Resource':'arn:aws:ses:*:123456789012:identity/*',"
     "'Condition':{'StringLike':{'ses:FromAddress':'*-@S-@P@test1.com'}}}"},
    {"deny, another address",
     "{'Effect':'Deny','Action':'ses:SendRawEmail','Resource':'*','Condition':"
     "{'StringEquals':{'ses:FromAddress':'user@S-@P@test1.com'}}}"},
    {"deny, wildcard address", "{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
                               "{'StringLike':{'ses:FromAddress':'*user@S-@P@test1.com'}}}"},
    {"allow, network and date", "{'Effect':'Allow','Action':'ses:*','Resource':'*','Condition':"
                                "{'DateGreaterThan':{'aws:CurrentTime':'2020-01-01T00:00:00Z'},"
                                "'IpAddress':{'aws:SourceIp':'10.@P.@S.0/24'}}}"},
};

static void
add_statement(struct buf *document, const char *text, int policy, int statement)
{
    for (; *text; text++) {
        if (text[0] == '@' && (text[1] == 'P' || text[1] == 'S')) {
            buf_printf(document, "%d", text[1] == 'P' ? policy : statement);
            text++;
        } else {
            buf_add_char(document, *text == '\'' ? '"' : *text);
        }
    }
}

static struct policy *
make_policy(const char *statement, int number)
{
    struct buf document;
    struct policy *policy = NULL;
    struct err err;
    buf_init(&document, DOCUMENT_MAX);
    buf_add_cstr(&document, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (int i = 0; i < STATEMENTS; i++) {
        if (i > 0)
            buf_add_char(&document, ',');
        add_statement(&document, statement, number, i);
    }
    buf_add_cstr(&document, "]}");
    if (policy_parse(buf_slice(&document), POLICY_IDENTITY_BASED, &policy, &err) != RC_OK) {
        fprintf(stderr, "bench_policy: %s\n", err.text);
        exit(1);
    }
    buf_fini(&document);
    return policy;
}

static const struct evaluate_request *
make_request(void)
{
    static const struct slice from = {"taro@test1.com", 14}, ip = {"192.0.2.7", 9},
                              yes = {"true", 4}, version = {"2", 1}, agent = {"bench", 5},
                              user = {"taro", 4}, name = {"Taro", 4};
    static const struct slice recipients[] = {{"a@example.com", 13}, {"b@example.com", 13}};
    static const struct condition_value keys[] = {
        {{"ses:ApiVersion", 14}, &version, 1, false, false},
        {{"ses:FromDisplayName", 19}, &name, 1, false, false},
        {{"ses:Recipients", 14}, recipients, 2, true, true},
        {{"ses:FeedbackAddress", 19}, &from, 1, false, true},
        {{"aws:SourceIp", 12}, &ip, 1, false, false},
        {{"aws:SecureTransport", 19}, &yes, 1, false, false},
        {{"aws:UserAgent", 13}, &agent, 1, false, false},
        {{"aws:username", 12}, &user, 1, false, false},
        {{"ses:FromAddress", 15}, &from, 1, false, true},
    };
    static struct evaluate_request request = {
        .keys = keys, .key_count = sizeof keys / sizeof *keys, .now_ms = 1700000000000};
    request.principal_arn = slice_of("arn:aws:iam::123456789012:user/taro");
    request.principal_account = slice_of("123456789012");
    request.action = slice_of("ses:SendRawEmail");
    request.resource = slice_of("arn:aws:ses:us-east-1:123456789012:identity/test1.com");
    return &request;
}

static double
cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Processor time of one decision, over one round of many. */
static double
measure(const struct policy_entry *entries, const struct evaluate_request *request, int decisions)
{
    struct arena *arena = arena_new();
    double begin = cpu_ns();
    for (int i = 0; i < decisions; i++) {
        if (evaluate_policies(arena, entries, POLICIES, request).outcome == EVALUATE_ALLOW)
            exit(1); /* every shape is made to refuse, so that all statements are read */
        arena_reset(arena);
    }
    double ns = cpu_ns() - begin;
    arena_free(arena);
    return ns / decisions;
}

static void
run(const struct shape *shape, int decisions)
{
    struct policy_entry entries[POLICIES];
    struct policy *policies[POLICIES];
    for (int i = 0; i < POLICIES; i++) {
        policies[i] = make_policy(shape->statement, i);
        entries[i] = (struct policy_entry){.policy = policies[i]};
    }
    double best = 0, total = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double ns = measure(entries, make_request(), decisions);
        best = i == 0 || ns < best ? ns : best;
        total += ns;
    }
    printf("%-26s %8.0f ns per decision (mean %.0f)\n", shape->name, best, total / ROUNDS);
    for (int i = 0; i < POLICIES; i++)
        policy_unref(policies[i]);
}

int
main(int argc, char **argv)
{
    uint64_t decisions = 5000;
    if (argc > 1 &&
        (!slice_u64(slice_of(argv[1]), &decisions) || decisions == 0 || decisions > 100000000)) {
        fprintf(stderr, "usage: bench_policy [DECISIONS]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        run(&shapes[i], (int)decisions);
    return 0;
}
