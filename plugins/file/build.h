/*
 * build.h - from records, one by one, to a zone snapshot.
 *
 *	struct file_build *b = file_build_new(origin, warn, user);
 *	for each record:
 *		if (file_build_add(b, &rr) < 0) ...		out of memory
 *	int rc = file_build_finish(b, &zone);			the zone, or a fault
 *	file_build_free(b);
 *
 * Records may come in any order.  What does not belong into the zone is left out and told to warn:
 *names out of the zone, classes other than IN, a second SOA, records that are there already,
 *signatures of nothing.  A set whose TTLs differ gets the lowest (RFC 2181 §5.2).  A name with
 *CNAME and other records is told and kept; the CNAME wins when serving, as in CoreDNS.
 *
 * Names in the data of NS, SOA, CNAME, MX, SRV, SVCB and HTTPS records are lower-cased, as CoreDNS
 *does.
 *
 * Until it is finished the builder holds the records in a form that is easy to add to, and about as
 * large as the zone will be; after file_build_finish that memory is given back.
 *
 * A builder belongs to one thread.  warn is called on it, at most FILE_WARNINGS_MAX times and then
 *once more with the number of those that were not told (line 0).
 */
#ifndef FILE_BUILD_H
#define FILE_BUILD_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "dns/zonefile.h"

#define FILE_WARNINGS_MAX 20u

struct file_build;
struct file_zone;

typedef void file_warn_fn(void *user, const char *file, unsigned line, const char *text);

/* origin: wire name, of any case; copied.  warn may be NULL.  NULL when out of memory. */
struct file_build *file_build_new(const uint8_t *origin, file_warn_fn *warn,
				  void *user) RT_MUST_CHECK;

/* Takes a copy of the record.  0, RT_ENOMEM, or RT_ELIMIT when there are too many for one zone. */
int file_build_add(struct file_build *b, const struct dns_zonefile_rr *rr) RT_MUST_CHECK;

/*
 * The zone of what was added.  RT_ENOMEM, RT_ELIMIT, or RT_ENOENT when there is no SOA record at
 * the apex.  Nothing can be added afterwards.
 */
int file_build_finish(struct file_build *b, struct file_zone **zone) RT_MUST_CHECK;

void file_build_free(struct file_build *b);

#endif
