/*
 * forward_start.c - run time: from the TOs of the Corefile to upstreams.
 *
 * Addresses are there; files in the form of resolv.conf are read now; names are looked up on a
 * thread of their own, and join the list of upstreams when they are found.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "forward/forward_state.h"
#include "resolvconf.h"

#define FILE_MAX (1u << 20)
#define DNS_PORT 53
#define POLL_NS  (100 * (uint64_t)CLOCK_NS_PER_MS)
#define TEXT_MAX 320
/* All that 15 TOs may need: a file has one more than it has addresses. */
#define LABELS_MAX (15 * (FORWARD_ADDRS_MAX + 1u))

RT_STATIC_ASSERT(15 * FORWARD_ADDRS_MAX <= UPSTREAM_MAX, "every address of every TO has a number");
RT_STATIC_ASSERT(FORWARD_ADDRS_MAX == HOSTLOOKUP_ADDRS_MAX, "as many as a name may have");
RT_STATIC_ASSERT(FORWARD_ADDRS_MAX == RESOLVCONF_SERVERS_MAX, "as many as a file may name");

/* ---- the list of upstreams ---- */

/* The number of an address in the group, which it joins if it is new; negative when that is full.
 */
static int
number_of(struct forward_state *s, const struct forward_list *list, const struct addr *addr,
	  unsigned series)
{
	int n;

	for (unsigned i = 0; i < list->n; i++)
		if (addr_equal(upstream_addr(s->group, list->v[i]), addr))
			return -1; /* is in the list: the first counts */
	for (unsigned i = 0; i < upstream_count(s->group); i++)
		if (addr_equal(upstream_addr(s->group, i), addr))
			return (int)i;
	n = upstream_group_add(s->group, addr, series);
	if (n < 0)
		rt_plugin_log("forward", RT_LOG_ERROR,
			      "more than %u different upstreams since the start", UPSTREAM_MAX);
	return n;
}

/* The series that the i-th address of a target counts in, if it is new. */
static unsigned
series_of(const struct forward_state *s, const struct forward_target *t, unsigned i)
{
	if (t->is_name)
		return t->series;
	return t->series + (s->started ? t->nseries : i);
}

/* A new list of all that is known now; NULL when there is no memory. */
static struct forward_list *
make_list(struct forward_state *s)
{
	struct forward_list *list = calloc(1, sizeof(*list) + UPSTREAM_MAX);

	if (list == NULL)
		return NULL;
	for (unsigned t = 0; t < s->ntargets; t++) {
		const struct forward_target *target = &s->targets[t];

		for (unsigned i = 0; i < target->naddrs; i++) {
			int n = number_of(s, list, &target->addrs[i], series_of(s, target, i));

			if (n >= 0 && list->n < UPSTREAM_MAX)
				list->v[list->n++] = (uint8_t)n;
		}
	}
	return list;
}

static bool
publish_list(struct forward_state *s)
{
	struct forward_list *list = make_list(s);

	if (list == NULL)
		return false;
	rt_publish(s->in, &s->list, list, free);
	return true;
}

/* ---- names ---- */

static void
log_found(const struct forward_target *t)
{
	char text[TEXT_MAX], one[ADDR_TEXT_MAX];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < t->naddrs && len < sizeof(text); i++) {
		addr_format_port(&t->addrs[i], one);
		len += (size_t)snprintf(text + len, sizeof(text) - len, " %s", one);
	}
	rt_plugin_log("forward", RT_LOG_INFO, "%s is%s", t->to->text, text);
}

/* News of one name; true if the list of upstreams changes. */
static bool
poll_name(struct forward_state *s, struct forward_target *t, unsigned i)
{
	char text[HOSTLOOKUP_TEXT_MAX];

	switch (hostlookup_poll(s->lookup, i, t->addrs, &t->naddrs, text)) {
	case HOSTLOOKUP_NOTHING:
		break;
	case HOSTLOOKUP_FAILED:
		rt_plugin_log("forward", RT_LOG_WARNING,
			      "failed to resolve \"%s\", trying again: %s", t->to->text, text);
		break;
	case HOSTLOOKUP_FOUND:
		for (unsigned k = 0; k < t->naddrs; k++)
			t->addrs[k].port = (uint16_t)t->to->port;
		log_found(t);
		return true;
	}
	return false;
}

static void
poll_names(void *arg)
{
	struct forward_state *s = arg;
	bool changed = false;
	unsigned i = 0;

	for (unsigned t = 0; t < s->ntargets; t++) {
		struct forward_target *target = &s->targets[t];

		/* A name that was found keeps its addresses: it is not polled for again. */
		if (!target->is_name)
			continue;
		if (target->naddrs == 0)
			changed = poll_name(s, target, i) || changed;
		i++;
	}
	if (changed && !publish_list(s))
		rt_plugin_log("forward", RT_LOG_ERROR, "no memory for the list of upstreams");
	if (hostlookup_done(s->lookup)) {
		rt_timer_free(s->lookup_timer);
		s->lookup_timer = NULL;
	}
}

static bool
start_lookup(struct forward_state *s)
{
	struct hostlookup_options options = { .resolvers = s->config->resolver };
	unsigned n = 0;

	s->names = calloc(s->nnames, sizeof(*s->names));
	if (s->names == NULL)
		return false;
	for (unsigned t = 0; t < s->ntargets; t++)
		if (s->targets[t].is_name)
			s->names[n++] = s->targets[t].to->text;
	s->lookup = hostlookup_start(s->names, n, &options);
	if (s->lookup == NULL)
		return false;
	s->lookup_timer = rt_service_timer(s->in, POLL_NS, poll_names, s);
	return s->lookup_timer != NULL;
}

/* ---- targets ---- */

/* The name servers of a file.  False: nothing has changed, and why says what is wrong. */
static bool
read_servers(struct forward_target *t, char why[TEXT_MAX])
{
	const char *path = t->to->text;
	struct resolvconf conf;
	struct fs_file f;
	int rc = fs_read(&f, path, FILE_MAX, 0);

	if (rc < 0) {
		fs_strerror(rc, f.sys_errno, why, TEXT_MAX);
		return false;
	}
	resolvconf_parse(&conf, f.data, f.len);
	fs_file_release(&f);
	if (conf.nbad > 0)
		rt_plugin_log("forward", RT_LOG_WARNING, "%s: %u nameserver line%s skipped", path,
			      conf.nbad, conf.nbad == 1 ? "" : "s");
	memcpy(t->addrs, conf.servers, conf.nservers * sizeof(t->addrs[0]));
	t->naddrs = conf.nservers;
	return true;
}

/* The texts are CoreDNS's. */
static bool
read_file(struct rt_instance *in, struct forward_target *t)
{
	const char *path = t->to->text;
	char why[TEXT_MAX];

	t->is_file = true;
	if (read_servers(t, why)) {
		t->nseries = t->naddrs;
		return true;
	}
	rt_instance_error(in, "not an IP address or file \"%s\": failed to open file \"%s\": %s",
			  path, path, why);
	return false;
}

static bool
find_zone(struct rt_instance *in, struct forward_target *t)
{
	int rc = addr_parse(&t->addrs[0], t->to->text, strlen(t->to->text));

	if (rc < 0) {
		rt_instance_error(in, "upstream '%s': %s", t->to->text, rt_strerror(rc));
		return false;
	}
	t->addrs[0].port = t->to->port != 0 ? (uint16_t)t->to->port : DNS_PORT;
	t->naddrs = 1;
	return true;
}

static bool
make_target(struct rt_instance *in, struct forward_target *t)
{
	struct fs_id id;

	switch ((enum forward_to_kind)t->to->kind) {
	case FORWARD_TO_ADDR:
		t->addrs[0] = t->to->addr;
		t->naddrs = 1;
		return true;
	case FORWARD_TO_ZONE:
		return find_zone(in, t);
	case FORWARD_TO_FILE:
		return read_file(in, t);
	case FORWARD_TO_NAME:
		if (t->to->port == DNS_PORT && fs_identify(&id, t->to->text) == 0)
			return read_file(in, t);
		t->is_name = true;
		return true;
	case FORWARD_TO_TLS:
		break;
	}
	return false;
}

static bool
make_targets(struct forward_state *s)
{
	const struct forward_config *config = s->config;
	unsigned known = 0;

	s->targets = calloc(config->to.n + 1u, sizeof(*s->targets));
	if (s->targets == NULL)
		return false;
	for (; s->ntargets < config->to.n; s->ntargets++) {
		struct forward_target *t = &s->targets[s->ntargets];

		t->to = &config->to.v[s->ntargets];
		if (!make_target(s->in, t))
			return false;
		s->nnames += t->is_name;
		known += t->naddrs;
	}
	if (known > 0 || s->nnames > 0)
		return true;
	rt_instance_error(s->in, "no valid upstream addresses found");
	return false;
}

/* ---- group and metrics ---- */

/*
 * The texts for the label `to`: a name stands for all its addresses, a file for those that it names only
 * later.
 */
static unsigned
make_labels(struct forward_state *s, char (*texts)[TEXT_MAX])
{
	unsigned n = 0;

	for (unsigned t = 0; t < s->ntargets; t++) {
		struct forward_target *target = &s->targets[t];

		target->series = n;
		if (target->is_name)
			snprintf(texts[n++], TEXT_MAX, "%s:%u", target->to->text, target->to->port);
		for (unsigned i = 0; !target->is_name && i < target->naddrs; i++)
			addr_format_port(&target->addrs[i], texts[n++]);
		if (target->is_file)
			snprintf(texts[n++], TEXT_MAX, "%s", target->to->text);
	}
	return n;
}

static void
fill_options(const struct forward_config *c, struct upstream_options *o)
{
	*o = (struct upstream_options){
		.expire = c->expire,
		.max_age = c->max_age,
		.read_timeout = c->read_timeout,
		.max_idle = c->max_idle_conns,
		.max_fails = c->max_fails,
		.source = c->source_address,
		.probe_interval = c->health_check,
		.probe_name = c->health_domain.wire,
		.probe_rd = !c->health_no_rec,
		.probe_tcp = c->force_tcp,
	};
}

/* Upstreams that a target may become; files may be read again and again. */
static unsigned
most_addrs(const struct forward_target *t)
{
	if (t->is_file)
		return UPSTREAM_MAX;
	return t->is_name ? FORWARD_ADDRS_MAX : t->naddrs;
}

static bool
make_group(struct forward_state *s)
{
	char(*texts)[TEXT_MAX] = calloc(LABELS_MAX, sizeof(*texts));
	const char *labels[LABELS_MAX];
	struct upstream_options options;
	unsigned n, capacity = 0;

	if (texts == NULL)
		return false;
	n = make_labels(s, texts);
	for (unsigned i = 0; i < n; i++)
		labels[i] = texts[i];
	for (unsigned t = 0; t < s->ntargets; t++)
		capacity += most_addrs(&s->targets[t]);
	if (capacity > UPSTREAM_MAX)
		capacity = UPSTREAM_MAX;
	fill_options(s->config, &options);
	s->group = upstream_group_new(s->in, "forward", &options, labels, n, capacity);
	free(texts);
	if (s->group == NULL)
		return false;
	s->broken = rt_metric_counter(
		s->in, "coredns_forward_healthcheck_broken_total",
		"Counter of the number of complete failures of the healthchecks.", NULL, 0);
	s->rejects = rt_metric_counter(s->in, "coredns_forward_max_concurrent_rejects_total",
				       "Counter of the number of queries rejected because the "
				       "concurrent queries were at maximum.",
				       NULL, 0);
	return true;
}

/* ---- start and stop ---- */

static bool
set_up(struct forward_state *s)
{
	if (!make_targets(s))
		return false;
	s->nworkers = rt_instance_nworkers(s->in);
	s->workers = calloc(s->nworkers + 1u, sizeof(struct forward_worker *));
	if (s->workers == NULL || !make_group(s) || !publish_list(s))
		return false;
	return s->nnames == 0 || rt_instance_checking(s->in) || start_lookup(s);
}

struct forward_state *
forward_start(const struct forward_config *config, struct rt_instance *in)
{
	struct forward_state *s = aligned_alloc(_Alignof(struct forward_state), sizeof(*s));

	if (s == NULL)
		return NULL;
	memset(s, 0, sizeof(*s));
	s->config = config;
	s->in = in;
	if (set_up(s)) {
		s->started = true;
		return s;
	}
	forward_stop(s);
	return NULL;
}

/* SIGHUP: files are read again; where that fails, the old upstreams stay. */
void
forward_reload(struct forward_state *s)
{
	bool changed = false;

	for (unsigned t = 0; t < s->ntargets; t++) {
		struct forward_target *target = &s->targets[t];
		char why[TEXT_MAX];

		if (!target->is_file)
			continue;
		if (read_servers(target, why))
			changed = true;
		else
			rt_plugin_log("forward", RT_LOG_ERROR, "failed to open file \"%s\": %s",
				      target->to->text, why);
	}
	if (changed && !publish_list(s))
		rt_plugin_log("forward", RT_LOG_ERROR, "no memory for the list of upstreams");
}

void
forward_stop(struct forward_state *s)
{
	hostlookup_stop(s->lookup);
	rt_timer_free(s->lookup_timer);
	upstream_group_free(s->group);
	free(s->list);
	free(s->names);
	free(s->targets);
	free((void *)s->workers);
	free(s);
}
