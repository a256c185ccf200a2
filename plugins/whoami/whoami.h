/*
 * whoami.h - the contract between the halves of the whoami plugin.
 *
 * Answers every query with the client's address and port.  It has no options.
 */
#ifndef WHOAMI_H
#define WHOAMI_H

struct rt_query;
struct whoami_state;

struct whoami_config {
	char nothing; /* ISO C has no empty structs */
};

enum rt_verdict whoami_serve(const struct whoami_config *, struct whoami_state *,
			     struct rt_query *);

#endif
