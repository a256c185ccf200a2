/*
 * listener.h - what the server listens on, and its sockets.  For the server's own files.
 *
 * struct rt_listen (generated) says what the Corefile wants; resolving it on this machine gives
 * listeners: one per address.  When two rt_listen meet at an address (interface names resolve to
 * what they like), they share one listener, and zones of both are looked up.
 *
 *	listeners_resolve	addresses and labels; opens nothing that stays open
 *	listeners_bind		opens and binds all sockets; on failure none is left open
 *	(workers take sockets out of sets[] and leave -1)
 *	listeners_release	closes what was not taken, frees
 *
 * A listener has one pair of sockets (UDP, TCP) per socket set; set i belongs to worker i.
 * Main thread only; while workers run, listeners are constant.
 */
#ifndef RT_LISTENER_H
#define RT_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "rt.h"
#include "rt_gen.h"

struct buf;

struct listener_set {
	int udp; /* -1: not open, or taken */
	int tcp;
};

struct rt_listener {
	const struct rt_listen *decl;         /* the first one */
	const struct rt_listen *const *decls; /* all that meet here */
	unsigned ndecls;
	bool any_class;   /* of any of them */
	bool wildcard;    /* all addresses of this machine */
	struct addr addr; /* bound to */
	unsigned index;
	unsigned nsets;
	struct listener_set *sets;
	char label[ADDR_TEXT_MAX + 16]; /* as in metrics: "dns://:53" when wildcard by default */
	char on[ADDR_TEXT_MAX];         /* address for the start message, or "" */
};

struct listeners {
	struct rt_listener *v;
	unsigned n;
};

struct listeners_options {
	uint16_t port; /* in place of ports that the Corefile does not name */
	bool has_port;
	unsigned ncpus; /* socket sets where the Corefile does not say */
};

/*
 * RT_EINVAL with lines in *problems (each ends with a newline), RT_ENOMEM.  Everything that can be
 * resolved is, so that all problems are seen.
 */
int listeners_resolve(struct listeners *ls, const struct rt_program *program,
		      const struct listeners_options *options, struct buf *problems) RT_MUST_CHECK;

/* Largest number of socket sets, at least 1. */
unsigned listeners_sets(const struct listeners *ls);

/* RT_ESYS with lines in *problems. */
int listeners_bind(struct listeners *ls, struct buf *problems) RT_MUST_CHECK;
void listeners_release(struct listeners *ls);

/* The deepest site with at most `labels` labels among all declarations. */
const struct rt_site *listener_match_all(const struct rt_listener *l, const struct dns_qname *name,
					 unsigned labels);

static inline const struct rt_site *
listener_match(const struct rt_listener *l, const struct dns_qname *name, unsigned labels)
{
	if (RT_LIKELY(l->ndecls == 1))
		return l->decl->match(name, labels);
	return listener_match_all(l, name, labels);
}

#endif
