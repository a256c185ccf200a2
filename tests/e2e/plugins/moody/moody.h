/*
 * moody.h - a plugin for tests of readiness and panics, outside the tree.
 *
 * The first label of a query says what happens: `up` and `down` change whether it is ready (at first it
 * is not), `panic` is an impossible state.  Every other name goes on to the next plugin.
 */
#ifndef MOODY_H
#define MOODY_H

struct rt_instance;
struct rt_query;
struct moody_state;

struct moody_config {
	const char *name; /* in no use; a config is never empty */
};

struct moody_state *moody_start(const struct moody_config *, struct rt_instance *);
void moody_stop(struct moody_state *);
enum rt_verdict moody_serve(const struct moody_config *, struct moody_state *, struct rt_query *);

#endif
