/*
 * hosts.c - run time: answers from the published table, and makes a new one when the file changes.
 */
#include "config.h"

#include "rt.h"

#include "hosts/hosts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/fs.h"
#include "dns/types.h"
#include "hosts/hosts_file.h"
#include "hosts/hosts_table.h"

#define FILE_MAX ((size_t)1 << 30) /* octets */

struct hosts_state {
	void *table; /* struct hosts_table; published, read by the workers */
	const struct hosts_config *config;
	struct rt_instance *instance;
	/* The service thread's. */
	struct fs_id id;  /* of the file as it was read; zero: none was */
	int complained;   /* what the last failure to read it was, so that it is told once */
	double timestamp; /* of the file: seconds since the epoch, 0: none was read */
	bool stale;       /* the file is to be read again in any case */
};

/* ---- answering ---- */

struct ptr_answer {
	struct rt_query *q;
	const uint8_t *ttl;
};

static bool
write_ptr(void *arg, const uint8_t *name, size_t len)
{
	struct ptr_answer *a = arg;
	struct dns_writer *w = &a->q->reply;
	struct dns_writer_mark mark = dns_writer_mark(w);

	if (dns_writer_rr_at(w, DNS_ANSWER, DNS_HEADER_LEN, DNS_TYPE_PTR, DNS_CLASS_IN,
			     bytes_get32(a->ttl), name, len) == 0)
		return true;
	/* An address of a block list may have more names than a message holds. */
	dns_writer_rollback(w, &mark);
	dns_msg_set_flags(w->wire, dns_msg_flags(w->wire) | DNS_FLAG_TC);
	return false;
}

static bool
discard_name(void *arg, const uint8_t *name, size_t len)
{
	(void)arg;
	(void)name;
	(void)len;
	return false;
}

/* Zones do not matter here, and what is not found is always the next plugin's, as in CoreDNS. */
static RT_NOINLINE enum rt_verdict
serve_ptr(const struct hosts_table *t, struct rt_query *q)
{
	struct ptr_answer answer = { q, t->ttl };
	struct addr addr;

	if (!hosts_reverse_addr(&q->qname, &addr) ||
	    hosts_table_reverse(t, &addr, discard_name, NULL) == 0)
		return RT_NEXT;
	rt_reply_begin(q, true);
	hosts_table_reverse(t, &addr, write_ptr, &answer);
	return RT_DONE;
}

static RT_NOINLINE enum rt_verdict
serve_unknown(const struct hosts_config *config, struct rt_query *q)
{
	if (rt_names_match(&config->zones, &q->qname) == NULL)
		return RT_NEXT;
	if (rt_falls_through(&config->fall, &q->qname))
		return RT_NEXT;
	/* There is no SOA that an NXDOMAIN could come with. */
	return rt_fail(q, DNS_RCODE_SERVFAIL, NULL);
}

static RT_NOINLINE enum rt_verdict
serve_other(const struct hosts_config *config, struct rt_query *q)
{
	if (config->unsupported && rt_falls_through(&config->fall, &q->qname))
		return RT_NEXT;
	rt_reply_begin(q, true);
	return RT_DONE;
}

/* Sixteen octets a record: copied here, for a call would cost more. */
static RT_ALWAYS_INLINE enum rt_verdict
serve_a(struct rt_query *q, const uint8_t *e)
{
	const uint8_t *from = hosts_entry_a(e);
	const uint16_t counts[3] = { (uint16_t)hosts_entry_na(e) };
	size_t len = (size_t)counts[0] * HOSTS_A_LEN;
	uint8_t *to;

	if (RT_UNLIKELY(!rt_reply_take_all(q, true, len, 0, counts, &to))) {
		rt_reply_begin(q, true);
		dns_writer_raw(&q->reply, DNS_ANSWER, from, len, counts[0]);
		return RT_DONE;
	}
	for (const uint8_t *end = to + len; to < end; to += HOSTS_A_LEN, from += HOSTS_A_LEN)
		memcpy(to, from, HOSTS_A_LEN);
	return RT_DONE;
}

static RT_NOINLINE enum rt_verdict
serve_aaaa(struct rt_query *q, const uint8_t *e)
{
	unsigned n = hosts_entry_naaaa(e);

	rt_reply_begin(q, true);
	if (n > 0)
		dns_writer_raw(&q->reply, DNS_ANSWER, hosts_entry_aaaa(e),
			       (size_t)n * HOSTS_AAAA_LEN, n);
	return RT_DONE;
}

/* The name, or the wildcard that stands for it, is known. */
static RT_ALWAYS_INLINE enum rt_verdict
serve_entry(const struct hosts_config *config, struct rt_query *q, const uint8_t *e)
{
	if (RT_LIKELY(q->qtype == DNS_TYPE_A))
		return serve_a(q, e);
	if (q->qtype == DNS_TYPE_AAAA)
		return serve_aaaa(q, e);
	return serve_other(config, q);
}

static RT_NOINLINE enum rt_verdict
serve_unlisted(const struct hosts_config *config, const struct hosts_table *t, struct rt_query *q)
{
	const uint8_t *e = t->wildcards ? hosts_table_find_wildcard(t, &q->qname) : NULL;

	return e != NULL ? serve_entry(config, q, e) : serve_unknown(config, q);
}

enum rt_verdict
hosts_serve(const struct hosts_config *config, struct hosts_state *state, struct rt_query *q)
{
	const struct hosts_table *t = rt_snapshot(&state->table);
	const uint8_t *e;

	if (RT_UNLIKELY(q->qtype == DNS_TYPE_PTR))
		return serve_ptr(t, q);
	e = hosts_table_find(t, q->qname.hash, q->qname.wire, q->qname.len);
	return RT_LIKELY(e != NULL) ? serve_entry(config, q, e) : serve_unlisted(config, t, q);
}

bool
hosts_prefetch(const struct hosts_config *config, struct hosts_state *state,
	       const struct rt_query *q, unsigned what)
{
	const struct hosts_table *t = rt_snapshot(&state->table);

	(void)config;
	if (t->mask < HOSTS_LARGE)
		return false;
	if (what == RT_FETCH_INDEX)
		hosts_table_fetch_slot(t, q->qname.hash);
	else
		hosts_table_fetch_entry(t, q->qname.hash);
	return true;
}

/* ---- loading ---- */

static void
complain(struct hosts_state *state, int rc, int sys_errno)
{
	const char *file = state->config->file;
	char text[128];

	if (state->complained == rc)
		return;
	state->complained = rc;
	/* Who has no /etc/hosts and names none is told nothing. */
	if (rc == RT_ENOENT && state->config->file_given)
		rt_plugin_log("hosts", RT_LOG_WARNING, "File does not exist: %s", file);
	else if (rc == RT_EKIND)
		rt_plugin_log("hosts", RT_LOG_WARNING,
			      "Hosts file \"%s\" is a directory or no regular file", file);
	else if (rc != RT_ENOENT)
		rt_plugin_log("hosts", RT_LOG_WARNING, "Cannot read hosts file \"%s\": %s", file,
			      fs_strerror(rc, sys_errno, text, sizeof(text)));
}

static int
add_lines(struct hosts_builder *b, const struct hosts_config *config)
{
	for (unsigned i = 0; i < config->lines.n; i++) {
		const struct hosts_entry *line = &config->lines.v[i];

		for (unsigned j = 0; j < line->names.n; j++) {
			const struct rt_name *name = &line->names.v[j];
			bool wanted = false;

			for (unsigned k = 0; k < config->zones.n && !wanted; k++)
				wanted = dns_name_is_subdomain(name->wire, config->zones.v[k].wire);
			if (!wanted)
				continue;
			int rc = hosts_builder_add(b, HOSTS_COREFILE, name->wire, &line->addr);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

static struct hosts_table *
build_table(const struct hosts_config *config, const struct fs_file *file,
	    struct hosts_file_report *report)
{
	struct hosts_builder *b = hosts_builder_new();
	struct hosts_table *table = NULL;

	if (b == NULL)
		return NULL;
	int rc = hosts_file_parse(b, file->data, file->len, &config->zones, report);
	if (rc == 0)
		rc = add_lines(b, config);
	if (rc == 0)
		table = hosts_builder_finish(b, config->ttl, !config->no_reverse);
	hosts_builder_free(b);
	return table;
}

static void
report_load(const struct hosts_state *state, const struct hosts_table *table,
	    const struct hosts_file_report *report)
{
	const char *file = state->config->file;

	rt_plugin_log("hosts", RT_LOG_DEBUG, "Parsed hosts file into %" PRIu64 " entries",
		      table->count);
	if (report->skipped > 0)
		rt_plugin_log("hosts", RT_LOG_WARNING,
			      "Hosts file \"%s\": %" PRIu64 " entries make no sense and were "
			      "skipped, the first on line %" PRIu64,
			      file, report->skipped, report->first_line);
	if (table->cut > 0)
		rt_plugin_log("hosts", RT_LOG_WARNING,
			      "Hosts file \"%s\": %" PRIu64
			      " addresses were left out, as no message "
			      "would hold all that their names have",
			      file, table->cut);
}

/* Publishes a table of the file (which may be empty) and the Corefile; false: out of memory. */
static bool
publish(struct hosts_state *state, const struct fs_file *file)
{
	struct hosts_file_report report;
	struct hosts_table *table = build_table(state->config, file, &report);

	if (table == NULL) {
		rt_plugin_log("hosts", RT_LOG_ERROR,
			      "Out of memory while reading hosts file \"%s\"", state->config->file);
		return false;
	}
	state->id = file->id;
	state->timestamp = (double)file->id.mtime_ns / 1e9;
	report_load(state, table, &report);
	rt_publish(state->instance, &state->table, table, hosts_table_free);
	return true;
}

/* Reads the file if it is not the one that was read last; what cannot be read changes nothing. */
static void
refresh(void *arg)
{
	struct hosts_state *state = arg;
	struct fs_file file = { .data = NULL };
	struct fs_id id;

	int rc = fs_identify(&id, state->config->file);
	if (rc == 0 && !state->stale && fs_id_equal(&id, &state->id))
		return;
	rc = fs_read(&file, state->config->file, FILE_MAX, 0);
	if (rc != 0) {
		complain(state, rc, file.sys_errno);
		return;
	}
	state->complained = 0;
	if (publish(state, &file))
		state->stale = false;
	fs_file_release(&file);
}

void
hosts_reload(struct hosts_state *state)
{
	state->stale = true;
	refresh(state);
}

/* ---- life ---- */

static double
entries_value(void *arg)
{
	struct hosts_state *state = arg;

	return (double)((const struct hosts_table *)state->table)->count;
}

static double
timestamp_value(void *arg)
{
	return ((struct hosts_state *)arg)->timestamp;
}

static void
register_metrics(struct hosts_state *state)
{
	const struct rt_label file = { "hostsfile", &state->config->file, 1 };

	rt_metric_gauge(state->instance, "coredns_hosts_entries",
			"The combined number of entries in hosts and Corefile.", &file, 1,
			entries_value, state);
	rt_metric_gauge_latest(state->instance, "coredns_hosts_reload_timestamp_seconds",
			       "The timestamp of the last reload of hosts file.", NULL, 0,
			       timestamp_value, state);
}

struct hosts_state *
hosts_start(const struct hosts_config *config, struct rt_instance *in)
{
	struct hosts_state *state = calloc(1, sizeof(*state));
	static const struct fs_file nothing = { .data = NULL };

	if (state == NULL) {
		rt_instance_error(in, "out of memory");
		return NULL;
	}
	state->config = config;
	state->instance = in;
	/* First what the Corefile holds, so that there is a table whatever the file is. */
	bool ok = publish(state, &nothing);
	state->stale = true;
	if (ok)
		refresh(state);
	if (ok && config->reload > 0 &&
	    rt_service_timer(in, config->reload, refresh, state) == NULL)
		ok = false;
	if (!ok) {
		rt_instance_error(in, "out of memory");
		hosts_stop(state);
		return NULL;
	}
	register_metrics(state);
	return state;
}

void
hosts_stop(struct hosts_state *state)
{
	hosts_table_free(state->table);
	free(state);
}
