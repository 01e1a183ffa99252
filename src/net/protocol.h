/*
 * What our processes say to each other: a star with core in the middle. Each message is a plain
 * struct; protocol_put_* encodes, protocol_get_* decodes and checks (false: the sender lies or is
 * broken, close the channel). Slices are borrowed from the payload or the arena.
 *
 * Bodies flow under credit: the receiver of BODY grants bytes, the sender never exceeds them.
 */
#ifndef POSTERN_NET_PROTOCOL_H
#define POSTERN_NET_PROTOCOL_H

#include "dns.h"

enum message_type {
    /* parent -> everyone, over the parent's socket, each may carry a descriptor */
    MESSAGE_CONFIGURE = 1, /* "key = value" lines of the options this role may know; then START */
    MESSAGE_LISTEN,        /* u8 listener kind, descriptor: a bound socket (front, courier) */
    MESSAGE_ATTACH,        /* u8 role, u32 number, descriptor: the channel to that process */
    MESSAGE_START,
    /* front: the chain and its key, in PEM; core: an empty key; at the start and when renewed */
    MESSAGE_CERTIFICATE,
    MESSAGE_READY,      /* to the parent */
    MESSAGE_UPDATE_KEY, /* resolver: the secret that changes of DNS are signed with, raw */

    /* front -> core */
    MESSAGE_AUTHENTICATE = 20,
    MESSAGE_SUBMIT,
    MESSAGE_BODY, /* also core -> courier */
    MESSAGE_SUBMIT_END,
    MESSAGE_SUBMIT_ABORT,
    MESSAGE_SESSION_END,
    MESSAGE_CALL,
    MESSAGE_CALL_BODY, /* a body_message; the last one ends the request */
    MESSAGE_CALL_ABORT,
    /* core -> front */
    MESSAGE_AUTHENTICATED = 40,
    MESSAGE_CREDIT, /* also courier -> core */
    MESSAGE_SUBMITTED,
    MESSAGE_RETURN,
    MESSAGE_DROP,
    /* core -> courier */
    MESSAGE_DELIVER = 60,
    MESSAGE_RECALL,
    MESSAGE_FEEDBACK_TAKEN,
    MESSAGE_POST,
    /* courier -> core */
    MESSAGE_OUTCOME = 70,
    MESSAGE_FEEDBACK,
    /* core, courier (through core) -> resolver, and the answers */
    MESSAGE_RESOLVE = 80,
    MESSAGE_RESOLVED,
    MESSAGE_PROVE,
    MESSAGE_PROVED,
    MESSAGE_UPDATE,
    MESSAGE_UPDATED
};

enum role { ROLE_PARENT, ROLE_FRONT, ROLE_CORE, ROLE_COURIER, ROLE_RESOLVER, ROLE_COUNT };
const char *role_name(enum role role);

enum listener_kind {
    LISTENER_SUBMISSION,
    LISTENER_SUBMISSIONS,
    LISTENER_HTTP,
    LISTENER_HTTPS,
    LISTENER_FEEDBACK,
    LISTENER_COUNT
};

/* Of a connection, by front's own numbering; core answers with it. */
struct authenticate_message {
    uint64_t connection;
    struct slice mechanism; /* "PLAIN" or "LOGIN" */
    struct slice user_name, password;
    struct slice source_ip, tls_version, client_name; /* client_name: the EHLO argument */
};

enum authenticate_result {
    AUTHENTICATE_OK,
    AUTHENTICATE_REFUSED, /* unknown, wrong, inactive */
    AUTHENTICATE_LOCKED,  /* too many failures from this network for this user: like refused */
    AUTHENTICATE_TEMPORARY,
    AUTHENTICATE_RESULT_COUNT
};

struct authenticated_message {
    uint64_t connection;
    uint64_t session; /* issued by core, unguessable; 0 unless AUTHENTICATE_OK */
    enum authenticate_result result;
};

enum {
    ENVELOPE_RECIPIENTS_MAX = 1000,
    BODY_PIECE_MAX = 64 * 1024,
    BODY_CREDIT = 256 * 1024,
    /* What accept/http.h lets pass. */
    CALL_LINE_MAX = 8 * 1024,
    CALL_HEADER_MAX = 32 * 1024,
    /* A message of 40 MiB is 53.4 MiB in base64, as the API's JSON carries it; and its members. */
    CALL_BODY_MAX = 56 * 1024 * 1024
};

/* `submission` is numbered by front, unique on its channel. One transaction per session at a time:
 * the next SUBMIT follows SUBMITTED; after SUBMIT_ABORT, which comes before SUBMIT_END or not at
 * all, follows SESSION_END. */
struct submit_message {
    uint64_t submission, session;
    struct slice reverse_path; /* canonical text */
    struct slice *recipients;  /* canonical texts */
    uint32_t recipient_count;
};

struct body_message {
    uint64_t number; /* of the submission or call; of the lease, towards courier */
    struct slice piece;
    bool last; /* not of a submission: front says SUBMIT_END */
};

struct number_message { /* SUBMIT_END, SUBMIT_ABORT, SESSION_END, CALL_ABORT, DROP, RECALL */
    uint64_t number;
};

struct credit_message {
    uint64_t number; /* submission, call, or lease */
    uint32_t bytes;
};

struct submitted_message {
    uint64_t submission;
    struct slice reply; /* the whole reply line, without CRLF: "250 Ok 0100..." */
};

/* How the body of a request comes. */
enum call_body {
    CALL_BODY_WHOLE,   /* in CALL itself: nothing follows */
    CALL_BODY_FOLLOWS, /* as CALL_BODY, with a first credit of BODY_CREDIT */
    CALL_BODY_AWAITED, /* the same without a first credit: the client asks first (Expect) */
    CALL_BODY_COUNT
};
#define CALL_LENGTH_UNKNOWN UINT64_MAX

/* HTTP: front frames the request, core decides. Request line and header block are raw. `call` is
 * numbered by front, from one counter with submissions. Each call is answered by one RETURN, which
 * may come before the end of its body; front then says CALL_ABORT, unless it has said the end. */
struct call_message {
    uint64_t call;
    struct slice source_ip, tls_version; /* tls_version empty: plain */
    struct slice request_line, header;
    uint64_t length; /* of the body as announced; CALL_LENGTH_UNKNOWN: chunked */
    enum call_body how;
    struct slice body; /* when CALL_BODY_WHOLE */
};

struct return_message {
    uint64_t call;
    uint32_t status;
    struct slice content_type;
    struct slice header; /* further header lines with CRLF, or empty */
    struct slice body;
};

enum route_kind { ROUTE_MX, ROUTE_SMARTHOST, ROUTE_CAPTURE, ROUTE_KIND_COUNT };
enum tls_policy {
    TLS_OPPORTUNISTIC,
    TLS_REQUIRE,
    TLS_VERIFY,
    TLS_IMPLICIT,
    TLS_NEVER,
    TLS_POLICY_COUNT
};

/* One transaction for one next hop: all recipients share domain and route. */
struct deliver_message {
    uint64_t lease;
    struct slice message_id;
    struct slice reverse_path; /* on the wire; empty: <> */
    struct slice *recipients;
    uint32_t recipient_count;
    struct slice domain;   /* of the recipients */
    enum route_kind route; /* MX or SMARTHOST */
    struct slice host;     /* smarthost */
    uint16_t port;         /* of the smarthost, or mx_port */
    enum tls_policy tls;
    bool verify;                      /* the certificate must name the host */
    struct slice user_name, password; /* of the smarthost; for this lease only */
    bool allow_private;               /* the route allows loopback and private addresses */
    bool eight_bit;
    uint64_t size;       /* bytes of header and body together */
    struct slice header; /* final, ends with the empty line; the body follows as BODY */
};

enum outcome_kind {
    OUTCOME_DELIVERED,
    OUTCOME_RETRY,
    OUTCOME_FAILED,
    OUTCOME_NO_DOMAIN, /* DNS knows no such domain: for how long that is believed to pass is core's */
    OUTCOME_KIND_COUNT
};

struct recipient_outcome {
    uint32_t index; /* into deliver_message.recipients */
    enum outcome_kind kind;
    struct slice reply;  /* remote reply "250 2.0.0 Ok", or our own words "421 4.4.1 ..." */
    struct slice status; /* enhanced status code */
};

enum { DIALOGUE_MAX = 1000 };

struct outcome_message {
    uint64_t lease;
    struct slice remote_host, remote_ip,
        tls;               /* tls: "TLSv1.3 TLS_AES_256_GCM_SHA384 verified" or "" */
    struct slice dialogue; /* what was said, unless all was delivered: "S: 220 mx\nC: EHLO ..." */
    struct recipient_outcome *recipients; /* every recipient of the lease, once */
    uint32_t recipient_count;
};

/* What came back over SMTP; `number` is courier's, unique on its channel until it is answered. */
enum { FEEDBACK_RECIPIENTS_MAX = 5, FEEDBACK_MESSAGE_MAX = 900 * 1024 };

struct feedback_message {
    uint64_t number;
    struct slice source_ip;
    struct slice reverse_path; /* empty: <> */
    struct slice *recipients;  /* `local@domain`, lower case */
    uint32_t recipient_count;
    struct slice message; /* whole, any bytes */
};

enum feedback_result {
    FEEDBACK_TAKEN,   /* forwarded, or rightly dropped */
    FEEDBACK_UNKNOWN, /* no recipient is a return address of ours */
    FEEDBACK_REFUSED, /* one is, but this is no report, or one too many */
    FEEDBACK_TEMPORARY,
    FEEDBACK_RESULT_COUNT
};

struct feedback_taken_message {
    uint64_t number;
    enum feedback_result result;
};

/* A head of the ledger, for the web address that courier is told with its options. */
struct post_message {
    struct slice text;
};

struct resolve_message {
    uint64_t query;
    enum dns_type type;
    struct slice name;
};

struct resolved_message {
    uint64_t query;
    struct dns_answer answer;
};

/* What DNS must show: a TXT record at `name` with exactly this value among its values, or a CNAME
 * there to `target`; for MX exactly one record to `target`. */
enum prove_kind { PROVE_TXT, PROVE_DKIM, PROVE_MX, PROVE_SPF, PROVE_DMARC, PROVE_KIND_COUNT };
struct prove_message {
    uint64_t query;
    enum prove_kind kind;
    struct slice name;
    struct slice expected; /* TXT value; DKIM: base64 of the public key; MX: host name */
};

enum proof {
    PROOF_PRESENT,
    PROOF_ABSENT,
    PROOF_WRONG,
    PROOF_UNKNOWN,
    PROOF_COUNT
}; /* unknown: SERVFAIL, time-out, bogus */
struct proved_message {
    uint64_t query;
    enum proof proof;
    bool secure;
    bool through_cname; /* the record was found behind a CNAME */
    struct slice seen;  /* what DNS answered instead, for people; at most 500 bytes */
};

/* What DNS shall hold from now on: this one DKIM key at `name`, or none. Only whether the server did so
 * comes back; that it did is believed when DNS proves it. */
struct update_message {
    uint64_t query;
    bool add;
    struct slice name;
    struct slice value; /* of the TXT record; empty unless `add` */
};

enum { UPDATE_REASON_MAX = 300 };
struct updated_message {
    uint64_t query;
    bool done;
    struct slice reason; /* why not, for people */
};

#define PROTOCOL_MESSAGE(name)                                                                     \
    void protocol_put_##name(struct buf *out, const struct name##_message *message);               \
    MUST_USE bool protocol_get_##name(struct arena *arena, struct slice payload,                   \
                                      struct name##_message *message)
PROTOCOL_MESSAGE(authenticate);
PROTOCOL_MESSAGE(authenticated);
PROTOCOL_MESSAGE(submit);
PROTOCOL_MESSAGE(body);
PROTOCOL_MESSAGE(number);
PROTOCOL_MESSAGE(credit);
PROTOCOL_MESSAGE(submitted);
PROTOCOL_MESSAGE(call);
PROTOCOL_MESSAGE(return );
PROTOCOL_MESSAGE(deliver);
PROTOCOL_MESSAGE(outcome);
PROTOCOL_MESSAGE(feedback);
PROTOCOL_MESSAGE(feedback_taken);
PROTOCOL_MESSAGE(post);
PROTOCOL_MESSAGE(resolve);
PROTOCOL_MESSAGE(resolved);
PROTOCOL_MESSAGE(prove);
PROTOCOL_MESSAGE(proved);
PROTOCOL_MESSAGE(update);
PROTOCOL_MESSAGE(updated);
#undef PROTOCOL_MESSAGE

#endif
