/*
 * dispatch.h - which server block answers a query.  For the server's own files.
 */
#ifndef RT_DISPATCH_H
#define RT_DISPATCH_H

#include "base/compiler.h"
#include "dns/types.h"
#include "listener.h"
#include "rt.h"
#include "rt_gen.h"

/*
 * The site that takes q: the deepest zone of its listener that the name is in and whose view, if it
 * has one, admits the query; for DS the shallowest (but the root only if nothing else).  NULL:
 * REFUSED, because there is none or because it has no plugin that answers.
 */
static inline const struct rt_site *dispatch(struct rt_query *q);

/* For dispatch: site is the deepest zone, or NULL, and the rest of the rules is to be applied. */
const struct rt_site *dispatch_odd(struct rt_query *q, const struct rt_site *site);

/* Whether there are no further rules for this query: the deepest zone takes it. */
static RT_ALWAYS_INLINE bool
dispatch_is_plain(const struct rt_query *q, const struct rt_site *site)
{
	return site != NULL && q->qtype != DNS_TYPE_DS && site->block->admits == NULL &&
	       !site->block->empty;
}

static inline const struct rt_site *
dispatch(struct rt_query *q)
{
	const struct rt_site *site = listener_match(q->listener, &q->qname, q->qname.nlabels);

	return RT_LIKELY(dispatch_is_plain(q, site)) ? site : dispatch_odd(q, site);
}

#endif
