/*
 * Options that CoreDNS had once and nothing took the place of: what `migrate` takes away, and what a report
 * about an unknown option explains.
 */
#ifndef COMPILER_REMOVED_H
#define COMPILER_REMOVED_H

#include <stdint.h>

#define CFC_VERSION(major, minor, patch) ((uint32_t)(major) << 16 | (minor) << 8 | (patch))

struct cfc_removed {
	const char *directive, *option;
	uint32_t since;   /* the release from which on it does nothing, as CFC_VERSION */
	uint32_t refused; /* ... from which on it is an error, 0 = it is none to this day */
	const char *why;  /* nobody needs it, or what to do */
};

/* NULL: it never was, or still has an effect. */
const struct cfc_removed *cfc_removed_option(const char *directive, const char *option);

#endif
