#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "role/config.h"

static struct arena *arena;
static struct config config;
static struct err err;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    memset(&config, 0, sizeof config);
    memset(&err, 0, sizeof err);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum rc
parse(const char *text)
{
    return config_parse(arena, slice_of(text), "postern.conf", NULL, 0, &config, &err);
}

static enum rc
parse_sets(const char *text, const char *const *sets, size_t count)
{
    return config_parse(arena, slice_of(text), "postern.conf", sets, count, &config, &err);
}

static void
accepted(const char *text)
{
    if (parse(text) != RC_OK)
        fail_msg("refused: %s", err.text);
}

static void
refused(const char *text, const char *words)
{
    memset(&err, 0, sizeof err);
    if (parse(text) == RC_OK)
        fail_msg("accepted: %s", text);
    assert_string_equal(err.text, words);
}

static void
refused_set(const char *set, const char *words)
{
    memset(&err, 0, sizeof err);
    if (parse_sets("", &set, 1) == RC_OK)
        fail_msg("accepted: %s", set);
    assert_string_equal(err.text, words);
}

#define assert_slice(slice, cstr)                                                                  \
    do {                                                                                           \
        if (!slice_is((slice), (cstr)))                                                            \
            fail_msg("\"%.*s\" is not \"%s\"", SLICE_ARG(slice), (cstr));                          \
    } while (0)

static void
assert_listener(enum listener_kind kind, const char *host, uint16_t port)
{
    assert_int_equal(config.listener_counts[kind], 1);
    assert_slice(config.listeners[kind][0].host, host);
    assert_int_equal(config.listeners[kind][0].port, port);
}

static void
an_empty_file_gives_the_defaults(void **state)
{
    (void)state;
    accepted("");
    assert_slice(config.hostname, "postern.localhost");
    assert_slice(config.provider_domain, "postern.localhost");
    assert_slice(config.public_url, "http://127.0.0.1:8580");
    assert_slice(config.region, "us-east-1");
    assert_slice(config.account, "123456789012");
    assert_slice(config.log_level, "info");
    assert_listener(LISTENER_SUBMISSION, "127.0.0.1", 2587);
    assert_listener(LISTENER_SUBMISSIONS, "127.0.0.1", 2465);
    assert_listener(LISTENER_HTTP, "127.0.0.1", 8580);
    assert_int_equal(config.listener_counts[LISTENER_HTTPS], 0);
    assert_listener(LISTENER_FEEDBACK, "127.0.0.1", 2525);
    assert_slice(config.user_core, "postern");
    assert_slice(config.user_front, "postern-front");
    assert_slice(config.user_courier, "postern-courier");
    assert_slice(config.user_resolver, "postern-resolver");
    assert_int_equal(config.message_bytes, 40 << 20);
    assert_int_equal(config.recipients, 50);
    assert_int_equal(config.idle_ms, 5 * MINUTE_MS);
    assert_int_equal(config.connections, 10000);
    assert_int_equal(config.connections_per_address, 500);
    assert_int_equal(config.failures, 10);
    assert_int_equal(config.failure_window_ms, 15 * MINUTE_MS);
    assert_int_equal(config.failures_per_connection, 3);
    assert_int_equal(config.mx_port, 25);
    assert_int_equal(config.connections_per_site, 10);
    assert_int_equal(config.messages_per_connection, 100);
    assert_int_equal(config.concurrent_deliveries, 1000);
    assert_int_equal(config.retry_first_ms, MINUTE_MS);
    assert_int_equal(config.retry_max_ms, HOUR_MS);
    assert_int_equal(config.lifetime_ms, 14 * HOUR_MS);
    assert_true(config.refuse_misleading_names);
    assert_false(config.reverse_path_is_feedback);
    assert_int_equal(config.key_bits, 2048);
    assert_false(config.second_ed25519);
    assert_int_equal(config.dkim_grace_ms, 72 * HOUR_MS);
    assert_int_equal(config.sandbox_per_day, 200);
    assert_int_equal(config.sandbox_rate, 1);
    assert_int_equal(config.production_per_day, 50000);
    assert_int_equal(config.production_rate, 100);
    assert_int_equal(config.low_water_bytes, 64 << 20);
    assert_int_equal(config.keep_ms, 30 * DAY_MS);
    assert_int_equal(config.trust_anchor.len, 0);
}

static void
the_last_route_is_always_everything_by_mx(void **state)
{
    (void)state;
    accepted("");
    assert_int_equal(config.route_count, 1);
    const struct config_route *route = config_route_for(&config, SLICE("example.org"));
    assert_int_equal(route->kind, ROUTE_MX);
    assert_int_equal(route->tls, TLS_OPPORTUNISTIC);
    assert_false(route->allow_private);
}

static void
comments_blank_lines_and_carriage_returns_are_passed_over(void **state)
{
    (void)state;
    accepted("# comment\r\n\r\n   \t\n  # another\nhostname = Mail.Example.ORG \r\n[submission]\r\n"
             "recipients=7\n[ dkim ]\nkey_bits =  4096");
    assert_slice(config.hostname, "mail.example.org");
    assert_slice(config.provider_domain, "mail.example.org");
    assert_int_equal(config.recipients, 7);
    assert_int_equal(config.key_bits, 4096);
}

static void
a_provider_domain_of_its_own_is_kept(void **state)
{
    (void)state;
    accepted("provider_domain = bounce.example\nhostname = mx.example");
    assert_slice(config.provider_domain, "bounce.example");
}

static void
a_number_out_of_range_is_named_with_its_line(void **state)
{
    (void)state;
    refused("# 1\n# 2\n[submission]\nrecipients = 1001\n",
            "postern.conf line 4: submission.recipients: must be 1 to 1000");
    refused("[submission]\nrecipients = 0",
            "postern.conf line 2: submission.recipients: must be 1 to 1000");
    refused("[submission]\nrecipients = -1",
            "postern.conf line 2: submission.recipients: must be 1 to 1000");
    refused("[submission]\nrecipients = 18446744073709551617",
            "postern.conf line 2: submission.recipients: must be 1 to 1000");
    refused("[submission]\nrecipients = 50 # fifty",
            "postern.conf line 2: submission.recipients: must be 1 to 1000");
    refused("[submission]\nrecipients =",
            "postern.conf line 2: submission.recipients: must be 1 to 1000");
    refused("[delivery]\nmx_port = 65536",
            "postern.conf line 2: delivery.mx_port: must be 1 to 65535");
}

static void
unknown_keys_and_sections_are_errors(void **state)
{
    (void)state;
    refused("\nhost = x", "postern.conf line 2: host: there is no such option");
    refused("recipients = 5", "postern.conf line 1: recipients: there is no such option");
    refused("submission.recipients = 5",
            "postern.conf line 1: submission.recipients: there is no such option");
    refused("[submission]\nhostname = a.example",
            "postern.conf line 2: submission.hostname: there is no such option");
    refused("[Submission]", "postern.conf line 1: there is no section [Submission]");
    refused("[]", "postern.conf line 1: there is no section []");
    refused("[", "postern.conf line 1: the section's name must end with ]");
    refused("[submission] # x", "postern.conf line 1: the section's name must end with ]");
    refused("hostname", "postern.conf line 1: must be key = value or [section]");
    refused("= 1", "postern.conf line 1: : there is no such option");
    refused("[route a.example]\nvai = mx",
            "postern.conf line 2: route.a.example.vai: there is no such option");
}

static void
duplicates_name_both_lines(void **state)
{
    (void)state;
    refused("region = a\nregion = b", "postern.conf line 2: region: given already in line 1");
    refused("[submission]\nidle = 1m\n[login]\nfailures = 3\n[submission]\nidle = 1m",
            "postern.conf line 6: submission.idle: given already in line 2");
    refused("[route a.example]\nvia = mx\n[route b.example]\nvia = mx\n[route A.example]",
            "postern.conf line 5: route a.example: given already in line 1");
    refused("[route a.example]\nvia = mx\nvia = mx",
            "postern.conf line 3: route.a.example.via: given already in line 2");
}

static void
the_same_key_in_two_routes_is_no_duplicate(void **state)
{
    (void)state;
    accepted("[route a.example]\nvia = mx\n[route b.example]\nvia = mx");
    assert_int_equal(config.route_count, 3);
}

static void
durations_have_units(void **state)
{
    (void)state;
    accepted("[submission]\nidle = 90s\n[delivery]\nretry_first = 250ms\nretry_max = 2h\n"
             "lifetime = 3d\n[dkim]\ngrace = 0s");
    assert_int_equal(config.idle_ms, 90 * SECOND_MS);
    assert_int_equal(config.retry_first_ms, 250);
    assert_int_equal(config.retry_max_ms, 2 * HOUR_MS);
    assert_int_equal(config.lifetime_ms, 3 * DAY_MS);
    assert_int_equal(config.dkim_grace_ms, 0);
    static const char *const wrong[] = {"300", "", "5 m", "5M", "m", "5mm", "-5m", "1h30m", "5.5m"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "[submission]\nidle = %s", wrong[i]);
        refused(text, "postern.conf line 2: submission.idle: must be a number with its unit "
                      "(ms, s, m, h or d)");
    }
    refused("[submission]\nidle = 2h", "postern.conf line 2: submission.idle: must be 1s to 1h");
    refused("[submission]\nidle = 999ms", "postern.conf line 2: submission.idle: must be 1s to 1h");
}

static void
a_duration_that_overflows_is_out_of_range(void **state)
{
    (void)state;
    refused("[submission]\nidle = 213503982335d",
            "postern.conf line 2: submission.idle: must be 1s to 1h");
    refused("[submission]\nidle = 99999999999999999999999s",
            "postern.conf line 2: submission.idle: must be 1s to 1h");
}

static void
sizes_are_powers_of_1024(void **state)
{
    (void)state;
    accepted("[submission]\nmessage_bytes = 1000k\n[store]\nlow_water = 2g");
    assert_int_equal(config.message_bytes, 1000 * 1024);
    assert_int_equal(config.low_water_bytes, (uint64_t)2 << 30);
    accepted("[submission]\nmessage_bytes = 1025");
    assert_int_equal(config.message_bytes, 1025);
    refused("[submission]\nmessage_bytes = 40M",
            "postern.conf line 2: submission.message_bytes: must be a number of bytes, or of k, m "
            "or g");
    refused("[submission]\nmessage_bytes = 1023",
            "postern.conf line 2: submission.message_bytes: must be 1k to 1g");
    refused("[submission]\nmessage_bytes = 17179869185g",
            "postern.conf line 2: submission.message_bytes: must be 1k to 1g");
}

static void
booleans_are_yes_and_no_alone(void **state)
{
    (void)state;
    accepted("[gate]\nrefuse_misleading_names = no\nreverse_path_is_feedback = yes");
    assert_false(config.refuse_misleading_names);
    assert_true(config.reverse_path_is_feedback);
    refused("[gate]\nrefuse_misleading_names = true",
            "postern.conf line 2: gate.refuse_misleading_names: must be yes or no");
    refused("[gate]\nrefuse_misleading_names = No",
            "postern.conf line 2: gate.refuse_misleading_names: must be yes or no");
}

static void
a_quota_may_be_unlimited(void **state)
{
    (void)state;
    accepted("[quota]\nproduction_per_day = unlimited");
    assert_int_equal(config.production_per_day, -1);
    accepted("[quota]\nproduction_per_day = 0");
    assert_int_equal(config.production_per_day, 0);
    refused("[quota]\nproduction_per_day = -1",
            "postern.conf line 2: quota.production_per_day: must be 0 to 9223372036854775807, or "
            "unlimited");
}

static void
listeners_are_lists_of_addresses(void **state)
{
    (void)state;
    accepted("[listen]\nsubmission = 192.0.2.1:587 , [2001:db8::1]:587,*:2587\nfeedback = off");
    assert_int_equal(config.listener_counts[LISTENER_SUBMISSION], 3);
    assert_slice(config.listeners[LISTENER_SUBMISSION][1].host, "2001:db8::1");
    assert_int_equal(config.listeners[LISTENER_SUBMISSION][1].port, 587);
    assert_slice(config.listeners[LISTENER_SUBMISSION][2].host, "*");
    assert_int_equal(config.listener_counts[LISTENER_FEEDBACK], 0);
}

static void
listeners_that_cannot_be_are_refused(void **state)
{
    (void)state;
#define LISTEN "[listen]\nhttp = "
#define AT     "postern.conf line 2: listen.http: "
    refused(LISTEN "80", AT "\"80\" has no port: must be address:port");
    refused(LISTEN "127.0.0.1:0", AT "\"0\" is not a port: must be 1 to 65535");
    refused(LISTEN "127.0.0.1:65536", AT "\"65536\" is not a port: must be 1 to 65535");
    refused(LISTEN "127.0.0.1:", AT "\"\" is not a port: must be 1 to 65535");
    refused(LISTEN ":80", AT "\"\" is not an IP address or *");
    refused(LISTEN "localhost:80", AT "\"localhost\" is not an IP address or *");
    refused(LISTEN "127.0.0.1:80,", AT "must be address:port, or off");
    refused(LISTEN, AT "must be address:port, or off");
    refused(LISTEN "::1:80", AT "an IPv6 address stands in brackets: [::1:80]:25");
    refused(LISTEN "[127.0.0.1]:80", AT "\"127.0.0.1\" is not an IPv6 address");
    refused(LISTEN "[::1:80", AT "an IPv6 address stands in brackets: [[::1:80]:25");
    refused(LISTEN "*:80, *:80", AT "*:80 is given twice");
    refused(LISTEN "off, *:80", AT "\"off\" has no port: must be address:port");
    refused(LISTEN "*:1,*:2,*:3,*:4,*:5,*:6,*:7,*:8,*:9,*:10,*:11,*:12,*:13,*:14,*:15,*:16,*:17",
            AT "more than 16 addresses");
}

static void
names_are_checked(void **state)
{
    (void)state;
    static const char *const hosts[] = {"",     "a..b",  ".a",    "a.",        "-a.b",
                                        "a-.b", "a_b.c", "a b.c", "192.0.2.1", "ex\xc3\xa4mple.org",
                                        "a/b"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "hostname = %s", hosts[i]);
        refused(text, "postern.conf line 1: hostname: must be a host name of letters, digits, "
                      "hyphens and dots");
    }
    refused("account = 12345678901", "postern.conf line 1: account: must be 12 digits");
    refused("account = 12345678901a", "postern.conf line 1: account: must be 12 digits");
    refused("log_level = warning",
            "postern.conf line 1: log_level: must be error, warn, info or debug");
    refused("region = US-EAST-1", "postern.conf line 1: region: must be 1 to 32 lower-case "
                                  "letters, digits and hyphens, as in us-east-1");
    refused("[process]\nuser_core = 0", "postern.conf line 2: process.user_core: must be the name "
                                        "of a system user");
    refused("[tls]\ncertificate =", "postern.conf line 2: tls.certificate: must not be empty");
}

static void
the_public_url_cannot_break_a_link(void **state)
{
    (void)state;
    accepted("public_url = https://mail.example.org/postern/");
    assert_slice(config.public_url, "https://mail.example.org/postern");
    accepted("public_url = http://[::1]:8580");
    static const char *const wrong[] = {"",
                                        "ftp://a.example",
                                        "http://",
                                        "http:///x",
                                        "//a.example",
                                        "https://a.example/\"x",
                                        "https://a.example/<b>",
                                        "https://a.example/?q",
                                        "https://user@a.example",
                                        "https://a.example/ b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "public_url = %s", wrong[i]);
        refused(text, "postern.conf line 1: public_url: must be http:// or https:// and a host, as "
                      "in http://127.0.0.1:8580");
    }
}

static void
resolvers_are_addresses(void **state)
{
    (void)state;
    accepted("[dns]\nresolver = 127.0.0.1@5353, 2001:db8::53");
    assert_slice(config.resolver, "127.0.0.1@5353, 2001:db8::53");
    accepted("[dns]\nresolver = recursive");
    assert_slice(config.resolver, "recursive");
    refused("[dns]\nresolver = dns.example",
            "postern.conf line 2: dns.resolver: \"dns.example\" is not an IP address: must be "
            "address@port, or recursive");
    refused("[dns]\nresolver = 127.0.0.1@0",
            "postern.conf line 2: dns.resolver: \"0\" is not a port: must be 1 to 65535");
    refused("[dns]\nresolver = 127.0.0.1,", "postern.conf line 2: dns.resolver: \"\" is not an IP "
                                            "address: must be address@port, or recursive");
    refused("[delivery]\noutgoing_address = mail.example",
            "postern.conf line 2: delivery.outgoing_address: must be an IP address, or empty");
}

static void
control_characters_are_refused(void **state)
{
    (void)state;
    const char nul[] = "hostname = a\0b";
    assert_int_equal(config_parse(arena, (struct slice){nul, sizeof nul - 1}, "postern.conf", NULL,
                                  0, &config, &err),
                     RC_SYNTAX);
    assert_string_equal(err.text, "postern.conf line 1: control character 0x00");
    refused("[dns]\nlocal_records = a\rb", "postern.conf line 2: control character 0x0d");
    refused("[dns]\nlocal_records = a\x1b[2J", "postern.conf line 2: control character 0x1b");
}

static void
options_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    refused("[delivery]\nretry_max = 30s\n",
            "postern.conf line 2: delivery.retry_max: must not be shorter than "
            "delivery.retry_first");
    refused("[delivery]\nlifetime = 1h\nretry_first = 2h\nretry_max = 3h\n",
            "postern.conf line 3: delivery.lifetime: must not be shorter than "
            "delivery.retry_first");
    refused_set("delivery.retry_max=1s",
                "--set delivery.retry_max: must not be shorter than delivery.retry_first");
}

static void
sets_come_after_the_file(void **state)
{
    (void)state;
    const char *const sets[] = {"submission.recipients=9", " region = eu-west-1 ",
                                "submission.recipients=10"};
    assert_int_equal(parse_sets("region = us-west-2\n[submission]\nrecipients = 3", sets, 3),
                     RC_OK);
    assert_int_equal(config.recipients, 10);
    assert_slice(config.region, "eu-west-1");
}

static void
wrong_sets_are_named(void **state)
{
    (void)state;
    refused_set("hostname", "--set hostname: must be key=value");
    refused_set("submission.recipients=x", "--set submission.recipients: must be 1 to 1000");
    refused_set("nosuch.recipients=1", "--set nosuch.recipients: there is no such option");
    refused_set("recipients=1", "--set recipients: there is no such option");
    refused_set("route.via=capture", "--set route.via: there is no such option");
    refused_set("route.a_b.via=mx", "--set route \"a_b\": must be a domain, *. and a domain, or *");
    refused_set("region=a\nb", "--set control character 0x0a");
}

static void
the_first_route_that_matches_wins(void **state)
{
    (void)state;
    accepted("[route *.example.org]\nvia = smarthost [2001:db8::1]:2525\ntls = require\n"
             "[route example.org]\nvia = capture\n"
             "[route *]\nvia = smarthost Relay.example.net:587\nallow_private = yes\n"
             "[route late.example]\nvia = capture\n");
    const struct config_route *below = config_route_for(&config, SLICE("a.b.Example.org"));
    assert_int_equal(below->kind, ROUTE_SMARTHOST);
    assert_slice(below->host, "2001:db8::1");
    assert_int_equal(below->port, 2525);
    assert_int_equal(below->tls, TLS_REQUIRE);
    assert_int_equal(config_route_for(&config, SLICE("EXAMPLE.org"))->kind, ROUTE_CAPTURE);
    const struct config_route *rest = config_route_for(&config, SLICE("notexample.org"));
    assert_slice(rest->host, "relay.example.net");
    assert_true(rest->allow_private);
    assert_ptr_equal(config_route_for(&config, SLICE("late.example")), rest);
    assert_ptr_equal(config_route_for(&config, SLICE("")), rest);
}

static void
a_route_must_make_sense(void **state)
{
    (void)state;
    accepted("[route a.example]\nvia = mx\ntls = verify");
    assert_int_equal(config.routes[0].kind, ROUTE_MX);
    assert_true(config.routes[0].verify);
    refused("\n[route a.example]\ntls = verify",
            "postern.conf line 2: route.a.example.via: is missing; it is mx, capture or smarthost "
            "host:port");
    refused("[route a.example]\nvia = mx\nverify = yes",
            "postern.conf line 1: route.a.example.verify: needs tls = require, verify or implicit");
    accepted("[route a.example]\nvia = mx\ntls = require\nverify = yes");
    assert_true(config.routes[0].verify);
    refused("[route]", "postern.conf line 1: route \"\": must be a domain, *. and a domain, or *");
    refused("[route a.*]", "postern.conf line 1: route \"a.*\": must be a domain, *. and a domain, "
                           "or *");
    refused("[route a.example]\nvia = smarthost",
            "postern.conf line 2: route.a.example.via: must be mx, capture or smarthost host:port");
    refused("[route a.example]\nvia = smarthost b.example",
            "postern.conf line 2: route.a.example.via: \"b.example\" has no port: must be "
            "address:port");
    refused("[route a.example]\nvia = smarthost b_c:25",
            "postern.conf line 2: route.a.example.via: \"b_c\" is not a host name");
    refused("[route a.example]\nvia = mx 25",
            "postern.conf line 2: route.a.example.via: must be mx, capture or smarthost host:port");
    refused("[route a.example]\nvia = mx\ntls = always",
            "postern.conf line 3: route.a.example.tls: must be opportunistic, require, verify, "
            "implicit or never");
    refused("\n[route a.example]\nvia = smarthost b.example:25\nuser_name = u",
            "postern.conf line 2: route.a.example.user_name and password: must be given together");
    refused("[route a.example]\nvia = mx\nuser_name = u\npassword = p",
            "postern.conf line 1: route.a.example.user_name: only a smarthost asks for one");
}

static void
a_password_goes_only_to_a_verified_host_unless_said_otherwise(void **state)
{
    (void)state;
    accepted("[route *]\nvia = smarthost b.example:587\nuser_name = u\npassword = p # \" =x");
    assert_int_equal(config.routes[0].tls, TLS_VERIFY);
    assert_slice(config.routes[0].password, "p # \" =x");
    assert_true(config.routes[0].verify);
    refused("[route *]\nvia = smarthost b.example:587\nuser_name = u\npassword = p\ntls = require",
            "postern.conf line 1: route.*.user_name: goes to a host whose certificate is verified: "
            "tls = verify or implicit; or say verify = no");
    accepted(
        "[route *]\nvia = smarthost b.example:587\nuser_name = u\npassword = p\ntls = require\n"
        "verify = no");
    assert_int_equal(config.routes[0].tls, TLS_REQUIRE);
    assert_false(config.routes[0].verify);
    accepted("[route *]\nvia = smarthost b.example:465\ntls = implicit");
    assert_true(config.routes[0].verify);
    accepted("[route *]\nvia = smarthost b.example:587");
    assert_int_equal(config.routes[0].tls, TLS_OPPORTUNISTIC);
}

static void
sets_change_routes_and_new_ones_come_first(void **state)
{
    (void)state;
    const char *const sets[] = {"route.*.allow_private=yes",
                                "route.a.example.via=smarthost 127.0.0.1:2526",
                                "route.*.b.example.via=capture"};
    assert_int_equal(parse_sets("[route *]\nvia = mx\n", sets, 3), RC_OK);
    assert_int_equal(config.route_count, 4);
    assert_slice(config.routes[0].pattern, "a.example");
    assert_slice(config.routes[1].pattern, "*.b.example");
    assert_true(config.routes[2].allow_private);
    assert_int_equal(config_route_for(&config, SLICE("a.example"))->port, 2526);
}

static void
too_many_routes_and_too_long_a_text_are_refused(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 101; i++)
        buf_printf(&text, "[route r%d.example]\nvia = mx\n", i);
    buf_add_char(&text, '\0');
    refused(text.ptr, "postern.conf line 201: more than 100 routes");
    buf_reset(&text);
    while (text.len <= 128 * 1024)
        buf_add_cstr(&text, "#\n");
    assert_int_equal(config_parse(arena, buf_slice(&text), "postern.conf", NULL, 0, &config, &err),
                     RC_LIMIT);
    buf_fini(&text);
}

static bool
told(enum role role, const char *words)
{
    struct slice text = config_for_role(arena, &config, role);
    return slice_find(text, slice_of(words)) != SLICE_NONE;
}

static void
a_password_is_told_to_core_alone(void **state)
{
    (void)state;
    accepted("[route *]\nvia = smarthost relay.example:587\nuser_name = relay-user\n"
             "password = relay-secret");
    for (int role = 0; role < ROLE_COUNT; role++) {
        bool is_core = role == ROLE_CORE;
        assert_int_equal(told((enum role)role, "relay-secret"), is_core);
        assert_int_equal(told((enum role)role, "relay-user"), is_core);
        assert_int_equal(told((enum role)role, "[route"), is_core);
    }
}

static void
each_role_is_told_what_it_needs(void **state)
{
    (void)state;
    accepted("");
    assert_false(
        told(ROLE_FRONT, "certificate_key = certificate-key.pem")); /* the parent reads it */
    assert_false(told(ROLE_COURIER, "certificate"));
    assert_false(told(ROLE_RESOLVER, "hostname"));
    assert_true(told(ROLE_RESOLVER, "trust_anchor"));
    assert_false(told(ROLE_FRONT, "sandbox"));
    assert_false(told(ROLE_FRONT, "account"));
    assert_true(told(ROLE_COURIER, "mx_port = 25"));
    for (int role = ROLE_FRONT; role < ROLE_COUNT; role++)
        assert_true(told((enum role)role, "log_level = info"));
}

static void
a_role_reads_again_what_it_was_told(void **state)
{
    (void)state;
    accepted("hostname = mx.example\npublic_url = https://x.example\n[listen]\nhttp = off\n"
             "https = [::1]:443, 192.0.2.1:443\n[submission]\nidle = 1500ms\nmessage_bytes = 1025\n"
             "[quota]\nproduction_per_day = unlimited\n[gate]\nrefuse_misleading_names = no\n"
             "[dns]\nresolver = 127.0.0.1@53\n[delivery]\nmx_port = 2626\nlifetime = 36h\n"
             "[route a.example]\nvia = smarthost [::1]:587\nuser_name = u\npassword = p = # x\n"
             "[route *.b.example]\nvia = capture\nallow_private = yes\ntls = never\n");
    struct slice first = config_for_role(arena, &config, ROLE_CORE);
    struct config again;
    assert_int_equal(config_parse(arena, first, "parent", NULL, 0, &again, &err), RC_OK);
    struct slice second = config_for_role(arena, &again, ROLE_CORE);
    assert_true(slice_eq(first, second));
    assert_int_equal(again.idle_ms, 1500);
    assert_int_equal(again.message_bytes, 1025);
    assert_int_equal(again.production_per_day, -1);
    assert_int_equal(again.listener_counts[LISTENER_HTTP], 0);
    assert_int_equal(again.listener_counts[LISTENER_HTTPS], 2);
    assert_int_equal(again.route_count, 3);
    assert_slice(again.routes[0].password, "p = # x");
    assert_int_equal(again.routes[0].tls, TLS_VERIFY);
    assert_int_equal(again.routes[1].tls, TLS_NEVER);
    for (int role = ROLE_FRONT; role < ROLE_COUNT; role++) {
        struct slice text = config_for_role(arena, &config, (enum role)role);
        assert_int_equal(config_parse(arena, text, "parent", NULL, 0, &again, &err), RC_OK);
    }
}

/* The parent tells core everything in one message, so even the longest must be read again. */
static void
the_longest_configuration_can_be_told(void **state)
{
    (void)state;
    char long_text[256], long_host[254];
    memset(long_text, 'x', 255);
    long_text[255] = '\0';
    const char *sets[500];
    for (int i = 0; i < 100; i++) {
        for (size_t j = 0; j < 253; j++)
            long_host[j] = j % 60 == 59 ? '.' : 'h';
        long_host[253] = '\0';
        char number[16];
        snprintf(number, sizeof number, "%03d", i);
        memcpy(long_host, number, 3);
        sets[5 * i] =
            arena_printf(arena, "route.%s.via=smarthost %s:65535", long_host, long_host).ptr;
        sets[5 * i + 1] = arena_printf(arena, "route.%s.user_name=%s", long_host, long_text).ptr;
        sets[5 * i + 2] = arena_printf(arena, "route.%s.password=%s", long_host, long_text).ptr;
        sets[5 * i + 3] = arena_printf(arena, "route.%s.tls=opportunistic", long_host).ptr;
        sets[5 * i + 4] = arena_printf(arena, "route.%s.verify=no", long_host).ptr;
    }
    assert_int_equal(parse_sets("", sets, 500), RC_OK);
    struct slice text = config_for_role(arena, &config, ROLE_CORE);
    struct config again;
    assert_int_equal(config_parse(arena, text, "parent", NULL, 0, &again, &err), RC_OK);
    assert_int_equal(again.route_count, 101);
}

static void
every_option_has_a_role_a_type_and_help(void **state)
{
    (void)state;
    size_t count;
    const struct config_option *options = config_options(&count);
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        assert_true(options[i].roles != 0);
        assert_non_null(options[i].type);
        assert_non_null(options[i].fallback);
        assert_true(strlen(options[i].help) > 10);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(options[i].name, options[j].name);
        if (strncmp(options[i].name, "route.", 6) == 0)
            assert_int_equal(options[i].roles, TO_CORE);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_empty_file_gives_the_defaults),
        TEST(the_last_route_is_always_everything_by_mx),
        TEST(comments_blank_lines_and_carriage_returns_are_passed_over),
        TEST(a_provider_domain_of_its_own_is_kept),
        TEST(a_number_out_of_range_is_named_with_its_line),
        TEST(unknown_keys_and_sections_are_errors),
        TEST(duplicates_name_both_lines),
        TEST(the_same_key_in_two_routes_is_no_duplicate),
        TEST(durations_have_units),
        TEST(a_duration_that_overflows_is_out_of_range),
        TEST(sizes_are_powers_of_1024),
        TEST(booleans_are_yes_and_no_alone),
        TEST(a_quota_may_be_unlimited),
        TEST(listeners_are_lists_of_addresses),
        TEST(listeners_that_cannot_be_are_refused),
        TEST(names_are_checked),
        TEST(the_public_url_cannot_break_a_link),
        TEST(resolvers_are_addresses),
        TEST(control_characters_are_refused),
        TEST(options_that_contradict_each_other_are_refused),
        TEST(sets_come_after_the_file),
        TEST(wrong_sets_are_named),
        TEST(the_first_route_that_matches_wins),
        TEST(a_route_must_make_sense),
        TEST(a_password_goes_only_to_a_verified_host_unless_said_otherwise),
        TEST(sets_change_routes_and_new_ones_come_first),
        TEST(too_many_routes_and_too_long_a_text_are_refused),
        TEST(a_password_is_told_to_core_alone),
        TEST(each_role_is_told_what_it_needs),
        TEST(a_role_reads_again_what_it_was_told),
        TEST(the_longest_configuration_can_be_told),
        TEST(every_option_has_a_role_a_type_and_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
