/*
 * bind_setup.c - compile time: which addresses the server block listens on.
 *
 * Interface names are looked up by the server when it starts, so that a program can be compiled on
 * another machine; here only their form is judged.
 */
#include "config.h"

#include "bind/bind.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "compiler/plan.h"
#include "compiler/plugin.h"
#include "compiler/bind/hostport.h"
#include "compiler/bind/setup_file.h"

static const struct cfc_arg bind_args[] = {
	{ .name = "ADDRESS|IFACE",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  CFC_AT(struct bind_config, addrs),
	  .help = "addresses, and interfaces whose addresses are meant" },
};

static const struct cfc_arg except_args[] = {
	{ .name = "ADDRESS|IFACE",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  CFC_AT(struct bind_config, except),
	  .help = "what of these not to listen on" },
};

static const struct cfc_option bind_options[] = {
	{ .name = "except",
	  CFC_ARGS(except_args),
	  .repeat = CFC_REPEAT_MERGE,
	  .help = "leaves out addresses of this directive" },
};

/* The token that a list element was made from: the lists hold the tokens' own texts. */
static struct cfc_span
span_of(const struct cfc_bind *b, const char *text)
{
	const struct cfc_directive *d = b->directive;

	for (size_t i = 0; i < d->nargs; i++) {
		if (d->args[i].text == text)
			return d->args[i].span;
	}
	for (size_t i = 0; i < d->nlines; i++) {
		for (size_t j = 0; j < d->lines[i].ntokens; j++) {
			if (d->lines[i].tokens[j].text == text)
				return d->lines[i].tokens[j].span;
		}
	}
	return d->name.span;
}

static bool
is_address(const char *text, struct addr *a)
{
	const char *zone;
	size_t zone_len;

	return addr_parse_zone(a, text, strlen(text), &zone, &zone_len) == 0;
}

/* What no address is: longer than an interface's name, or with a character that none has. */
static bool
is_interface(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < IF_NAMESIZE && strpbrk(text, ":/% \t") == NULL &&
	       strspn(text, "0123456789.") != len;
}

/* Interfaces are looked up like files: those of this machine, or of the one below --root. */
static bool
interface_exists(struct cfc_bind *b, struct cfc_span span, const char *name)
{
	if (cfc_setup_stat(b->c, "/sys/class/net") != CFC_SETUP_DIR ||
	    cfc_setup_stat(b->c, cfc_printf(b->c, "/sys/class/net/%s", name)) != CFC_SETUP_ABSENT)
		return true;
	cfc_error(b->c, span, "CF2002", "there is no interface '%s'", name);
	return false;
}

static bool
check_text(struct cfc_bind *b, const char *text)
{
	struct cfc_span span = span_of(b, text);
	struct addr a;

	/* NodeLocal DNSCache: the installer puts addresses there, so there is a bind, whatever to. */
	if (!b->c->building && !b->c->compat && strstr(text, "__PILLAR__") != NULL)
		return true;
	if (is_interface(text))
		return interface_exists(b, span, text);
	if (!is_address(text, &a)) {
		cfc_error(b->c, span, "CF2002", "'%s' is no IP address and no name of an interface",
			  text);
		return false;
	}
	if (!cfc_hostport_is_ip(text, strlen(text))) {
		cfc_error(b->c, span, "CF2002", "'%s' has a port or brackets, expected an address",
			  text);
		cfc_note(b->c, cfc_no_span(), "the port belongs to the zone: 'example.org:1053 {'");
		return false;
	}
	return strchr(text, '%') == NULL ||
	       cfc_laxer(b->c, span, "CF2002", "CoreDNS takes no zone of an address: '%s'", text);
}

static bool
listed(const struct rt_strings *list, const char *text)
{
	for (unsigned i = 0; i < list->n; i++) {
		if (strcmp(list->v[i], text) == 0)
			return true;
	}
	return false;
}

static bool
has_interface(const struct rt_strings *list)
{
	for (unsigned i = 0; i < list->n; i++) {
		if (is_interface(list->v[i]))
			return true;
	}
	return false;
}

/*
 * An exception takes effect only if its address is listed or may come from an interface; and
 * something must be left.
 */
static bool
check_exceptions(struct cfc_bind *b, const struct bind_config *config)
{
	unsigned left = 0;

	for (unsigned i = 0; i < config->except.n; i++) {
		const char *text = config->except.v[i];

		if (listed(&config->addrs, text) || has_interface(&config->addrs) ||
		    is_interface(text))
			continue;
		cfc_warn(b->c, span_of(b, text), "CF2021",
			 "'except %s' has no effect: this 'bind' does not name that address", text);
	}
	for (unsigned i = 0; i < config->addrs.n; i++)
		left += !listed(&config->except, config->addrs.v[i]);
	if (left > 0)
		return true;
	return cfc_stricter(b->c, b->directive->name.span, "CF2021",
			    "'except' leaves nothing of this 'bind' to listen on");
}

static bool
bind_check(struct cfc_bind *b, void *config)
{
	const struct bind_config *bind = config;
	bool ok = true;

	for (unsigned i = 0; i < bind->addrs.n; i++)
		ok = check_text(b, bind->addrs.v[i]) && ok;
	for (unsigned i = 0; i < bind->except.n; i++)
		ok = check_text(b, bind->except.v[i]) && ok;
	return ok && check_exceptions(b, bind);
}

struct bind_list {
	struct cfc_bind_addr *v;
	unsigned n;
};

/* CoreDNS's verdict depends on the addresses of this machine's interfaces: they may be named as well. */
static bool
add_interface(struct cfc_bind *b, struct bind_list *list, const struct cfc_bind_addr *like)
{
	struct ifaddrs *all = NULL;
	char text[NI_MAXHOST];

	if (!b->c->compat || b->c->root_dir != NULL || !is_interface(like->text) ||
	    getifaddrs(&all) != 0)
		return false;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		int family = i->ifa_addr == NULL ? AF_UNSPEC : i->ifa_addr->sa_family;
		socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in)
						  : sizeof(struct sockaddr_in6);

		if ((family != AF_INET && family != AF_INET6) ||
		    strcmp(i->ifa_name, like->text) != 0 ||
		    getnameinfo(i->ifa_addr, len, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		struct cfc_bind_addr *bind = cfc_list_add(b, list, sizeof(*bind));
		*bind = *like;
		bind->text = cfc_printf(b->c, "%s", text);
	}
	freeifaddrs(all);
	return true;
}

static void
add_binds(struct cfc_bind *b, struct cfc_block *block, const struct rt_strings *texts, bool except,
	  unsigned group)
{
	struct bind_list list = { block->binds, (unsigned)block->nbinds };

	for (unsigned i = 0; i < texts->n; i++) {
		const struct cfc_bind_addr bind = {
			.text = texts->v[i],
			.except = except,
			.group = group,
			.span = span_of(b, texts->v[i]),
		};

		if (!add_interface(b, &list, &bind))
			*(struct cfc_bind_addr *)cfc_list_add(b, &list, sizeof(bind)) = bind;
	}
	block->binds = list.v;
	block->nbinds = list.n;
}

static bool
bind_plan(struct cfc_bind *b, const void *config, struct cfc_block *block)
{
	const struct bind_config *bind = config;
	unsigned group = 0;

	if (block->nbinds > 0)
		group = block->binds[block->nbinds - 1].group + 1;
	if (group > UINT8_MAX) {
		cfc_error(b->c, b->directive->name.span, "CF2001",
			  "more than %d 'bind' in one server block", UINT8_MAX + 1);
		return false;
	}
	add_binds(b, block, &bind->addrs, false, group);
	add_binds(b, block, &bind->except, true, group);
	return true;
}

const struct cfc_plugin bind_plugin = {
	.name = "bind",
	.summary = "listens on some addresses instead of on all",
	CFC_CONFIG(bind_config),
	.directive = { CFC_ARGS(bind_args) },
	CFC_OPTIONS(bind_options),
	.repeat = CFC_REPEAT_EACH,
	.check = bind_check,
	.plan = bind_plan,
};
