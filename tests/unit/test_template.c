/* Templates: what each form renders, what is refused and where, and that work is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mail/template.h"

static struct arena *arena;
static struct err err;
static struct buf out;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new();
    buf_init(&out, 1024 * 1024);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    buf_fini(&out);
    return 0;
}

static struct json *
json(const char *text)
{
    struct json *value = NULL;
    if (json_parse(arena, slice_of(text), &value, &err) != RC_OK)
        fail_msg("%s: %s", text, err.text);
    return value;
}

static enum rc
render(struct slice text, const struct json *data)
{
    struct template *template;
    uint64_t steps = TEMPLATE_STEPS_MAX;
    buf_reset(&out);
    enum rc rc = template_parse(arena, text, &template, &err);
    return rc == RC_OK ? template_render(arena, template, data, &steps, &out, &err) : rc;
}

struct row {
    const char *template, *data, *expected;
};

static void
expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (render(slice_of(rows[i].template), json(rows[i].data)) != RC_OK)
            fail_msg("%s: %s", rows[i].template, err.text);
        if (!slice_is(buf_slice(&out), rows[i].expected))
            fail_msg("%s: '%.*s' is not '%s'", rows[i].template, SLICE_ARG(buf_slice(&out)),
                     rows[i].expected);
    }
}

#define EXPECT(rows) expect_rows((rows), sizeof(rows) / sizeof *(rows))

static void
names_are_replaced_and_nothing_is_escaped(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", "{}", ""},
        {"Hello {{name}}, {{ name }}!", "{\"name\":\"Ana\"}", "Hello Ana, Ana!"},
        {"{{x}} {{{x}}} {{&x}}", "{\"x\":\"<a&\\\"\"}", "<a&\" <a&\" <a&\""},
        {"{{escape x}}", "{\"x\":\"<a&\\\"'`>=\"}", "&lt;a&amp;&quot;&#x27;&#x60;&gt;="},
        {"{{escape 5}}{{escape true}}{{escape \"<\\\"\"}}{{escape '>'}}", "{}",
         "5true&lt;&quot;&gt;"},
        {"{{escape}} {{elsewhere}} {{ifx}}", "{\"escape\":1,\"elsewhere\":2,\"ifx\":3}", "1 2 3"},
        {"{{a:b}} {{a-b}} {{\xc3\xbc}} {{12}}", "{\"a:b\":1,\"a-b\":2,\"\xc3\xbc\":3,\"12\":4}",
         "1 2 3 4"},
        {"a } }} { b", "{}", "a } }} { b"},
    };
    EXPECT(rows);
}

static void
paths_lead_to_members_elements_and_lengths(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{a.b}} {{a/b}} {{this.a.b}} {{./a.b}} {{this/a/b}} {{@root.a.b}}", "{\"a\":{\"b\":1}}",
         "1 1 1 1 1 1"},
        {"{{l.[0]}} {{l.1}} {{l.1.x}} {{l.[2]}}|{{l.01}}", "{\"l\":[5,{\"x\":6}]}",
         "5 [object Object] 6 |"},
        {"{{[a b]}} {{o.[c.d]}} {{o.[e\\]]}} {{[this]}}",
         "{\"a b\":1,\"o\":{\"c.d\":2,\"e]\":3},\"this\":4}", "1 2 3 4"},
        {"{{l.length}} {{s.length}} {{o.length}}",
         "{\"l\":[1,2],\"s\":\"a\xc3\xa9\xf0\x9f\x98\x80\",\"o\":{\"length\":9}}", "2 4 9"},
        {"{{#with a}}{{#with b}}{{c}}{{../d}}{{../../e}}{{/with}}{{/with}}",
         "{\"a\":{\"b\":{\"c\":1},\"d\":2},\"e\":3}", "123"},
        {"{{#with this}}{{#with a}}{{../b}}{{/with}}{{/with}}", "{\"a\":{},\"b\":1}", "1"},
    };
    EXPECT(rows);
}

static void
values_are_printed_as_javascript_prints_them(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{t}} {{f}} {{n}}|", "{\"t\":true,\"f\":false,\"n\":null}", "true false |"},
        {"{{l}} {{o}}", "{\"l\":[1,null,[2,\"x\"],{}],\"o\":{}}",
         "1,,2,x,[object Object] [object Object]"},
        {"{{l}}", "{\"l\":[0,-0.0,1.0,100,-5,1e3,12.50,-0.5]}", "0,0,1,100,-5,1000,12.5,-0.5"},
        {"{{l}}", "{\"l\":[1e20,1e21,123456789012345680000,1.5e300]}",
         "100000000000000000000,1e+21,123456789012345680000,1.5e+300"},
        {"{{l}}", "{\"l\":[1e-6,1e-7,0.00012,5e-324,0.1,0.30000000000000004]}",
         "0.000001,1e-7,0.00012,5e-324,0.1,0.30000000000000004"},
        {"{{l}}", "{\"l\":[9007199254740993,0.10000000000000001,-1.25e-9]}",
         "9007199254740992,0.1,-1.25e-9"},
    };
    EXPECT(rows);
}

static void
a_condition_holds_for_what_is_truthy(void **state)
{
    (void)state;
    static const char choice[] = "{{#if x}}y{{else}}n{{/if}}{{#unless x}}n{{else}}y{{/unless}}";
    static const struct row rows[] = {
        {choice, "{}", "nn"},
        {choice, "{\"x\":null}", "nn"},
        {choice, "{\"x\":false}", "nn"},
        {choice, "{\"x\":0}", "nn"},
        {choice, "{\"x\":-0.0}", "nn"},
        {choice, "{\"x\":\"\"}", "nn"},
        {choice, "{\"x\":[]}", "nn"},
        {choice, "{\"x\":{}}", "yy"},
        {choice, "{\"x\":[0]}", "yy"},
        {choice, "{\"x\":\"0\"}", "yy"},
        {choice, "{\"x\":0.1}", "yy"},
        {"{{#if a.b.c}}y{{/if}}{{#if ../a}}y{{/if}}{{#if @index}}y{{/if}}", "{}", ""},
        {"{{#if true}}a{{/if}}{{#if false}}b{{/if}}{{#if null}}c{{/if}}{{#if 0}}d{{/if}}"
         "{{#if -1.5}}e{{/if}}{{#if \"\"}}f{{/if}}{{#if 'x'}}g{{/if}}{{#if undefined}}h{{/if}}",
         "{}", "aeg"},
        {"{{#if a}}A{{else if b}}B{{else if c}}C{{else}}D{{/if}}", "{\"b\":1,\"c\":1}", "B"},
        {"{{#if a}}A{{else if b}}B{{else if c}}C{{else}}D{{/if}}", "{\"c\":1}", "C"},
        {"{{#if a}}A{{else if b}}B{{else if c}}C{{else}}D{{/if}}", "{}", "D"},
        {"{{#if a}}A{{else each l}}{{this}}{{/if}}{{#if a}}{{^}}E{{/if}}", "{\"l\":[1,2]}", "12E"},
    };
    EXPECT(rows);
}

static void
with_takes_anything_but_nothing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{#with p}}{{n}}{{else}}-{{/with}}", "{\"p\":{\"n\":1}}", "1"},
        {"{{#with p}}{{n}}{{else}}-{{/with}}", "{}", "-"},
        {"{{#with p}}{{n}}{{else}}-{{/with}}", "{\"p\":[]}", "-"},
        {"{{#with p}}{{.}}{{else}}-{{/with}}", "{\"p\":0}", "0"},
        {"{{#with p}}{{.}}{{else}}-{{/with}}", "{\"p\":\"\"}", "-"},
    };
    EXPECT(rows);
}

static void
each_goes_through_lists_and_objects_in_their_order(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{#each l}}{{@index}}{{this}}{{.}}{{@key}} {{@first}} {{@last}};{{/each}}",
         "{\"l\":[\"a\",\"b\"]}", "0aa0 true false;1bb1 false true;"},
        {"{{#each o}}{{@index}}{{@key}}={{this}}{{#unless @last}},{{/unless}}{{/each}}",
         "{\"o\":{\"z\":1,\"b\":2,\"1\":3}}", "0z=1,1b=2,21=3"},
        {"{{#each l}}x{{else}}none{{/each}}", "{\"l\":[]}", "none"},
        {"{{#each l}}x{{else}}none{{/each}}", "{\"l\":{}}", "none"},
        {"{{#each l}}x{{else}}none{{/each}}", "{\"l\":\"text\"}", "none"},
        {"{{#each l}}x{{else}}none{{/each}}", "{}", "none"},
        {"{{#each l}}{{this}}|{{/each}}", "{\"l\":[null,1]}", "|1|"},
        {"{{#each l}}{{#if this}}{{../x}}{{/if}}{{/each}}", "{\"l\":[1,0,2],\"x\":\"q\"}", "qq"},
        {"{{#each l}}{{#each a}}{{@../index}}.{{@index}}{{../b}}{{../../c}} {{/each}}{{/each}}",
         "{\"l\":[{\"a\":[7,8],\"b\":\"u\"},{\"a\":[9],\"b\":\"v\"}],\"c\":\"w\"}",
         "0.0uw 0.1uw 1.0vw "},
    };
    EXPECT(rows);
}

static void
inline_partials_are_known_around_their_definition(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{#* inline \"n\"}}[{{name}}]{{/inline}}{{#each l}}{{> n}}{{/each}}{{> \"n\" l.[0]}}",
         "{\"l\":[{\"name\":1},{\"name\":2}]}", "[1][2][1]"},
        {"{{> n}}{{#*inline 'n'}}a{{/inline}}", "{}", "a"},
        {"{{#*inline \"n\"}}a{{/inline}}{{#*inline \"n\"}}b{{/inline}}{{> n}}", "{}", "b"},
        {"{{#*inline \"n\"}}a{{/inline}}{{#if true}}{{#*inline \"n\"}}b{{/inline}}{{> n}}{{/if}}"
         "{{#if true}}{{> n}}{{/if}}",
         "{}", "ba"},
        {"{{#*inline \"t\"}}{{n}}{{#each c}}({{> t}}){{/each}}{{/inline}}{{> t}}",
         "{\"n\":1,\"c\":[{\"n\":2},{\"n\":3,\"c\":[{\"n\":4}]}]}", "1(2)(3(4))"},
        {"a\n{{#*inline \"n\"}}\nx\ny\n{{/inline}}\n  {{> n}}\nz", "{}", "a\n  x\n  y\nz"},
        {"a\n{{#*inline \"n\"}}\nx\ny\n{{/inline}}\n  .{{> n}}\nz", "{}", "a\n  .x\ny\n\nz"},
    };
    EXPECT(rows);
}

static void
white_space_goes_with_tags_alone_on_a_line_and_with_tildes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a\n  {{#if a}}  \n  A\n  {{else}}\nB\n  {{/if}}  \nz", "{\"a\":1}", "a\n  A\nz"},
        {"a\r\n{{#if a}}\r\nA\r\n{{/if}}\r\nz", "{\"a\":1}", "a\r\nA\r\nz"},
        {"{{#if a}}\n{{#if a}}\nx\n{{/if}}\n{{/if}}\n", "{\"a\":1}", "x\n"},
        {"{{#if a}} {{#if a}}\nx\n{{/if}} {{/if}}\n", "{\"a\":1}", " \nx\n \n"},
        {"x {{#if a}}\ny\n{{/if}} z\n", "{\"a\":1}", "x \ny\n z\n"},
        {"{{#if a}}\n\n  y\n\n{{/if}}\n\nz", "{\"a\":1}", "\n  y\n\n\nz"},
        {"{{#if b}}\nA\n  {{else if a}}\nB\n  {{/if}}\nz", "{\"a\":1}", "B\nz"},
        {"a\n  {{! x }}  \nb", "{}", "a\nb"},
        {"a\n  {{a}}  \nb", "{\"a\":1}", "a\n  1  \nb"},
        {"a  {{~x~}}  \n b {{~#if x~}} c {{~/if~}} d", "{\"x\":1}", "a1bcd"},
        {"a {{~{x}~}} b {{~else2~}} c", "{\"x\":1,\"else2\":2}", "a1b2c"},
        {"{{#if x}} a {{~else~}} b {{/if}}", "{}", "b "},
    };
    EXPECT(rows);
}

static void
comments_and_escaped_tags_are_no_tags(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a{{! x }}b{{!-- }} {{y}} --}}c{{!--}}d{{!---~}} e", "{}", "abcde"},
        {"\\{{x}} {{x}} \\\\{{x}} \\\\\\{{x}} a\\b", "{\"x\":1}", "{{x}} 1 \\1 \\\\1 a\\b"},
        {"\\{{x}}\\{{#if}}{{x}}", "{\"x\":1}", "{{x}}{{#if}}1"},
    };
    EXPECT(rows);
}

static void
tags_that_the_message_fills_in_stay(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{ses:openTracker}} {{ amazonSESUnsubscribeUrl }} {{{amazonSESUnsubscribeUrl}}}",
         "{\"amazonSESUnsubscribeUrl\":1}",
         "{{ses:openTracker}} {{amazonSESUnsubscribeUrl}} {{amazonSESUnsubscribeUrl}}"},
    };
    EXPECT(rows);
}

static void
expect_failure(const char *template, const char *data, enum rc rc, const char *text)
{
    enum rc got = render(slice_of(template), json(data));
    if (got != rc || err.rc != rc || strcmp(err.text, text) != 0)
        fail_msg("%s: %s '%s', not '%s'", template, rc_name(got), err.text, text);
}

static void
a_missing_attribute_fails_and_is_named_as_written(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Hi {{name}}", "{}", "name"},
        {"{{ a.b.c }}", "{}", "a.b.c"},
        {"{{{ this.[a b] }}}", "{}", "this.[a b]"},
        {"{{escape x}}", "{}", "x"},
        {"{{#each l}}{{x}}{{/each}}", "{\"l\":[{}],\"x\":1}", "x"},
        {"{{#with a}}{{x}}{{/with}}", "{\"a\":\"text\",\"x\":1}", "x"},
        {"{{../x}}", "{\"x\":1}", "../x"},
        {"{{@index}}", "{}", "@index"},
        {"{{#*inline \"n\"}}{{/inline}}{{> n x}}", "{}", "x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = arena_printf(
            arena, "Attribute '%s' is not present in the rendering data.", rows[i].expected);
        expect_failure(rows[i].template, rows[i].data, RC_NOT_FOUND, text.ptr);
    }
}

static void
what_is_missing_within_something_present_prints_nothing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{a.x}}|{{a.b.c}}|{{n.x}}|{{s.x}}|{{l.[9]}}|{{l.x}}",
         "{\"a\":{\"b\":1},\"n\":null,\"s\":\"x\",\"l\":[]}", "|||||"},
    };
    EXPECT(rows);
}

static void
errors_say_where_and_what(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a\n {{#if a}}\n", "line 2, column 2", "{{#if}} is not closed"},
        {"{{#*inline \"n\"}}", "line 1, column 1", "{{#*inline}} is not closed"},
        {"{{#if a}}\n {{/each}}", "line 2, column 2",
         "{{/each}} where the {{#if}} of line 1, column 1 is open"},
        {"{{#*inline \"n\"}}{{/if}}", "line 1, column 17",
         "{{/if}} where the {{#*inline}} of line 1, column 1 is open"},
        {"{{/if}}", "line 1, column 1", "{{/if}} closes nothing"},
        {"{{else}}", "line 1, column 1", "{{else}} outside a block"},
        {"{{#*inline \"n\"}}{{else}}{{/inline}}", "line 1, column 17", "{{else}} outside a block"},
        {"{{#if a}}{{else}}{{else}}{{/if}}", "line 1, column 18",
         "{{else}} after the {{else}} of {{#if}}"},
        {"x {{a", "line 1, column 3", "the tag is not closed"},
        {"x {{", "line 1, column 5", "a name is expected"},
        {"{{a}", "line 1, column 1", "the tag is not closed"},
        {"{{{a}} }}", "line 1, column 5", "}}} is expected"},
        {"{{{a }}", "line 1, column 6", "}}} is expected"},
        {"{{&a } }}", "line 1, column 6", "}} is expected"},
        {"{{}}", "line 1, column 3", "a name is expected"},
        {"{{a.}}", "line 1, column 5", "a name is expected"},
        {"{{@this}}", "line 1, column 3", "a name is expected after @"},
        {"{{a/../b}}", "line 1, column 5", "'..' may not follow a name"},
        {"{{!-- x }}", "line 1, column 1", "the comment is not closed"},
        {"{{#foo}}{{/foo}}", "line 1, column 4", "unknown helper 'foo'"},
        {"{{foo bar}}", "line 1, column 3", "unknown helper 'foo'"},
        {"{{#if a}}{{else foo}}{{/if}}", "line 1, column 17", "unknown helper 'foo'"},
        {"{{#if}}{{/if}}", "line 1, column 6", "'if' needs an argument"},
        {"{{#if a b}}{{/if}}", "line 1, column 9", "}} is expected"},
        {"{{#each a as |b|}}{{/each}}", "line 1, column 11", "}} is expected"},
        {"{{#if (a)}}{{/if}}", "line 1, column 7", "subexpressions are not supported"},
        {"{{#if \"a}}", "line 1, column 7", "\" is expected after this"},
        {"{{[a}}", "line 1, column 3", "] is expected after this"},
        {"{{> n}}", "line 1, column 5", "the partial 'n' is not defined here"},
        {"{{#if a}}{{#*inline \"n\"}}{{/inline}}{{else}}{{> n}}{{/if}}", "line 1, column 49",
         "the partial 'n' is not defined here"},
        {"{{> (x)}}", "line 1, column 5", "the name of a partial is expected"},
        {"{{#* foo \"n\"}}{{/foo}}", "line 1, column 6", "unknown decorator 'foo'"},
        {"{{#*inline n}}{{/inline}}", "line 1, column 12",
         "the name of the partial is expected in quotes"},
        {"{{#> n}}{{/n}}", "line 1, column 1", "partial blocks are not supported"},
        {"{{{{a}}}}{{{{/a}}}}", "line 1, column 1", "raw blocks are not supported"},
        {"{{escape 1234567890123456789012345678901234567890123456789012345678901234567890}}",
         "line 1, column 10", "the number is too long"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = arena_printf(arena, "%s: %s", rows[i].data, rows[i].expected);
        expect_failure(rows[i].template, "{}", RC_SYNTAX, text.ptr);
    }
}

static struct slice
repeated(const char *text, size_t count)
{
    struct slice all = {arena_alloc(arena, strlen(text) * count + 1), strlen(text) * count};
    for (size_t i = 0; i < count; i++)
        memcpy((char *)all.ptr + i * strlen(text), text, strlen(text));
    return all;
}

static struct slice
nested(size_t depth)
{
    return arena_concat(arena, repeated("{{#if true}}", depth), repeated("{{/if}}", depth));
}

static void
size_and_nesting_of_a_template_are_limited(void **state)
{
    (void)state;
    assert_int_equal(render(nested(TEMPLATE_DEPTH_MAX), json("{}")), RC_OK);
    assert_int_equal(render(nested(TEMPLATE_DEPTH_MAX + 1), json("{}")), RC_LIMIT);
    assert_int_equal(render(repeated("x", TEMPLATE_BYTES_MAX), json("{}")), RC_OK);
    assert_int_equal(render(repeated("x", TEMPLATE_BYTES_MAX + 1), json("{}")), RC_LIMIT);
    static const char partial[] = "{{#*inline \"n\"}}{{/inline}}";
    assert_int_equal(render(repeated(partial, TEMPLATE_PARTIALS_MAX), json("{}")), RC_OK);
    assert_int_equal(render(repeated(partial, TEMPLATE_PARTIALS_MAX + 1), json("{}")), RC_LIMIT);
}

static void
a_long_chain_of_else_is_not_nesting(void **state)
{
    (void)state;
    struct slice chain = arena_concat(arena, SLICE("{{#if a}}"), repeated("{{else if a}}x", 1000));
    assert_int_equal(render(arena_concat(arena, chain, SLICE("{{else}}y{{/if}}")), json("{}")),
                     RC_OK);
    assert_true(slice_is(buf_slice(&out), "y"));
}

static void
partials_that_use_themselves_end(void **state)
{
    (void)state;
    expect_failure("{{#*inline \"n\"}}{{> n}}{{/inline}}{{> n}}", "{}", RC_LIMIT,
                   "blocks and partials are nested more than 100 deep");
    expect_failure(
        "{{#*inline \"n\"}}{{> n}}{{> n}}{{#if @root.x}}{{> n}}{{/if}}{{/inline}}{{> n}}", "{}",
        RC_LIMIT, "blocks and partials are nested more than 100 deep");
}

static struct json *
numbers(size_t count)
{
    struct slice list = repeated("1,", count);
    return json(arena_printf(arena, "{\"l\":[%.*s1]}", SLICE_ARG(list)).ptr);
}

static void
work_is_limited(void **state)
{
    (void)state;
    static const char limit[] = "the template takes too many steps to render";
    static const char *const costly[] = {
        "{{#each l}}{{#each ../l}}{{/each}}{{/each}}",
        "{{#each l}}{{#each ../l}}{{#each ../../l}}{{#if x}}{{/if}}{{/each}}{{/each}}{{/each}}",
        "{{#each l}}{{#each ../l}}{{#if ../../l.[9000]}}{{/if}}{{/each}}{{/each}}",
    };
    struct json *data = numbers(9990);
    for (size_t i = 0; i < sizeof costly / sizeof *costly; i++) {
        assert_int_equal(render(slice_of(costly[i]), data), RC_LIMIT);
        assert_string_equal(err.text, limit);
    }
    assert_int_equal(render(SLICE("{{#each l}}{{this}}{{/each}}"), data), RC_OK);
}

static void
output_is_limited_by_its_buffer(void **state)
{
    (void)state;
    struct template *template;
    uint64_t steps = TEMPLATE_STEPS_MAX;
    struct buf small;
    struct json *data = json("{\"a\":\"12345\"}");
    assert_int_equal(template_parse(arena, SLICE("{{a}}{{a}}"), &template, &err), RC_OK);
    buf_init(&small, 10);
    assert_int_equal(template_render(arena, template, data, &steps, &small, &err), RC_OK);
    assert_true(slice_is(buf_slice(&small), "1234512345"));
    buf_fini(&small);
    buf_init(&small, 9);
    assert_int_equal(template_render(arena, template, data, &steps, &small, &err), RC_LIMIT);
    assert_string_equal(err.text, "what the template renders is longer than 9 bytes");
    buf_fini(&small);
}

static void
several_renderings_share_their_steps(void **state)
{
    (void)state;
    struct template *template;
    uint64_t steps = 10;
    struct json *data = json("{\"l\":[1,2,3]}");
    assert_int_equal(template_parse(arena, SLICE("{{#each l}}{{this}}{{/each}}"), &template, &err),
                     RC_OK);
    unsigned times = 0;
    while (template_render(arena, template, data, &steps, &out, &err) == RC_OK && times < 10)
        times++;
    assert_in_range(times, 0, 3);
    assert_int_equal(steps, 0);
}

static void
what_is_rendered_is_appended(void **state)
{
    (void)state;
    struct template *template;
    uint64_t steps = TEMPLATE_STEPS_MAX;
    assert_int_equal(template_parse(arena, SLICE("{{a}}"), &template, &err), RC_OK);
    buf_add_cstr(&out, "before ");
    assert_int_equal(template_render(arena, template, json("{\"a\":1}"), &steps, &out, &err),
                     RC_OK);
    assert_true(slice_is(buf_slice(&out), "before 1"));
}

static void
replacement_data_goes_over_default_data_by_top_level_name(void **state)
{
    (void)state;
    struct json *defaults = json("{\"a\":1,\"b\":{\"x\":1,\"y\":2},\"c\":3}");
    struct json *replacement = json("{\"b\":{\"x\":9},\"d\":4}");
    struct json *merged = template_merge(arena, defaults, replacement);
    assert_int_equal(merged->count, 4);
    assert_int_equal(
        render(SLICE("{{#each this}}{{@key}}{{/each}} {{a}} {{b.x}} {{b.y}} {{d}}"), merged),
        RC_OK);
    assert_true(slice_is(buf_slice(&out), "abcd 1 9  4"));
    assert_int_equal(defaults->count, 3);
    assert_true(slice_is(json_member(json_member(defaults, "b"), "y")->text, "2"));
    assert_int_equal(template_merge(arena, NULL, replacement)->count, 2);
    assert_int_equal(template_merge(arena, defaults, NULL)->count, 3);
    assert_int_equal(template_merge(arena, NULL, NULL)->count, 0);
    assert_int_equal(template_merge(arena, defaults, json("{}"))->count, 3);
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(names_are_replaced_and_nothing_is_escaped),
        UNIT(paths_lead_to_members_elements_and_lengths),
        UNIT(values_are_printed_as_javascript_prints_them),
        UNIT(a_condition_holds_for_what_is_truthy),
        UNIT(with_takes_anything_but_nothing),
        UNIT(each_goes_through_lists_and_objects_in_their_order),
        UNIT(inline_partials_are_known_around_their_definition),
        UNIT(white_space_goes_with_tags_alone_on_a_line_and_with_tildes),
        UNIT(comments_and_escaped_tags_are_no_tags),
        UNIT(tags_that_the_message_fills_in_stay),
        UNIT(a_missing_attribute_fails_and_is_named_as_written),
        UNIT(what_is_missing_within_something_present_prints_nothing),
        UNIT(errors_say_where_and_what),
        UNIT(size_and_nesting_of_a_template_are_limited),
        UNIT(a_long_chain_of_else_is_not_nesting),
        UNIT(partials_that_use_themselves_end),
        UNIT(work_is_limited),
        UNIT(output_is_limited_by_its_buffer),
        UNIT(several_renderings_share_their_steps),
        UNIT(what_is_rendered_is_appended),
        UNIT(replacement_data_goes_over_default_data_by_top_level_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
