/*
 * Times in zone files.
 */
#include "config.h"

#include "dns/zone_ttl.h"

#include "base/compiler.h"
#include "base/error.h"

/* Seconds of a unit; 0 = none. */
static uint32_t
unit_seconds(char c)
{
	switch (c | 0x20) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 604800;
	}
	return 0;
}

int
dns_zone_ttl_parse(uint32_t *out, const char *text, size_t len)
{
	uint64_t total = 0;
	uint64_t v = 0;

	if (len == 0 || text[0] < '0' || text[0] > '9')
		return RT_ESYNTAX;
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			v = v * 10 + (unsigned)(text[i] - '0');
		} else {
			uint32_t unit = unit_seconds(text[i]);

			/* A unit needs a number of its own. */
			if (unit == 0 || text[i - 1] < '0' || text[i - 1] > '9')
				return RT_ESYNTAX;
			total += v * unit;
			v = 0;
		}
		if (total + v > UINT32_MAX)
			return RT_ERANGE;
	}
	*out = (uint32_t)(total + v);
	return 0;
}
