#include "identity/dmarc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
put(struct answers *answers, const char *name, enum dns_status status, const char *const *texts,
    size_t count)
{
    struct dns_answer answer = {.status = status,
                                .records = ARENA_ARRAY(arena, struct dns_record, count + 1)};
    for (; answer.count < count; answer.count++)
        answer.records[answer.count].data = slice_of(texts[answer.count]);
    answers_put(answers, DNS_TXT, slice_of(name), &answer);
}

/* With one record at the domain's name and one above it; NULL: none. */
static struct dmarc_found
found(const char *domain, const char *own, const char *above)
{
    struct answers *answers = answers_new(arena);
    struct dmarc_found out;
    put(answers, arena_printf(arena, "_dmarc.%s", domain).ptr, own ? DNS_FOUND : DNS_NXDOMAIN, &own,
        own != NULL);
    put(answers, "_dmarc.example.co.jp", above ? DNS_FOUND : DNS_NODATA, &above, above != NULL);
    assert_int_equal(dmarc_find(arena, answers, slice_of(domain), &out), RC_OK);
    return out;
}

static void
the_organizational_domain_is_that_of_the_public_suffix_list(void **state)
{
    (void)state;
    assert_true(slice_is(dmarc_organization(arena, SLICE("a.b.example.com")), "example.com"));
    assert_true(slice_is(dmarc_organization(arena, SLICE("Mail.Example.co.jp")), "example.co.jp"));
    assert_true(slice_is(dmarc_organization(arena, SLICE("example.com")), "example.com"));
    assert_true(slice_is(dmarc_organization(arena, SLICE("co.jp")), "co.jp"));
}

/* RFC 7489 Appendix B.1 */
static void
alignment_is_of_one_organization_unless_it_is_strict(void **state)
{
    (void)state;
    assert_true(dmarc_aligned(arena, SLICE("example.com"), SLICE("example.com"), true));
    assert_true(dmarc_aligned(arena, SLICE("child.example.com"), SLICE("example.com"), false));
    assert_false(dmarc_aligned(arena, SLICE("child.example.com"), SLICE("example.com"), true));
    assert_true(dmarc_aligned(arena, SLICE("example.com"), SLICE("child.example.com"), false));
    assert_false(dmarc_aligned(arena, SLICE("example.net"), SLICE("child.example.com"), false));
    assert_false(dmarc_aligned(arena, SLICE("other.co.jp"), SLICE("example.co.jp"), false));
    assert_false(dmarc_aligned(arena, SLICE(""), SLICE("example.com"), false));
}

static void
a_record_of_the_domain_goes_before_that_of_the_organization(void **state)
{
    (void)state;
    struct dmarc_found own = found("m.example.co.jp", "v=DMARC1; p=none", "v=DMARC1; p=reject");
    assert_int_equal(own.state, DMARC_PRESENT);
    assert_int_equal(own.record.policy, DMARC_NONE);
    assert_true(slice_is(own.name, "_dmarc.m.example.co.jp"));
    struct dmarc_found above = found("m.example.co.jp", NULL, "v=DMARC1; p=none; sp=reject");
    assert_int_equal(above.record.policy, DMARC_REJECT);
    assert_true(slice_is(above.name, "_dmarc.example.co.jp"));
    assert_int_equal(found("m.example.co.jp", "spf", "v=DMARC1; p=reject").record.policy,
                     DMARC_REJECT);
    assert_int_equal(found("m.example.co.jp", NULL, NULL).state, DMARC_ABSENT);
}

static void
sp_is_for_what_is_below_the_domain_alone(void **state)
{
    (void)state;
    const char *text = "v=DMARC1; p=quarantine; sp=none";
    assert_int_equal(found("example.co.jp", text, text).record.policy, DMARC_QUARANTINE);
    assert_int_equal(found("m.example.co.jp", NULL, text).record.policy, DMARC_NONE);
}

static void
every_tag_is_read_and_what_is_not_given_is_relaxed(void **state)
{
    (void)state;
    struct dmarc_record all =
        found("a.example.co.jp", "v=DMARC1;p=reject ; adkim=s;aspf=S; pct=20; x=y;", NULL).record;
    assert_true(all.strict_dkim && all.strict_spf);
    assert_int_equal(all.percent, 20);
    struct dmarc_record none =
        found("a.example.co.jp", "v=DMARC1; p=reject; pct=101; adkim=q", NULL).record;
    assert_true(!none.strict_dkim && !none.strict_spf && none.percent == 100);
}

static void
what_receivers_leave_aside_is_told_with_the_reason(void **state)
{
    (void)state;
    assert_int_equal(found("a.example.co.jp", "v=DMARC1; p=strict", NULL).state, DMARC_UNUSABLE);
    assert_int_equal(found("a.example.co.jp", "v=DMARC1", NULL).state, DMARC_UNUSABLE);
    assert_int_equal(found("a.example.co.jp", "v=DMARC1; p=none; p=none", NULL).state,
                     DMARC_UNUSABLE);
    struct dmarc_found reports =
        found("a.example.co.jp", "v=DMARC1; p=bad; rua=mailto:a@example.co.jp", NULL);
    assert_int_equal(reports.state, DMARC_PRESENT);
    assert_int_equal(reports.record.policy, DMARC_NONE);
    assert_int_equal(found("a.example.co.jp", "p=reject; v=DMARC1", NULL).state, DMARC_ABSENT);
    assert_int_equal(found("a.example.co.jp", "v=DMARC2; p=reject", NULL).state, DMARC_ABSENT);
}

static void
two_records_are_as_good_as_none_and_silence_is_no_absence(void **state)
{
    (void)state;
    static const char *const two[] = {"v=DMARC1; p=reject", "v=DMARC1; p=none"};
    struct answers *answers = answers_new(arena);
    struct dmarc_found out;
    assert_int_equal(dmarc_find(arena, answers, SLICE("a.example"), &out), RC_AGAIN);
    put(answers, "_dmarc.a.example", DNS_FOUND, two, 2);
    assert_int_equal(dmarc_find(arena, answers, SLICE("a.example"), &out), RC_OK);
    assert_int_equal(out.state, DMARC_UNUSABLE);
    put(answers, "_dmarc.a.example", DNS_TEMPORARY, NULL, 0);
    assert_int_equal(dmarc_find(arena, answers, SLICE("a.example"), &out), RC_OK);
    assert_int_equal(out.state, DMARC_UNKNOWN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_organizational_domain_is_that_of_the_public_suffix_list),
        cmocka_unit_test(alignment_is_of_one_organization_unless_it_is_strict),
        cmocka_unit_test(a_record_of_the_domain_goes_before_that_of_the_organization),
        cmocka_unit_test(sp_is_for_what_is_below_the_domain_alone),
        cmocka_unit_test(every_tag_is_read_and_what_is_not_given_is_relaxed),
        cmocka_unit_test(what_receivers_leave_aside_is_told_with_the_reason),
        cmocka_unit_test(two_records_are_as_good_as_none_and_silence_is_no_absence),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
