/*
 * Finding the server block for a query.
 *
 * Generated code (rt_listen.match) finds the deepest zone with at most so many labels; what is left
 * to do here are the rules that go around it: views that refuse a query, and DS, which belongs to
 * the parent's side of a zone cut.
 */
#include "config.h"

#include "dispatch.h"

#include "dns/types.h"
#include "listener.h"
#include "rt_gen.h"

/* The first block of the zone that admits the query. */
static const struct rt_site *
admitted(const struct rt_site *site, struct rt_query *q)
{
	for (; site != NULL; site = site->next)
		if (site->block->admits == NULL || site->block->admits(q))
			return site;
	return NULL;
}

/*
 * The records of type DS at a zone cut are the parent's (RFC 4035 §2.4), so go on to shorter zones.
 * Like CoreDNS this may go too far up, and the root is only asked when no other zone matches.
 */
static const struct rt_site *
dispatch_ds(const struct rt_listener *l, struct rt_query *q)
{
	const struct rt_site *found = NULL;
	unsigned labels = q->qname.nlabels;

	for (;;) {
		const struct rt_site *site = listener_match(l, &q->qname, labels);
		const struct rt_site *taker;

		if (site == NULL)
			break;
		labels = site->zone.nlabels;
		if (labels == 0 && found != NULL)
			break;
		taker = admitted(site, q);
		if (taker != NULL) {
			found = taker;
			if (taker->block->empty)
				break;
		}
		if (labels == 0)
			break;
		labels--;
	}
	return found;
}

/* A view did not admit the query: shorter zones are tried. */
static const struct rt_site *
dispatch_views(const struct rt_listener *l, struct rt_query *q, const struct rt_site *site)
{
	while (site != NULL) {
		const struct rt_site *taker = admitted(site, q);

		if (taker != NULL)
			return taker;
		if (site->zone.nlabels == 0)
			return NULL;
		site = listener_match(l, &q->qname, site->zone.nlabels - 1u);
	}
	return NULL;
}

const struct rt_site *
dispatch_odd(struct rt_query *q, const struct rt_site *site)
{
	const struct rt_listener *l = q->listener;

	if (q->qtype == DNS_TYPE_DS)
		site = dispatch_ds(l, q);
	else if (site != NULL && site->block->admits != NULL)
		site = dispatch_views(l, q, site);
	if (site == NULL || site->block->empty)
		return NULL;
	return site;
}
