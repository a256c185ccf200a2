/*
 * Arbitrary bytes as a zone file; see fuzz.h.
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "dns/rdata.h"
#include "dns/zonefile.h"
#include "tests/fuzz/fuzz.h"

const char *__lsan_default_suppressions(void);

/*
 * libldns forgets memory of some fields it finds malformed.  What we might forget of its records
 * shows in the unit test, which reads well-formed ones.
 */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libldns\n";
}

static bool
check(void *user, const struct dns_zonefile_rr *rr)
{
	(void)user;
	if (dns_name_check(rr->owner, rr->owner_len) != (int)rr->owner_len)
		abort();
	if (dns_rdata_check_wire(rr->type, rr->rdata, rr->rdlen) < 0)
		abort();
	return true;
}

void
fuzz_zonefile(const uint8_t *data, size_t size)
{
	/* Files of the machine are none of a fuzzer's business. */
	const struct dns_zonefile_options opt = {
		.origin = (const uint8_t *)"\7example\3org",
		.no_include = true,
		.max_records = 1000,
		.rr = check,
	};
	struct dns_zonefile_error err;

	if (dns_zonefile_parse((const char *)data, size, "fuzz", &opt, &err) < 0 &&
	    err.text[0] == '\0')
		abort();
}
