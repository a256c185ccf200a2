/*
 * From `bind` arguments to addresses, and from addresses to listeners.  Sockets: socket.c.
 */
#include "config.h"

#include "listener.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "socket.h"

/* More addresses than this on one machine are a mistake somewhere. */
#define LISTENERS_MAX 4096u

/* A growing list of addresses, port 0. */
struct addr_list {
	struct addr *v;
	unsigned n;
	unsigned cap;
};

static bool
addr_list_has(const struct addr_list *list, const struct addr *a)
{
	for (unsigned i = 0; i < list->n; i++)
		if (addr_equal(&list->v[i], a))
			return true;
	return false;
}

static int
addr_list_add(struct addr_list *list, const struct addr *a)
{
	if (addr_list_has(list, a))
		return 0;
	if (list->n == list->cap) {
		unsigned cap = list->cap != 0 ? 2 * list->cap : 8;
		struct addr *v;

		if (cap > LISTENERS_MAX)
			return RT_ELIMIT;
		v = realloc(list->v, cap * sizeof(*v));
		if (v == NULL)
			return RT_ENOMEM;
		list->v = v;
		list->cap = cap;
	}
	list->v[list->n++] = *a;
	return 0;
}

/* ---- addresses of bind ---- */

/* All addresses of an interface. */
static int
add_interface(struct addr_list *list, const struct ifaddrs *all, const char *name)
{
	int found = RT_ENODEV;

	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		struct addr a;
		socklen_t len;
		int rc;

		if (strcmp(i->ifa_name, name) != 0)
			continue;
		if (found == RT_ENODEV)
			found = RT_ENOENT;
		if (i->ifa_addr == NULL)
			continue;
		len = i->ifa_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
							 : sizeof(struct sockaddr_in);
		if (addr_from_sockaddr(&a, i->ifa_addr, len) < 0)
			continue;
		a.port = 0;
		if (!addr_is_link_local(&a) || a.family != ADDR_V6)
			a.scope = 0;
		rc = addr_list_add(list, &a);
		if (rc < 0)
			return rc;
		found = 0;
	}
	return found;
}

/* "Corefile:1: plugin/bind: ": the server block; bind itself is no step of its chain. */
static void
put_source(struct buf *problems, const struct rt_listen *decl)
{
	const struct rt_block *block = decl->sites[0].block;

	buf_printf(problems, "%s:%u: plugin/bind: ", block->file, block->line);
}

static int
add_bind(struct addr_list *list, const struct ifaddrs *all, const struct rt_listen *decl,
	 const struct rt_bind *bind, struct buf *problems)
{
	struct addr a;
	int rc;

	if (addr_parse(&a, bind->text, strlen(bind->text)) == 0) {
		a.port = 0;
		return addr_list_add(list, &a);
	}
	rc = add_interface(list, all, bind->text);
	if (rc < 0)
		put_source(problems, decl);
	if (rc == RT_ENODEV)
		buf_printf(problems,
			   "'%s' is neither an IP address nor a network interface of this "
			   "machine\n",
			   bind->text);
	else if (rc == RT_ENOENT)
		buf_printf(problems, "network interface '%s' has no IP address\n", bind->text);
	else if (rc < 0)
		buf_printf(problems, "'%s': %s\n", bind->text, rt_strerror(rc));
	return rc;
}

/* The addresses of one `bind` directive, less those that it excepts. */
static int
add_group(struct addr_list *out, const struct ifaddrs *all, const struct rt_listen *decl,
	  unsigned group, struct buf *problems)
{
	struct addr_list yes = { 0 };
	struct addr_list no = { 0 };
	int rc = 0;

	for (unsigned i = 0; i < decl->nbinds; i++) {
		const struct rt_bind *bind = &decl->binds[i];
		int one;

		if (bind->group != group)
			continue;
		one = add_bind(bind->except ? &no : &yes, all, decl, bind, problems);
		if (one < 0)
			rc = one;
	}
	for (unsigned i = 0; rc == 0 && i < yes.n; i++)
		if (!addr_list_has(&no, &yes.v[i]))
			rc = addr_list_add(out, &yes.v[i]);
	free(yes.v);
	free(no.v);
	return rc;
}

static int
add_binds(struct addr_list *out, const struct ifaddrs *all, const struct rt_listen *decl,
	  struct buf *problems)
{
	unsigned groups = 0;
	int rc = 0;

	for (unsigned i = 0; i < decl->nbinds; i++)
		if (decl->binds[i].group >= groups)
			groups = decl->binds[i].group + 1u;
	for (unsigned g = 0; g < groups; g++) {
		int one = add_group(out, all, decl, g, problems);

		if (one < 0)
			rc = one;
	}
	if (rc == 0 && out->n == 0) {
		put_source(problems, decl);
		buf_puts(problems, "no address is left to listen on\n");
		rc = RT_EINVAL;
	}
	return rc;
}

/* ---- listeners ---- */

static struct rt_listener *
find_listener(struct listeners *ls, const struct addr *a, uint8_t transport)
{
	for (unsigned i = 0; i < ls->n; i++)
		if (addr_equal(&ls->v[i].addr, a) && ls->v[i].decl->transport == transport)
			return &ls->v[i];
	return NULL;
}

/* Adds a declaration to a listener; the list of them is a copy that grows. */
static int
add_decl(struct rt_listener *l, const struct rt_listen *decl, unsigned ncpus)
{
	unsigned nsets = decl->nsockets != 0 ? decl->nsockets : ncpus;
	const struct rt_listen **decls = calloc(l->ndecls + 1u, sizeof(*decls));

	if (decls == NULL)
		return RT_ENOMEM;
	for (unsigned i = 0; i < l->ndecls; i++)
		decls[i] = l->decls[i];
	decls[l->ndecls] = decl;
	free((void *)(uintptr_t)l->decls);
	l->decls = decls;
	l->ndecls++;
	l->any_class = l->any_class || decl->any_class;
	if (nsets > l->nsets)
		l->nsets = nsets;
	return 0;
}

static int
add_listener(struct listeners *ls, const struct rt_listen *decl, const struct addr *a,
	     bool by_default, unsigned ncpus)
{
	struct addr at = *a;
	struct rt_listener *l;

	socket_widen(&at);
	l = find_listener(ls, &at, decl->transport);
	if (l == NULL) {
		struct rt_listener *v = realloc(ls->v, (ls->n + 1u) * sizeof(*v));

		if (v == NULL)
			return RT_ENOMEM;
		ls->v = v;
		l = &v[ls->n];
		memset(l, 0, sizeof(*l));
		l->decl = decl;
		l->addr = at;
		l->index = ls->n++;
		l->wildcard = addr_is_unspecified(&at);
		if (!by_default)
			addr_format(a, l->on);
	}
	return add_decl(l, decl, ncpus);
}

static void
set_port(struct rt_listener *l, uint16_t port)
{
	l->addr.port = port;
	snprintf(l->label, sizeof(l->label),
		 strchr(l->on, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u", l->decl->scheme, l->on,
		 port);
}

static int
resolve_one(struct listeners *ls, const struct rt_listen *decl, const struct ifaddrs *all,
	    const struct listeners_options *options, struct buf *problems)
{
	uint16_t port = decl->default_port && options->has_port ? options->port : decl->port;
	struct addr_list list = { 0 };
	int rc = 0;

	if (decl->transport != RT_TRANSPORT_DNS) {
		buf_printf(problems, "%s:%u: this version cannot serve %s://\n",
			   decl->sites[0].block->file, decl->sites[0].block->line, decl->scheme);
		return RT_ENOTSUP;
	}
	if (decl->nbinds == 0) {
		struct addr any;

		socket_any_address(&any);
		rc = addr_list_add(&list, &any);
	} else {
		rc = add_binds(&list, all, decl, problems);
	}
	for (unsigned i = 0; rc == 0 && i < list.n; i++) {
		list.v[i].port = port;
		rc = add_listener(ls, decl, &list.v[i], decl->nbinds == 0, options->ncpus);
	}
	free(list.v);
	return rc;
}

int
listeners_resolve(struct listeners *ls, const struct rt_program *program,
		  const struct listeners_options *options, struct buf *problems)
{
	struct ifaddrs *all = NULL;
	int rc = 0;

	ls->v = NULL;
	ls->n = 0;
	if (getifaddrs(&all) < 0) {
		buf_printf(problems, "cannot list network interfaces: %s\n", strerror(errno));
		all = NULL;
	}
	for (unsigned i = 0; i < program->nlistens; i++) {
		int one = resolve_one(ls, &program->listens[i], all, options, problems);

		if (one < 0)
			rc = one;
	}
	if (all != NULL)
		freeifaddrs(all);
	for (unsigned i = 0; i < ls->n; i++)
		set_port(&ls->v[i], ls->v[i].addr.port);
	return rc;
}

unsigned
listeners_sets(const struct listeners *ls)
{
	unsigned n = 1;

	for (unsigned i = 0; i < ls->n; i++)
		if (ls->v[i].nsets > n)
			n = ls->v[i].nsets;
	return n;
}

const struct rt_site *
listener_match_all(const struct rt_listener *l, const struct dns_qname *name, unsigned labels)
{
	const struct rt_site *best = NULL;

	for (unsigned i = 0; i < l->ndecls; i++) {
		const struct rt_site *site = l->decls[i]->match(name, labels);

		if (site != NULL && (best == NULL || site->zone.nlabels > best->zone.nlabels))
			best = site;
	}
	return best;
}

/* ---- sockets of all listeners ---- */

static void
close_sets(struct rt_listener *l)
{
	for (unsigned i = 0; l->sets != NULL && i < l->nsets; i++) {
		if (l->sets[i].udp >= 0)
			close(l->sets[i].udp);
		if (l->sets[i].tcp >= 0)
			close(l->sets[i].tcp);
		l->sets[i].udp = -1;
		l->sets[i].tcp = -1;
	}
}

/*
 * Binds all sets of a listener.  With port 0 the first socket finds the port and the others
 * follow; what to do if that port is taken for TCP is the caller's matter.
 */
static int
bind_sets(struct rt_listener *l, struct socket_failure *failure)
{
	for (unsigned i = 0; i < l->nsets; i++) {
		l->sets[i].udp = socket_udp(&l->addr, l->wildcard, failure);
		if (l->sets[i].udp < 0)
			return RT_ESYS;
		if (l->addr.port == 0)
			set_port(l, socket_port(l->sets[i].udp));
		l->sets[i].tcp = socket_tcp(&l->addr, l->wildcard, failure);
		if (l->sets[i].tcp < 0)
			return RT_ESYS;
	}
	return 0;
}

static int
bind_listener(struct rt_listener *l, struct buf *problems)
{
	bool any_port = l->addr.port == 0;
	struct socket_failure failure;
	char text[ADDR_TEXT_MAX];
	int tries = any_port ? 32 : 1;
	int rc = RT_ESYS;

	l->sets = calloc(l->nsets, sizeof(*l->sets));
	if (l->sets == NULL)
		return RT_ENOMEM;
	for (unsigned i = 0; i < l->nsets; i++)
		l->sets[i] = (struct listener_set){ .udp = -1, .tcp = -1 };
	while (rc < 0 && tries-- > 0) {
		if (any_port)
			set_port(l, 0);
		rc = bind_sets(l, &failure);
		if (rc < 0)
			close_sets(l);
	}
	if (rc < 0) {
		addr_format_port(&l->addr, text);
		buf_printf(problems, "cannot listen on %s (%s): %s: %s\n", text, failure.protocol,
			   failure.call, strerror(failure.sys_errno));
	}
	return rc;
}

int
listeners_bind(struct listeners *ls, struct buf *problems)
{
	int rc = 0;

	for (unsigned i = 0; i < ls->n; i++) {
		int one = bind_listener(&ls->v[i], problems);

		if (one < 0)
			rc = one;
	}
	for (unsigned i = 0; rc < 0 && i < ls->n; i++)
		close_sets(&ls->v[i]);
	return rc;
}

void
listeners_release(struct listeners *ls)
{
	for (unsigned i = 0; i < ls->n; i++) {
		close_sets(&ls->v[i]);
		free(ls->v[i].sets);
		free((void *)(uintptr_t)ls->v[i].decls);
	}
	free(ls->v);
	ls->v = NULL;
	ls->n = 0;
}

const char *
rt_listener_label(const struct rt_listener *l)
{
	return l->label;
}

unsigned
rt_listener_index(const struct rt_listener *l)
{
	return l->index;
}
