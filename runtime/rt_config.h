/*
 * rt_config.h - the types that plugin configurations are made of.
 *
 * A `struct NAME_config` is plain data that a C initialiser can express: numbers, text and the
 * lists below.  The compiler fills one from the Corefile and prints it as `static const`; the server
 * only reads it.  Everything that these point to is static as well.  Nothing here may depend on the
 * rest of the runtime: the compiler includes it too.
 */
#ifndef RT_CONFIG_H
#define RT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

/* A domain name: wire form, lower-cased, and as text with the final dot. */
struct rt_name {
	const uint8_t *wire;
	uint8_t len;     /* octets of wire, with the root label */
	uint8_t nlabels; /* without the root label */
	const char *text;
};

/* Names in the order of the Corefile, for example `[ZONES...]`. */
struct rt_names {
	const struct rt_name *v;
	unsigned n;
};

/*
 * `fallthrough [ZONES...]`: whether a query that this plugin has no answer for goes to the next
 * plugin.  Enabled with no zones means for all of them.
 */
struct rt_fallthrough {
	bool enabled;
	struct rt_names zones;
};

struct rt_strings {
	const char *const *v;
	unsigned n;
};

struct rt_addrs {
	const struct addr *v; /* port 0: not given */
	unsigned n;
};

struct rt_cidrs {
	const struct cidr *v;
	unsigned n;
};

/* Rcodes, types or classes, as numbers. */
struct rt_codes {
	const uint16_t *v;
	unsigned n;
};

#endif
