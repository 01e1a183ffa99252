/* libunbound on our loop, through its pluggable event interface: neither thread nor fork. */
#ifndef POSTERN_NET_UNBOUND_LOOP_H
#define POSTERN_NET_UNBOUND_LOOP_H

struct loop;
struct ub_event_base;

/* For ub_ctx_create_ub_event; outlives the context. */
struct ub_event_base *unbound_loop_new(struct loop *loop);
void unbound_loop_free(struct ub_event_base *base);

#endif
