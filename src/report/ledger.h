/*
 * The ledger: one record for everything that somebody did or that became of it, in one order that
 * cannot be changed unseen. Pure; the writer appends (api/ledger_book.h), store/ledger_records.h
 * keeps.
 *
 *     record   1 (version) || kind (1) || time (8, ms) || fields || [commitment (32)]
 *     field    number (1) || length (2) || value          in ascending order, none empty
 *     details  salt (16) || fields                         what is personal, beside the record
 *     commitment = SHA-256(details)
 *     chain[n]   = SHA-256(chain[n - 1] || n (8) || record),   chain[0] = 32 zeros
 *
 * Numbers are big-endian. Only the commitment to the details is in the chain, so that they can be
 * erased without breaking it: what is left in their place is the number (8) of the record that says
 * so, and how many there were. The salt goes with them: an address could be guessed otherwise.
 *
 * Whoever owns the host can write another chain. A head, signed and kept elsewhere, is what they
 * cannot write again: it says where the chain stood. A start is the same about where it begins since
 * the oldest part was cut off on purpose.
 */
#ifndef POSTERN_REPORT_LEDGER_H
#define POSTERN_REPORT_LEDGER_H

#include "base/memory.h"

enum { LEDGER_HASH = 32, LEDGER_SALT = 16, LEDGER_VALUE_MAX = 1024, LEDGER_PART_MAX = 32 * 1024 };

enum ledger_kind {
    LEDGER_OF_SERVICE, /* started, restored from a backup */
    LEDGER_LOGIN,
    LEDGER_DECISION, /* about a message */
    LEDGER_CALL,     /* of the APIs, or of the administrator */
    LEDGER_OUTCOME,  /* of an attempt, or what else became of a recipient */
    LEDGER_ERASURE,
    LEDGER_KIND_COUNT
};
const char *ledger_kind_name(enum ledger_kind kind); /* "decision" */

/* Their order is written in records: new ones come at the end. */
enum ledger_field {
    LEDGER_WHAT, /* "ses:SendRawEmail", "user.create", "delivered" */
    LEDGER_RESULT,
    LEDGER_ACCESS_KEY,
    LEDGER_SOURCE,
    LEDGER_TLS,
    LEDGER_CLIENT,
    LEDGER_SERVICE,
    LEDGER_MESSAGE,
    LEDGER_ABOUT, /* the message that a report is about */
    LEDGER_RECIPIENTS,
    LEDGER_SIGNATURES, /* "example.org/selector" */
    LEDGER_STATUS,
    LEDGER_REMOTE, /* "host [address]"; LEDGER_TLS then tells how it was spoken to */
    LEDGER_ATTEMPT,
    LEDGER_NEXT, /* when it is tried again */
    LEDGER_REQUEST,
    LEDGER_COUNT,
    LEDGER_PRINCIPAL, /* from here on personal: in the details */
    LEDGER_POLICY,
    LEDGER_STATEMENT,
    LEDGER_RESOURCE,
    LEDGER_REVERSE_PATH,
    LEDGER_FROM,
    LEDGER_ADDRESS, /* the sender address that decided */
    LEDGER_RECIPIENT,
    LEDGER_REPLY,
    LEDGER_SUBJECT,  /* of a call: on what */
    LEDGER_DIALOGUE, /* of an attempt that did not deliver: "S: 220 mx\nC: EHLO ..." */
    LEDGER_FIELD_COUNT,
    LEDGER_PERSONAL = LEDGER_PRINCIPAL
};
const char *ledger_field_name(enum ledger_field field); /* "access_key" */

struct ledger_record {
    enum ledger_kind kind;
    int64_t at_ms;
    struct slice fields[LEDGER_FIELD_COUNT]; /* empty: not there */
    int64_t erased; /* of one that was read: which record erased its details; 0: none */
};

/* What of a longer value is kept: LEDGER_VALUE_MAX bytes. `details` stays empty when nothing is
 * personal. */
void ledger_encode(const struct ledger_record *record, const uint8_t salt[LEDGER_SALT],
                   struct buf *plain, struct buf *details);
/* Borrows from both. RC_SYNTAX: not a record, or these are not its details. */
MUST_USE enum rc ledger_decode(struct slice plain, struct slice details, struct ledger_record *out,
                               struct err *err);

/* chain: that of the record before; becomes that of this one. */
void ledger_chain(uint8_t chain[LEDGER_HASH], int64_t number, struct slice plain);

/* What is kept in place of details. */
struct slice ledger_erased(struct arena *arena, int64_t erasure);
/* Does a value name the address, whole, wherever it stands in it? Without regard to case. */
bool ledger_names(struct slice value, struct slice address);
/* Do the details of a record that was read? */
bool ledger_details_name(const struct ledger_record *record, struct slice address);

/* How a record has to do with something that is asked for: bits. */
enum ledger_relation {
    LEDGER_AS_MESSAGE = 1,
    LEDGER_AS_KEY = 2,
    LEDGER_AS_USER = 4,
    LEDGER_AS_SENDER = 8,     /* an address that it was sent as */
    LEDGER_AS_RECIPIENT = 16, /* or to */
    LEDGER_AS_SUBJECT = 32    /* what somebody did something to */
};
unsigned ledger_relation(const struct ledger_record *record, struct slice about);

/* ---- heads ---- */

struct ledger_head {
    int64_t number, at_ms;
    uint8_t chain[LEDGER_HASH];
};

enum ledger_statement { LEDGER_HEAD, LEDGER_START };

enum { LEDGER_SEED = 32, LEDGER_PUBLIC = 32, LEDGER_HEAD_MAX = 1024 };

/* Ed25519 (RFC 8032); `seed` is the private key. */
void ledger_public_key(const uint8_t seed[LEDGER_SEED], uint8_t out[LEDGER_PUBLIC]);
/* Six lines of text, the last of which signs the others:
 *
 *     postern ledger head
 *     number: 1042
 *     time: 2026-01-31T12:00:00.000Z
 *     chain: 64 hexadecimal digits
 *     key: base64
 *     signature: base64
 */
struct slice ledger_head_write(struct arena *arena, enum ledger_statement statement,
                               const struct ledger_head *head, const uint8_t seed[LEDGER_SEED]);
/*
 * The first in `text`, which may hold several, with empty lines between; *rest is what comes after.
 *
 * RC_NOT_FOUND  there is no more
 * RC_SYNTAX     it is none of this kind
 * RC_DENIED     not signed with the key
 */
MUST_USE enum rc ledger_head_read(struct arena *arena, enum ledger_statement statement,
                                  struct slice text, const uint8_t key[LEDGER_PUBLIC],
                                  struct ledger_head *out, struct slice *rest, struct err *err);

/* ---- verification ---- */

struct ledger_mark; /* details that say which record erased them */

struct ledger_verifier {
    int64_t number; /* of the last record that was right */
    uint8_t chain[LEDGER_HASH];
    int64_t erased;
    bool cut;                        /* the oldest part is not there any more */
    int64_t calm;                    /* what erases and comes later may have taken what was passed */
    struct arena *arena;             /* borrowed */
    const struct ledger_head *heads; /* that the chain must pass; borrowed */
    size_t head_count;
    struct ledger_mark *marks;
    size_t mark_count, mark_cap;
};

/* `start`: where the chain begins, or NULL for the very first record. */
MUST_USE enum rc ledger_verify_begin(struct ledger_verifier *verifier, struct arena *arena,
                                     const struct ledger_head *start,
                                     const struct ledger_head *heads, size_t head_count,
                                     struct err *err);
/* The next record. RC_SYNTAX says what is wrong with it. */
MUST_USE enum rc ledger_verify_record(struct ledger_verifier *verifier, int64_t number,
                                      struct slice plain, struct slice details, struct slice chain,
                                      struct ledger_record *out, struct err *err);
/* Where it stands, in printable text; and on from there in place of _begin: false when it is none, or
 * one with more than 16,384 erasures that are yet to come. */
struct slice ledger_verify_write(struct arena *arena, const struct ledger_verifier *verifier);
MUST_USE bool ledger_verify_resume(struct ledger_verifier *verifier, struct arena *arena,
                                   struct slice text, const struct ledger_head *heads,
                                   size_t head_count);
/* There are no more: RC_SYNTAX when there should be. */
MUST_USE enum rc ledger_verify_end(const struct ledger_verifier *verifier, struct err *err);

#endif
