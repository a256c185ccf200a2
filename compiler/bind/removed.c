/*
 * removed.c - options that CoreDNS has no more.
 */
#include "config.h"

#include "compiler/bind/removed.h"

#include <string.h>

#include "base/compiler.h"

#define V CFC_VERSION

static const char by_itself[] = "names are looked up by the server itself";

/*
 * Each was found in the history of the plugin's set-up code, release by release, and holds with the release
 * notes where these tell of it.  Most of them CoreDNS still accepts.
 */
static const struct cfc_removed removed[] = {
	{ "kubernetes", "upstream", V(1, 5, 2), V(1, 7, 0), by_itself },
	{ "kubernetes", "resyncperiod", V(1, 6, 0), V(1, 7, 0),
	  "watches need no resynchronisation" },
	{ "file", "upstream", V(1, 4, 0), 0, by_itself },
	{ "auto", "upstream", V(1, 5, 2), 0, by_itself },
	{ "secondary", "upstream", V(1, 4, 0), V(1, 8, 0), by_itself },
	{ "template", "upstream", V(1, 5, 2), 0, by_itself },
	{ "route53", "upstream", V(1, 4, 0), 0, by_itself },
	{ "etcd", "upstream", V(1, 5, 2), 0, by_itself },
	{ "etcd", "stubzones", V(1, 4, 0), 0, "use a server block with `forward` for each zone" },
	{ "etcd", "debug", V(0, 9, 9), 0, "use `log` and `errors`" },
};

const struct cfc_removed *
cfc_removed_option(const char *directive, const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(removed); i++) {
		if (strcmp(removed[i].directive, directive) == 0 &&
		    strcmp(removed[i].option, option) == 0)
			return &removed[i];
	}
	return NULL;
}
