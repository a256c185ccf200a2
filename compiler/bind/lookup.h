/*
 * lookup.h - names of hosts that CoreDNS looks up when it sets a plugin up.
 *
 * CoreDNS refuses to start with an upstream whose name has no address at that moment.  Whether it has one
 * depends on the network and on the hour, and lint touches no network: with --compat alone such a
 * name passes, and only what nobody has to be asked for is refused.  With --compat --resolve the system
 * is asked (c->lookup).
 */
#ifndef COMPILER_LOOKUP_H
#define COMPILER_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/plugin.h"

/*
 * Whether CoreDNS would find an address for the name; false: reported at the place.  Without --compat
 * always true.
 */
bool cfc_lookup_host(struct cfc_bind *b, struct cfc_span span, const char *name);

/* Asks the system; a cfc_lookup_fn.  Nothing of arg is looked at. */
const char *cfc_lookup_system(void *arg, const char *name);

#endif
