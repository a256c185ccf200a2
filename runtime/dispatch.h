/*
 * dispatch.h - which server block answers a query.  For the server's own files.
 */
#ifndef RT_DISPATCH_H
#define RT_DISPATCH_H

#include "rt.h"

/*
 * The site that takes q: the deepest zone of its listener that the name is in and whose view, if it
 * has one, admits the query; for DS the shallowest (but the root only if nothing else).  NULL:
 * REFUSED, because there is none or because it has no plugin that answers.
 */
const struct rt_site *dispatch(struct rt_query *q);

#endif
