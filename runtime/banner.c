/*
 * What a server says of itself when it starts, in the words that CoreDNS uses.
 */
#include "config.h"

#include "banner.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "listener.h"
#include "rt_gen.h"

/* ---- zones ---- */

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text);
	size_t m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* Letters, digits and hyphens, beginning with a letter, not ending with a hyphen (RFC 1035 §2.3.1).
 */
static bool
is_preferred_label(const char *label, size_t len)
{
	if (len == 0 || !isalpha((unsigned char)label[0]) ||
	    !isalnum((unsigned char)label[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)label[i]) && label[i] != '-')
			return false;
	return true;
}

static bool
is_preferred(const char *zone)
{
	if (strcmp(zone, ".") == 0 || ends_with(zone, ".in-addr.arpa.") ||
	    ends_with(zone, ".ip6.arpa."))
		return true;
	while (*zone != '\0') {
		size_t len = strcspn(zone, ".");

		if (!is_preferred_label(zone, len))
			return false;
		zone += len;
		zone += *zone == '.';
	}
	return true;
}

static int
by_zone(const void *a, const void *b)
{
	const char *const *za = a;
	const char *const *zb = b;

	return strcmp(*za, *zb);
}

static void
banner_zone(struct buf *out, const struct rt_listener *l, const char *zone)
{
	if (!is_preferred(zone))
		buf_printf(out, "Warning: Domain \"%s\" does not follow RFC1035 preferred syntax\n",
			   zone);
	if (strcmp(l->decl->scheme, "dns") != 0)
		buf_printf(out, "%s://", l->decl->scheme);
	buf_printf(out, "%s:%u", zone, l->addr.port);
	if (l->on[0] != '\0')
		buf_printf(out, " on %s", l->on);
	buf_putc(out, '\n');
}

static void
banner_listener(struct buf *out, const struct rt_listener *l)
{
	const char **zones;
	unsigned n = 0;

	for (unsigned d = 0; d < l->ndecls; d++)
		n += l->decls[d]->nsites;
	zones = calloc(n + 1u, sizeof(*zones));
	if (zones == NULL)
		return;
	n = 0;
	for (unsigned d = 0; d < l->ndecls; d++)
		for (unsigned i = 0; i < l->decls[d]->nsites; i++)
			zones[n++] = l->decls[d]->sites[i].zone.text;
	qsort(zones, n, sizeof(*zones), by_zone);
	/* A zone with several views has several sites. */
	for (unsigned i = 0; i < n; i++)
		if (i == 0 || strcmp(zones[i], zones[i - 1]) != 0)
			banner_zone(out, l, zones[i]);
	free(zones);
}

void
banner_zones(struct buf *out, const struct listeners *listeners)
{
	for (unsigned i = 0; i < listeners->n; i++)
		banner_listener(out, &listeners->v[i]);
}

/* ---- version and plugins ---- */

/* The machine as Go, and so CoreDNS, calls it. */
static const char *
machine_name(const char *machine)
{
	if (strcmp(machine, "x86_64") == 0)
		return "amd64";
	return strcmp(machine, "aarch64") == 0 ? "arm64" : machine;
}

void
banner_version(struct buf *out, const struct rt_program *program)
{
	struct utsname name;

	if (uname(&name) < 0)
		memset(&name, 0, sizeof(name));
	buf_printf(out, "corefilec-%s\n", program->version);
	buf_printf(out, "linux/%s, %s, %.12s\n", machine_name(name.machine),
#ifdef __clang__
		   "clang " __clang_version__,
#else
		   "gcc " __VERSION__,
#endif
		   program->hash);
}

void
banner_plugins(struct buf *out, const struct rt_program *program)
{
	for (const char *const *p = program->plugins; *p != NULL; p++)
		buf_printf(out, "dns.%s\n", *p);
}
