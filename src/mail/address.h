/*
 * Mail addresses, strictly (RFC 5321 §4.1.2, RFC 5322 §3.4), without the obsolete forms.
 *
 * Canonical form: the domain in lower-case A-labels; the local part as written, except that a
 * quoted string whose content is a dot-atom is unquoted. Local parts are case-sensitive.
 */
#ifndef POSTERN_MAIL_ADDRESS_H
#define POSTERN_MAIL_ADDRESS_H

#include "base/memory.h"

struct address {
    struct slice local;  /* canonical, without quotes */
    struct slice domain; /* canonical */
    struct slice text;   /* local@domain, local quoted where it must be */
};

struct mailbox {
    struct slice shown; /* the mailbox as written, unfolded and trimmed: `Taro <taro@a.example>` */
    struct slice display_name; /* decoded (RFC 2047) UTF-8; empty when absent */
    struct address address;
};

struct path {
    struct address address;  /* text empty: the null path <> */
    struct slice parameters; /* what follows the path, trimmed */
};

enum { ADDRESS_MAX = 320, LOCAL_PART_MAX = 64, DOMAIN_MAX = 253, DISPLAY_NAME_MAX = 2000 };

/* What a dot-atom is made of beside full stops (RFC 5322 §3.2.3). */
bool address_is_atext(char c);

/* A domain: LDH labels of 1-63, no underscore, not all-numeric at the top, U-labels converted
 * by IDNA 2008 (never deleting characters). Address literals are refused. RC_SYNTAX says why. */
MUST_USE enum rc address_domain(struct arena *arena, struct slice text, struct slice *out,
                                struct err *err);
/* `local@domain` alone, quoted local parts allowed. ASCII local parts only (no SMTPUTF8). */
MUST_USE enum rc address_parse(struct arena *arena, struct slice text, struct address *out,
                               struct err *err);

/* The argument of MAIL FROM: or RCPT TO:. `<a@b>`, `<>` and, as SES takes them, ` a@b` and `a@b`.
 * Source routes are refused. */
MUST_USE enum rc address_path(struct arena *arena, struct slice text, struct path *out,
                              struct err *err);

/* A header's mailbox-list. Refused: groups, source routes, unbalanced quotes, comments or
 * brackets, empty lists and empty elements, NUL, 8-bit bytes, obsolete forms (but a full stop
 * in an unquoted name is taken: "Example Inc."), names or comments over 2,000 bytes. Comments are
 * allowed where RFC 5322 allows CFWS, are not part of the name, and may not show another address.
 * `value` may be folded. */
MUST_USE enum rc address_mailbox_list(struct arena *arena, struct slice value, struct mailbox **out,
                                      size_t *count, struct err *err);

/* One mailbox that is no header's value but a parameter: by the same rules, unfolded, and UTF-8 in
 * the display name, comments and domain. RC_SYNTAX when another follows. */
MUST_USE enum rc address_mailbox(struct arena *arena, struct slice text, struct mailbox *out,
                                 struct err *err);

/* taro+label@d -> taro@d (first `+`, never an empty local part); the same when there is none. */
struct slice address_without_label(struct arena *arena, const struct address *address);
/* Lower-cased, unquoted, without label: for Deny. Takes any text and folds what it can. */
struct slice address_fold(struct arena *arena, struct slice text);

/*
 * The first address (local@domain.tld) that a reader would see in a decoded display name, through
 * quotes, brackets, full-width forms and invisible characters.
 *
 * found  as written, a piece of display_name: compare with address_fold. A name may show several:
 *        search on in slice_from(display_name, found.ptr + found.len - display_name.ptr).
 */
bool address_appears_in(struct slice display_name, struct slice *found);
/* The name holds characters that change the order in which text is shown (UAX #9: embeddings,
 * overrides, isolates): with them `moc.elpmaxe@orij` reads as an address. */
bool address_is_reordered(struct slice display_name);

#endif
