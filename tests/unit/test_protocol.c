/* Inner messages: what goes in comes out, and nothing else is taken. */
#include "net/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *arena;
static struct buf out;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new();
    buf_init(&out, 4 * 1024 * 1024);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    buf_fini(&out);
    arena_free(arena);
    return 0;
}

#define assert_slice(actual, expected) assert_true(slice_eq((actual), (expected)))

/* Encode `message`, then: every shorter payload and one with a byte more is refused. The whole one
 * is left decoded in `back`. Copies are exact, so that ASan sees a read past the end. */
#define ROUND_TRIP(name, message, back)                                                            \
    do {                                                                                           \
        buf_reset(&out);                                                                           \
        protocol_put_##name(&out, &(message));                                                     \
        for (size_t len = 0; len < out.len; len++) {                                               \
            char *cut = memory_alloc(len);                                                         \
            memcpy(cut, out.ptr, len);                                                             \
            assert_false(protocol_get_##name(arena, (struct slice){cut, len}, &(back)));           \
            free(cut);                                                                             \
        }                                                                                          \
        buf_add_char(&out, 'x');                                                                   \
        assert_false(protocol_get_##name(arena, buf_slice(&out), &(back)));                        \
        out.len--;                                                                                 \
        assert_true(protocol_get_##name(arena, buf_slice(&out), &(back)));                         \
    } while (0)

#define REFUSED(name, message)                                                                     \
    do {                                                                                           \
        struct name##_message refused;                                                             \
        buf_reset(&out);                                                                           \
        protocol_put_##name(&out, &(message));                                                     \
        assert_false(protocol_get_##name(arena, buf_slice(&out), &refused));                       \
    } while (0)

/* Change one byte of an encoded message. */
#define REFUSED_WITH_BYTE(name, message, offset, value)                                            \
    do {                                                                                           \
        struct name##_message refused;                                                             \
        buf_reset(&out);                                                                           \
        protocol_put_##name(&out, &(message));                                                     \
        out.ptr[offset] = (char)(value);                                                           \
        assert_false(protocol_get_##name(arena, buf_slice(&out), &refused));                       \
    } while (0)

static void
authenticate_survives_the_way(void **state)
{
    (void)state;
    struct authenticate_message in = {.connection = UINT64_MAX - 1,
                                      .mechanism = SLICE("LOGIN"),
                                      .user_name = SLICE("AKIA"),
                                      .password = SLICE("s\0e\xff"),
                                      .source_ip = SLICE("192.0.2.1"),
                                      .tls_version = SLICE("TLSv1.3"),
                                      .client_name = SLICE("[192.0.2.1]")};
    struct authenticate_message back;
    ROUND_TRIP(authenticate, in, back);
    assert_true(back.connection == in.connection);
    assert_slice(back.mechanism, in.mechanism);
    assert_slice(back.user_name, in.user_name);
    assert_slice(back.password, in.password);
    assert_slice(back.source_ip, in.source_ip);
    assert_slice(back.tls_version, in.tls_version);
    assert_slice(back.client_name, in.client_name);
    in.mechanism = SLICE("CRAM-MD5");
    REFUSED(authenticate, in);
}

static void
a_session_comes_with_success_and_only_then(void **state)
{
    (void)state;
    struct authenticated_message in = {7, 99, AUTHENTICATE_OK}, back;
    ROUND_TRIP(authenticated, in, back);
    assert_true(back.connection == 7 && back.session == 99 && back.result == AUTHENTICATE_OK);
    in.result = AUTHENTICATE_REFUSED;
    REFUSED(authenticated, in);
    in.session = 0;
    ROUND_TRIP(authenticated, in, back);
    in.result = AUTHENTICATE_OK;
    REFUSED(authenticated, in);
    in.result = AUTHENTICATE_RESULT_COUNT;
    REFUSED(authenticated, in);
}

static void
submit_survives_the_way(void **state)
{
    (void)state;
    struct slice recipients[] = {SLICE("a@b.example"), SLICE("\"a b\"@c.example")};
    struct submit_message in = {1, 2, SLICE("ana@a.example"), recipients, 2}, back;
    ROUND_TRIP(submit, in, back);
    assert_true(back.submission == 1 && back.session == 2 && back.recipient_count == 2);
    assert_slice(back.reverse_path, in.reverse_path);
    assert_slice(back.recipients[0], recipients[0]);
    assert_slice(back.recipients[1], recipients[1]);
    in.reverse_path = SLICE("");
    REFUSED(submit, in);
}

static void
recipients_are_bounded(void **state)
{
    (void)state;
    static struct slice many[ENVELOPE_RECIPIENTS_MAX + 1];
    for (size_t i = 0; i <= ENVELOPE_RECIPIENTS_MAX; i++)
        many[i] = SLICE("a@b");
    struct submit_message in = {1, 2, SLICE("x@y"), many, ENVELOPE_RECIPIENTS_MAX}, back;
    buf_reset(&out);
    protocol_put_submit(&out, &in);
    assert_true(protocol_get_submit(arena, buf_slice(&out), &back));
    in.recipient_count++;
    REFUSED(submit, in);
    in.recipient_count = 0;
    REFUSED(submit, in);
    many[3] = SLICE("");
    in.recipient_count = 5;
    REFUSED(submit, in);
}

static void
a_count_without_its_items_costs_no_memory(void **state)
{
    (void)state;
    struct submit_message back;
    buf_reset(&out);
    wire_put_u64(&out, 1);
    wire_put_u64(&out, 2);
    wire_put_bytes(&out, SLICE("x@y"));
    wire_put_u32(&out, 1000);
    size_t before = arena_size(arena);
    assert_false(protocol_get_submit(arena, buf_slice(&out), &back));
    assert_true(arena_size(arena) == before);
}

static void
body_pieces_are_bounded(void **state)
{
    (void)state;
    static char piece[BODY_PIECE_MAX + 1];
    struct body_message in = {5, SLICE("hello\0"), true}, back;
    ROUND_TRIP(body, in, back);
    assert_true(back.number == 5 && back.last);
    assert_slice(back.piece, in.piece);
    REFUSED_WITH_BYTE(body, in, out.len - 1, 2); /* neither true nor false */
    in.piece = (struct slice){piece, BODY_PIECE_MAX};
    buf_reset(&out);
    protocol_put_body(&out, &in);
    assert_true(protocol_get_body(arena, buf_slice(&out), &back));
    in.piece.len++;
    REFUSED(body, in);
}

static void
numbers_and_credit_survive_the_way(void **state)
{
    (void)state;
    struct number_message number = {0x0102030405060708}, number_back;
    ROUND_TRIP(number, number, number_back);
    assert_true(number_back.number == number.number);
    struct credit_message credit = {9, BODY_CREDIT}, credit_back;
    ROUND_TRIP(credit, credit, credit_back);
    assert_true(credit_back.number == 9 && credit_back.bytes == BODY_CREDIT);
    credit.bytes++;
    REFUSED(credit, credit);
}

static void
submitted_carries_a_reply(void **state)
{
    (void)state;
    struct submitted_message in = {3, SLICE("250 Ok 0100")}, back;
    ROUND_TRIP(submitted, in, back);
    assert_true(back.submission == 3);
    assert_slice(back.reply, in.reply);
    in.reply = SLICE("");
    REFUSED(submitted, in);
}

static void
call_survives_the_way_and_is_bounded(void **state)
{
    (void)state;
    struct call_message in = {.call = 4,
                              .source_ip = SLICE("::1"),
                              .request_line = SLICE("POST / HTTP/1.1"),
                              .header = SLICE("Host: a\r\n"),
                              .length = 8,
                              .body = SLICE("Action=x")};
    struct call_message back;
    ROUND_TRIP(call, in, back);
    assert_true(back.call == 4);
    assert_slice(back.source_ip, in.source_ip);
    assert_slice(back.tls_version, SLICE(""));
    assert_slice(back.request_line, in.request_line);
    assert_slice(back.header, in.header);
    assert_slice(back.body, in.body);
    assert_true(back.length == 8 && back.how == CALL_BODY_WHOLE);
    in.header = (struct slice){memory_alloc(CALL_HEADER_MAX + 1), CALL_HEADER_MAX + 1};
    REFUSED(call, in);
    in.header.len--;
    ROUND_TRIP(call, in, back);
    free((char *)in.header.ptr);
    in.header = SLICE("");
    in.request_line = SLICE("");
    REFUSED(call, in);
}

static void
call_body_comes_as_it_is_announced(void **state)
{
    (void)state;
    static char piece[BODY_PIECE_MAX + 1];
    struct call_message in = {.call = 4,
                              .source_ip = SLICE("::1"),
                              .request_line = SLICE("POST / HTTP/1.1"),
                              .length = BODY_PIECE_MAX,
                              .body = {piece, BODY_PIECE_MAX}};
    struct call_message back;
    ROUND_TRIP(call, in, back);
    in.length = CALL_LENGTH_UNKNOWN;
    ROUND_TRIP(call, in, back);
    in.length = BODY_PIECE_MAX - 1;
    REFUSED(call, in);
    in.length = in.body.len = BODY_PIECE_MAX + 1;
    REFUSED(call, in);
    in.how = CALL_BODY_FOLLOWS;
    in.body.len = 1;
    REFUSED(call, in);
    in.body = SLICE("");
    in.length = CALL_BODY_MAX;
    ROUND_TRIP(call, in, back);
    assert_true(back.length == CALL_BODY_MAX && back.how == CALL_BODY_FOLLOWS);
    in.length = CALL_LENGTH_UNKNOWN;
    in.how = CALL_BODY_AWAITED;
    ROUND_TRIP(call, in, back);
    assert_true(back.length == CALL_LENGTH_UNKNOWN && back.how == CALL_BODY_AWAITED);
    in.length = 0;
    REFUSED(call, in);
    in.length = CALL_BODY_MAX + 1;
    REFUSED(call, in);
}

static void
return_has_an_http_status(void **state)
{
    (void)state;
    struct return_message in = {6, 404, SLICE("text/xml"), SLICE("A: b\r\n"), SLICE("<x/>")}, back;
    ROUND_TRIP(return, in, back);
    assert_true(back.call == 6 && back.status == 404);
    assert_slice(back.content_type, in.content_type);
    assert_slice(back.header, in.header);
    assert_slice(back.body, in.body);
    in.status = 99;
    REFUSED(return, in);
    in.status = 600;
    REFUSED(return, in);
    in.status = UINT32_MAX;
    REFUSED(return, in);
}

static struct deliver_message
delivery(void)
{
    static struct slice recipients[] = {{"a@b.example", 11}};
    return (struct deliver_message){.lease = 11,
                                    .message_id = SLICE("0100-id"),
                                    .reverse_path = SLICE("x@y.example"),
                                    .recipients = recipients,
                                    .recipient_count = 1,
                                    .domain = SLICE("b.example"),
                                    .route = ROUTE_SMARTHOST,
                                    .host = SLICE("relay.example"),
                                    .port = 65535,
                                    .tls = TLS_VERIFY,
                                    .user_name = SLICE("u"),
                                    .password = SLICE("p"),
                                    .allow_private = true,
                                    .eight_bit = false,
                                    .size = 100,
                                    .header = SLICE("A: b\r\n\r\n")};
}

static void
deliver_survives_the_way(void **state)
{
    (void)state;
    struct deliver_message in = delivery(), back;
    ROUND_TRIP(deliver, in, back);
    assert_true(back.lease == 11 && back.recipient_count == 1 && back.route == ROUTE_SMARTHOST);
    assert_true(back.port == 65535 && back.tls == TLS_VERIFY && back.size == 100);
    assert_true(back.allow_private && !back.eight_bit);
    assert_slice(back.message_id, in.message_id);
    assert_slice(back.reverse_path, in.reverse_path);
    assert_slice(back.recipients[0], in.recipients[0]);
    assert_slice(back.domain, in.domain);
    assert_slice(back.host, in.host);
    assert_slice(back.user_name, in.user_name);
    assert_slice(back.password, in.password);
    assert_slice(back.header, in.header);
}

static void
deliver_is_refused_when_it_cannot_be_meant(void **state)
{
    (void)state;
    struct deliver_message in = delivery();
    in.route = ROUTE_KIND_COUNT;
    REFUSED(deliver, in);
    in.route = ROUTE_CAPTURE; /* captured mail never reaches courier */
    REFUSED(deliver, in);
    in = delivery();
    in.tls = TLS_POLICY_COUNT;
    REFUSED(deliver, in);
    in = delivery();
    in.port = 0;
    REFUSED(deliver, in);
    in = delivery();
    in.host = SLICE("");
    REFUSED(deliver, in);
    in = delivery();
    in.domain = SLICE("");
    REFUSED(deliver, in);
    in = delivery();
    in.size = in.header.len - 1;
    REFUSED(deliver, in);
    in = delivery();
    in.recipient_count = 0;
    REFUSED(deliver, in);
}

static void
an_outcome_names_each_recipient_once(void **state)
{
    (void)state;
    struct recipient_outcome recipients[] = {
        {1, OUTCOME_DELIVERED, SLICE("250 2.0.0 Ok"), SLICE("2.0.0")},
        {0, OUTCOME_FAILED, SLICE("550 5.1.1 no"), SLICE("5.1.1")},
    };
    struct outcome_message in = {.lease = 8,
                                 .remote_host = SLICE("mx.example"),
                                 .remote_ip = SLICE("192.0.2.1"),
                                 .dialogue = SLICE("S: 220 mx.example\nC: EHLO mail.example"),
                                 .recipients = recipients,
                                 .recipient_count = 2};
    struct outcome_message back;
    ROUND_TRIP(outcome, in, back);
    assert_true(back.lease == 8 && back.recipient_count == 2);
    assert_slice(back.remote_host, in.remote_host);
    assert_slice(back.remote_ip, in.remote_ip);
    assert_slice(back.tls, in.tls);
    assert_slice(back.dialogue, in.dialogue);
    assert_true(back.recipients[0].index == 1 && back.recipients[1].index == 0);
    assert_true(back.recipients[1].kind == OUTCOME_FAILED);
    assert_slice(back.recipients[1].reply, recipients[1].reply);
    assert_slice(back.recipients[1].status, recipients[1].status);
    recipients[1].index = 1; /* twice */
    REFUSED(outcome, in);
    recipients[1].index = 2; /* beyond */
    REFUSED(outcome, in);
    recipients[1].index = UINT32_MAX;
    REFUSED(outcome, in);
    recipients[1].index = 0;
    recipients[1].kind = OUTCOME_KIND_COUNT;
    REFUSED(outcome, in);
    recipients[1].kind = OUTCOME_FAILED;
    char long_dialogue[DIALOGUE_MAX + 1];
    memset(long_dialogue, 'S', sizeof long_dialogue);
    in.dialogue = (struct slice){long_dialogue, sizeof long_dialogue};
    REFUSED(outcome, in);
    in.dialogue.len--;
    ROUND_TRIP(outcome, in, back);
    in.recipient_count = 0;
    REFUSED(outcome, in);
}

static struct slice returned_to[] = {{"abcdefghijklmnopqrstuvwxyz234@mail.example", 42},
                                     {"a@b", 3},
                                     {"a@c", 3},
                                     {"a@d", 3},
                                     {"a@e", 3},
                                     {"a@f", 3}};

static void
feedback_survives_the_way(void **state)
{
    (void)state;
    struct feedback_message back, in = {.number = 7,
                                        .source_ip = SLICE("2001:db8::1"),
                                        .reverse_path = SLICE(""),
                                        .recipients = returned_to,
                                        .recipient_count = FEEDBACK_RECIPIENTS_MAX,
                                        .message = SLICE("Subject: \xff\0\r\n\r\n")};
    ROUND_TRIP(feedback, in, back);
    assert_int_equal(back.number, 7);
    assert_slice(back.source_ip, in.source_ip);
    assert_int_equal(back.reverse_path.len, 0);
    assert_int_equal(back.recipient_count, FEEDBACK_RECIPIENTS_MAX);
    assert_slice(back.recipients[0], returned_to[0]);
    assert_slice(back.recipients[4], returned_to[4]);
    assert_slice(back.message, in.message);
}

static void
feedback_is_bounded(void **state)
{
    (void)state;
    char *large = memory_alloc(FEEDBACK_MESSAGE_MAX + 1);
    struct slice long_path[] = {{large, 321}};
    const struct feedback_message good = {.source_ip = SLICE("192.0.2.1"),
                                          .recipients = returned_to,
                                          .recipient_count = 1,
                                          .message = {large, FEEDBACK_MESSAGE_MAX}};
    struct feedback_message back, in = good;
    buf_reset(&out);
    protocol_put_feedback(&out, &in);
    assert_true(protocol_get_feedback(arena, buf_slice(&out), &back));
    assert_true(out.len < 1024 * 1024); /* the largest fits into a frame */
    in.message.len++;
    REFUSED(feedback, in);
    in = good;
    in.recipient_count = FEEDBACK_RECIPIENTS_MAX + 1;
    REFUSED(feedback, in);
    in.recipient_count = 0;
    REFUSED(feedback, in);
    in = good;
    in.recipients = long_path;
    REFUSED(feedback, in);
    in = good;
    in.reverse_path = long_path[0];
    REFUSED(feedback, in);
    in = good;
    in.source_ip = SLICE("");
    REFUSED(feedback, in);
    free(large);
}

static void
feedback_taken_has_a_known_result(void **state)
{
    (void)state;
    struct feedback_taken_message back, in = {.number = 9, .result = FEEDBACK_REFUSED};
    ROUND_TRIP(feedback_taken, in, back);
    assert_int_equal(back.number, 9);
    assert_int_equal(back.result, FEEDBACK_REFUSED);
    REFUSED_WITH_BYTE(feedback_taken, in, 8, FEEDBACK_RESULT_COUNT);
}

static void
what_is_posted_is_bounded_text(void **state)
{
    (void)state;
    char *large = memory_alloc(4098);
    struct post_message back, in = {.text = SLICE("postern ledger head\n")};
    ROUND_TRIP(post, in, back);
    assert_true(slice_eq(back.text, in.text));
    memset(large, 'x', 4097);
    in.text = (struct slice){large, 4097};
    REFUSED(post, in);
    large[0] = '\0';
    in.text = (struct slice){large, 10};
    REFUSED(post, in);
    in.text = SLICE("");
    REFUSED(post, in);
    free(large);
}

static void
resolve_takes_only_types_that_we_read(void **state)
{
    (void)state;
    static char longest[DNS_NAME_MAX + 1];
    memset(longest, 'a', sizeof longest);
    struct resolve_message in = {12, DNS_TLSA, SLICE("_25._tcp.mx.example")}, back;
    ROUND_TRIP(resolve, in, back);
    assert_true(back.query == 12 && back.type == DNS_TLSA);
    assert_slice(back.name, in.name);
    in.type = (enum dns_type)255; /* ANY */
    REFUSED(resolve, in);
    in.type = (enum dns_type)0;
    REFUSED(resolve, in);
    in.type = DNS_A;
    in.name = (struct slice){longest, DNS_NAME_MAX + 1};
    REFUSED(resolve, in);
    in.name = SLICE("");
    REFUSED(resolve, in);
}

static void
resolved_carries_the_answer(void **state)
{
    (void)state;
    struct dns_record records[] = {{10, SLICE("mx1.example")}, {65535, SLICE("")}};
    struct resolved_message in = {13, {DNS_FOUND, true, 300, SLICE("c.example"), records, 2}}, back;
    ROUND_TRIP(resolved, in, back);
    assert_true(back.query == 13 && back.answer.status == DNS_FOUND && back.answer.secure);
    assert_true(back.answer.ttl == 300 && back.answer.count == 2);
    assert_slice(back.answer.canonical_name, SLICE("c.example"));
    assert_true(back.answer.records[1].preference == 65535);
    assert_slice(back.answer.records[0].data, SLICE("mx1.example"));
    in.answer.count = 0; /* found, but nothing */
    REFUSED(resolved, in);
    in.answer.status = DNS_NODATA;
    ROUND_TRIP(resolved, in, back);
    in.answer.count = 1; /* nothing, but found */
    REFUSED(resolved, in);
    in.answer.count = 0;
    in.answer.status = DNS_STATUS_COUNT;
    REFUSED(resolved, in);
}

static void
resolved_records_are_bounded(void **state)
{
    (void)state;
    static struct dns_record many[DNS_RECORDS_MAX + 1];
    struct resolved_message in = {1, {DNS_FOUND, false, 0, SLICE(""), many, DNS_RECORDS_MAX}}, back;
    buf_reset(&out);
    protocol_put_resolved(&out, &in);
    assert_true(protocol_get_resolved(arena, buf_slice(&out), &back));
    in.answer.count++;
    REFUSED(resolved, in);
    in.answer.count = 1;
    buf_reset(&out);
    protocol_put_resolved(&out, &in);
    out.ptr[out.len - 8 + 2] = 1; /* a preference of 65536 */
    assert_false(protocol_get_resolved(arena, buf_slice(&out), &back));
}

static void
prove_expects_something(void **state)
{
    (void)state;
    struct prove_message in = {14, PROVE_DKIM, SLICE("s._domainkey.a.example"), SLICE("AAAA")},
                         back;
    ROUND_TRIP(prove, in, back);
    assert_true(back.query == 14 && back.kind == PROVE_DKIM);
    assert_slice(back.name, in.name);
    assert_slice(back.expected, in.expected);
    in.expected = SLICE("");
    REFUSED(prove, in);
    in.expected = SLICE("AAAA");
    in.kind = PROVE_KIND_COUNT;
    REFUSED(prove, in);
}

static void
proved_carries_the_finding(void **state)
{
    (void)state;
    static char seen[501];
    struct proved_message in = {15, PROOF_WRONG, false, true, SLICE("v=spf1")}, back;
    ROUND_TRIP(proved, in, back);
    assert_true(back.query == 15 && back.proof == PROOF_WRONG && !back.secure);
    assert_true(back.through_cname);
    assert_slice(back.seen, in.seen);
    in.seen = (struct slice){seen, sizeof seen};
    REFUSED(proved, in);
    in.seen = SLICE("");
    in.proof = PROOF_COUNT;
    REFUSED(proved, in);
}

static void
update_writes_a_record_or_takes_it_away(void **state)
{
    (void)state;
    struct update_message in = {16, true, SLICE("a._domainkey.test1.com"), SLICE("v=DKIM1")}, back;
    ROUND_TRIP(update, in, back);
    assert_true(back.query == 16 && back.add);
    assert_slice(back.name, in.name);
    assert_slice(back.value, in.value);
    in.add = false;
    REFUSED(update, in);
    in.value = SLICE("");
    ROUND_TRIP(update, in, back);
    assert_false(back.add);
    in.add = true;
    REFUSED(update, in);
    in = (struct update_message){16, false, SLICE(""), SLICE("")};
    REFUSED(update, in);
}

static void
updated_says_why_not(void **state)
{
    (void)state;
    static char reason[UPDATE_REASON_MAX + 1];
    struct updated_message in = {17, false, SLICE("REFUSED")}, back;
    ROUND_TRIP(updated, in, back);
    assert_true(back.query == 17 && !back.done);
    assert_slice(back.reason, in.reason);
    in.reason = (struct slice){reason, sizeof reason};
    REFUSED(updated, in);
}

static void
a_length_beyond_the_payload_is_refused(void **state)
{
    (void)state;
    struct submitted_message in = {3, SLICE("250 Ok")};
    REFUSED_WITH_BYTE(submitted, in, 8 + 3, 0xff);
    REFUSED_WITH_BYTE(submitted, in, 8, 7);
}

static void
each_role_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(role_name(ROLE_PARENT), "parent");
    assert_string_equal(role_name(ROLE_RESOLVER), "resolver");
    assert_string_equal(role_name(ROLE_COUNT), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authenticate_survives_the_way),
        cmocka_unit_test(a_session_comes_with_success_and_only_then),
        cmocka_unit_test(submit_survives_the_way),
        cmocka_unit_test(recipients_are_bounded),
        cmocka_unit_test(a_count_without_its_items_costs_no_memory),
        cmocka_unit_test(body_pieces_are_bounded),
        cmocka_unit_test(numbers_and_credit_survive_the_way),
        cmocka_unit_test(submitted_carries_a_reply),
        cmocka_unit_test(call_survives_the_way_and_is_bounded),
        cmocka_unit_test(call_body_comes_as_it_is_announced),
        cmocka_unit_test(return_has_an_http_status),
        cmocka_unit_test(deliver_survives_the_way),
        cmocka_unit_test(deliver_is_refused_when_it_cannot_be_meant),
        cmocka_unit_test(an_outcome_names_each_recipient_once),
        cmocka_unit_test(feedback_survives_the_way),
        cmocka_unit_test(feedback_is_bounded),
        cmocka_unit_test(feedback_taken_has_a_known_result),
        cmocka_unit_test(what_is_posted_is_bounded_text),
        cmocka_unit_test(resolve_takes_only_types_that_we_read),
        cmocka_unit_test(resolved_carries_the_answer),
        cmocka_unit_test(resolved_records_are_bounded),
        cmocka_unit_test(prove_expects_something),
        cmocka_unit_test(proved_carries_the_finding),
        cmocka_unit_test(update_writes_a_record_or_takes_it_away),
        cmocka_unit_test(updated_says_why_not),
        cmocka_unit_test(a_length_beyond_the_payload_is_refused),
        cmocka_unit_test(each_role_has_a_name),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
