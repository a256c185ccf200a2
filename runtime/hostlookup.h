/*
 * hostlookup.h - addresses of host names that a configuration mentions, found while serving.
 *
 * Workers must not wait and the service thread has other things to do, so a thread of its own asks:
 * the resolvers given, or else the system's hosts file and the name servers of its resolv.conf, in
 * that order, with its search list.  (Not by getaddrinfo: that loads shared libraries, which a
 * static program in an empty container does not have, and cannot be interrupted.)  Names that are
 * not found are asked for again, after 1 s, 2 s, ... 30 s; the thread ends when all are found.
 *
 *	h = hostlookup_start(names, n, &options);
 *	...  on the service thread, now and then:
 *	for (i ...) switch (hostlookup_poll(h, i, addrs, &naddrs, text)) ...
 *	hostlookup_stop(h);
 *
 * Threads: start and stop on the main thread, poll on one other.
 */
#ifndef RT_HOSTLOOKUP_H
#define RT_HOSTLOOKUP_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "rt_config.h"

#define HOSTLOOKUP_ADDRS_MAX 16u /* of one name; further ones are left out */
#define HOSTLOOKUP_TEXT_MAX  256

struct hostlookup;

struct hostlookup_options {
	struct rt_addrs resolvers; /* who to ask; none: as the system says */
	const char *hosts;         /* path; NULL: /etc/hosts */
	const char *conf;          /* path; NULL: /etc/resolv.conf */
};

enum hostlookup_news {
	HOSTLOOKUP_NOTHING, /* since the last poll */
	HOSTLOOKUP_FOUND,   /* said once */
	HOSTLOOKUP_FAILED,  /* and will be tried again */
};

/* names are the caller's and must live until stop.  NULL: no memory, no thread. */
struct hostlookup *hostlookup_start(const char *const *names, unsigned n,
				    const struct hostlookup_options *options);

/* Ends the thread, even in the midst of a question, and frees everything.  NULL is allowed. */
void hostlookup_stop(struct hostlookup *h);

/*
 * News of the i-th name: its addresses, without ports (out has room for HOSTLOOKUP_ADDRS_MAX), or
 * why it was not found.
 */
enum hostlookup_news hostlookup_poll(struct hostlookup *h, unsigned i, struct addr *out,
				     unsigned *n, char text[HOSTLOOKUP_TEXT_MAX]);

/* Whether every name has been found, and polled. */
bool hostlookup_done(struct hostlookup *h);

#endif
