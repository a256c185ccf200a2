/*
 * file.c - run time: loading zones, keeping them current, answering from them.
 */
#include "config.h"

#include "rt.h"

#include "file/file.h"

#include <inttypes.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/duration.h"
#include "base/error.h"
#include "dns/message.h"
#include "dns/types.h"
#include "file/load.h"
#include "file/lookup.h"
#include "file/prepared.h"
#include "file/state.h"
#include "file/zone.h"

#define TRIM_FROM (1u << 20) /* octets of a zone that is worth the effort */

/* ---- loading ---- */

static struct file_zone *
slot_zone(const struct file_slot *slot)
{
	return rt_snapshot(&slot->snapshot);
}

/*
 * What reading a large zone took beside the zone itself goes back to the system.  free() alone keeps
 * blocks of some ten megabytes for later, but a zone is loaded once in a while.
 */
static void
give_back_memory(const struct file_zone *zone)
{
#ifdef __GLIBC__
	if (zone->bytes > TRIM_FROM)
		malloc_trim(0);
#else
	(void)zone;
#endif
}

static void
publish(struct file_state *state, struct file_slot *slot, struct file_loaded *loaded)
{
	give_back_memory(loaded->zone);
	slot->includes = loaded->includes;
	slot->has_serial = true;
	slot->serial = loaded->zone->serial;
	rt_publish(state->in, &slot->snapshot, loaded->zone, file_zone_release);
}

/* Remembers the file as it is now; false: it cannot be looked at. */
static bool
identify(struct file_slot *slot)
{
	slot->has_id = fs_identify(&slot->id, slot->config->path) == 0;
	return slot->has_id;
}

/* Reads the zone for the first time; false: the server cannot start with it. */
static bool
load_first(struct file_state *state, struct file_slot *slot)
{
	struct file_source source = { .path = slot->config->path, .zone = slot->zone };
	char interval[DURATION_TEXT_MAX];
	struct file_loaded loaded;

	identify(slot);
	switch (file_load(&source, &loaded)) {
	case FILE_LOADED:
		publish(state, slot, &loaded);
		return true;
	case FILE_MISSING:
		if (slot->config->reload == 0)
			break;
		duration_format((int64_t)slot->config->reload, interval);
		rt_plugin_log("file", RT_LOG_WARNING, "Failed to open \"%s\": trying again in %s",
			      loaded.why, interval);
		return true;
	case FILE_BROKEN:
	case FILE_UNCHANGED:
		break;
	}
	rt_instance_error(state->in, "%s", loaded.why);
	return false;
}

/* Reads the zone again; a zone that cannot be read leaves the old one in place. */
static void
load_again(struct file_state *state, struct file_slot *slot, bool by_serial)
{
	struct file_source source = {
		.path = slot->config->path,
		.zone = slot->zone,
		.has_serial = by_serial && slot->has_serial,
		.serial = slot->serial,
	};
	struct file_loaded loaded;

	switch (file_load(&source, &loaded)) {
	case FILE_LOADED:
		publish(state, slot, &loaded);
		rt_plugin_log("file", RT_LOG_INFO,
			      "Successfully reloaded zone \"%s\" in \"%s\" with %" PRIu32
			      " SOA serial",
			      slot->zone->text, source.path, slot->serial);
		break;
	case FILE_UNCHANGED:
		break;
	case FILE_MISSING:
		slot->has_id = false;
		rt_plugin_log("file", RT_LOG_ERROR, "Failed to open zone \"%s\" in \"%s\": %s",
			      slot->zone->text, source.path, loaded.why);
		break;
	case FILE_BROKEN:
		/* Tried again next time, since the fault may be in a file that it includes. */
		slot->has_id = false;
		rt_plugin_log("file", RT_LOG_ERROR, "Parsing zone \"%s\": %s", slot->zone->text,
			      loaded.why);
		break;
	}
}

/* Every `reload`: reads what may have changed. */
static void
look(void *arg)
{
	struct file_state *state = arg;

	for (unsigned i = 0; i < state->config->zones.n; i++) {
		struct file_slot *slot = &state->slots[i];
		struct fs_id before = slot->id;
		bool known = slot->has_id;

		/* An included file may have changed without this one: only the serial tells. */
		if (identify(slot) && known && fs_id_equal(&before, &slot->id) &&
		    (!slot->includes || state->config->reload_by_mtime))
			continue;
		load_again(state, slot, !state->config->reload_by_mtime);
	}
}

void
file_reload(struct file_state *state)
{
	for (unsigned i = 0; i < state->config->zones.n; i++) {
		identify(&state->slots[i]);
		load_again(state, &state->slots[i], false);
	}
}

/* ---- start and stop ---- */

static bool
start_slots(struct file_state *state)
{
	const struct rt_names *zones = &state->config->zones;

	for (unsigned i = 0; i < zones->n; i++) {
		struct file_slot *slot = &state->slots[i];
		const struct file_group *group;
		bool replaced;

		slot->zone = &zones->v[i];
		slot->config = state->config;
		if (!load_first(state, slot))
			return false;
		if (file_group_add(&state->leader->group, slot, &replaced) < 0) {
			rt_instance_error(state->in, "%s", rt_strerror(RT_ENOMEM));
			return false;
		}
		group = &state->leader->group;
		state->leader->sole = group->nslots == 1 ? group->slots[0] : NULL;
		if (replaced)
			rt_plugin_log("file", RT_LOG_WARNING,
				      "zone %s is in this server block twice: using \"%s\"",
				      slot->zone->text, state->config->path);
	}
	return true;
}

struct file_state *
file_start(const struct file_config *config, struct rt_instance *in)
{
	struct file_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		goto no_memory;
	state->config = config;
	state->in = in;
	state->leader = rt_instance_peer(in, "file");
	if (state->leader == NULL)
		state->leader = state;
	state->slots = calloc(config->zones.n + 1u, sizeof(*state->slots));
	if (state->slots == NULL)
		goto no_memory;
	if (!start_slots(state)) {
		file_stop(state);
		return NULL;
	}
	if (config->reload > 0) {
		state->timer = rt_service_timer(in, config->reload, look, state);
		if (state->timer == NULL)
			goto no_memory;
	}
	return state;
no_memory:
	rt_instance_error(in, "%s", rt_strerror(RT_ENOMEM));
	if (state != NULL)
		file_stop(state);
	return NULL;
}

void
file_stop(struct file_state *state)
{
	if (state->timer != NULL)
		rt_timer_free(state->timer);
	for (unsigned i = 0; state->slots != NULL && i < state->config->zones.n; i++)
		file_zone_free(state->slots[i].snapshot);
	file_group_release(&state->group);
	free(state->slots);
	free(state);
}

/* ---- answers from elsewhere ---- */

/* What the answer to the sub-query holds, by section. */
struct found {
	unsigned answers;
	bool soa; /* in authority */
	bool ns;
};

static void
survey(const struct rt_query *sub, struct found *found)
{
	struct dns_rr_iter it;

	*found = (struct found){ 0 };
	if (sub->reply.len == 0 || dns_rr_iter_init(&it, sub->reply.wire, sub->reply.len) < 0)
		return;
	while (dns_rr_next(&it)) {
		if (it.section == DNS_ANSWER)
			found->answers++;
		else if (it.section == DNS_AUTHORITY && it.type == DNS_TYPE_SOA)
			found->soa = true;
		else if (it.section == DNS_AUTHORITY && it.type == DNS_TYPE_NS)
			found->ns = true;
	}
}

/* Whether a record of an answer's authority section proves something. */
static bool
is_proof(const struct dns_rr_iter *it)
{
	uint16_t type = it->type;

	if (type == DNS_TYPE_RRSIG && it->rdlen >= 2)
		type = bytes_get16(it->msg + it->rdata);
	return type == DNS_TYPE_NSEC || type == DNS_TYPE_NSEC3;
}

static void
copy_section(struct file_answer *a, const struct rt_query *sub, enum dns_section section,
	     bool proofs)
{
	struct dns_rr_iter it;

	if (sub->reply.len == 0 || dns_rr_iter_init(&it, sub->reply.wire, sub->reply.len) < 0)
		return;
	while (dns_rr_next(&it) && a->w->error == 0) {
		if (it.section == section && (!proofs || is_proof(&it)))
			dns_writer_copy(a->w, section, &it);
	}
}

/*
 * Ends an answer that goes on in that of a sub-query, which says what comes of it: RFC 6604 §3.  A
 * negative one is told with the SOA of the zone that it comes from, as a resolver wants it for its
 * cache (RFC 2308 §2.1), or else with ours, as CoreDNS does.
 */
static uint16_t
append_found(struct file_answer *a, const struct rt_query *sub)
{
	uint16_t rcode = rt_reply_rcode(sub);
	struct found found;

	survey(sub, &found);
	copy_section(a, sub, DNS_ANSWER, false);
	a->additional = true;
	if (rcode == DNS_RCODE_NXDOMAIN || (rcode == DNS_RCODE_NOERROR && found.answers == 0)) {
		if (found.soa || (rcode == DNS_RCODE_NOERROR && found.ns)) {
			copy_section(a, sub, DNS_AUTHORITY, false);
			file_finish_alias(a);
		} else if (sub->reply.len > 0) {
			file_finish_negative(a);
		}
		if (!found.soa && found.ns)
			copy_section(a, sub, DNS_ADDITIONAL, false);
		return rcode;
	}
	if (a->dnssec)
		copy_section(a, sub, DNS_AUTHORITY, true);
	file_finish_answer(a);
	return rcode == DNS_RCODE_SERVFAIL ? rcode : DNS_RCODE_NOERROR;
}

/* The answer goes on at a name that this zone does not know: asks the server itself. */
static enum rt_verdict
chase(struct file_answer *a, struct rt_query *q)
{
	const struct rt_query *sub = rt_query_sub(q);

	if (sub == NULL || sub->qname.len != a->target.len || sub->qtype != a->qtype ||
	    memcmp(sub->qname.wire, a->target.wire, a->target.len) != 0) {
		enum rt_verdict v = rt_subquery(&q, &a->target, a->qtype, RT_SUB_TOP);

		if (v == RT_PENDING)
			return RT_PENDING;
		a->w = &q->reply;
		sub = v == RT_DONE ? rt_query_sub(q) : NULL;
	}
	if (sub == NULL) {
		/* A circle through the server: the client gets what there is. */
		file_finish_answer(a);
		rt_reply_set_rcode(q, DNS_RCODE_SERVFAIL);
	} else {
		rt_reply_set_rcode(q, append_found(a, sub));
	}
	return RT_DONE;
}

/* ---- serving ---- */

static enum rt_verdict
ended(struct rt_query *q)
{
	if (RT_UNLIKELY(q->reply.error < 0))
		return rt_fail(q, DNS_RCODE_SERVFAIL, "the answer cannot be written: %s",
			       rt_strerror(q->reply.error));
	return RT_DONE;
}

/* What is left to do after a lookup that is not simply an answer. */
static RT_NOINLINE enum rt_verdict
conclude(struct file_answer *a, struct rt_query *q, const struct file_slot *slot,
	 enum file_result result)
{
	switch (result) {
	case FILE_ANSWER:
	case FILE_NODATA:
		break;
	case FILE_NXDOMAIN:
		rt_reply_set_rcode(q, DNS_RCODE_NXDOMAIN);
		break;
	case FILE_REFERRAL:
		if (a->links == 0)
			dns_msg_set_flags(q->reply.wire,
					  dns_msg_flags(q->reply.wire) & ~DNS_FLAG_AA);
		break;
	case FILE_YXDOMAIN:
		rt_reply_set_rcode(q, DNS_RCODE_YXDOMAIN);
		break;
	case FILE_CHASE:
		if (chase(a, q) == RT_PENDING)
			return RT_PENDING;
		/* A suspended query has moved, but then this is a later call with its new address.
		 */
		break;
	case FILE_MISS:
		if (rt_falls_through(&slot->config->fallthrough, &q->qname))
			return RT_NEXT;
		file_answer_init(a, a->zone, &q->reply, &q->qname, q->qtype, a->dnssec);
		return conclude(a, q, slot, file_lookup(a));
	case FILE_FAILURE:
	case FILE_LINK:
		return rt_fail(q, DNS_RCODE_SERVFAIL, "a DNAME of zone %s leads to itself",
			       slot->zone->text);
	}
	return ended(q);
}

/* What is not looked up in the zone; RT_NEXT: go on and do. */
static enum rt_verdict
refuse(const struct file_slot *slot, struct rt_query *q)
{
	char client[ADDR_TEXT_MAX];

	/* Without the transfer plugin in front, nobody may have the zone. */
	if (q->qtype == DNS_TYPE_AXFR || q->qtype == DNS_TYPE_IXFR)
		return rt_fail(q, DNS_RCODE_REFUSED, NULL);
	/* A primary wants no notifies; as CoreDNS, it says nothing to that. */
	if (q->opcode == DNS_OPCODE_NOTIFY) {
		addr_format(&q->client, client);
		rt_plugin_log("file", RT_LOG_INFO, "Dropping notify from %s for %s", client,
			      slot->zone->text);
		return RT_DROP;
	}
	return RT_NEXT;
}

static bool
is_special(const struct rt_query *q)
{
	return (uint16_t)(q->qtype - DNS_TYPE_IXFR) <= DNS_TYPE_AXFR - DNS_TYPE_IXFR ||
	       q->opcode != DNS_OPCODE_QUERY;
}

/* The general way to an answer. */
static RT_NOINLINE enum rt_verdict
answer(const struct file_slot *slot, const struct file_zone *zone, struct rt_query *q)
{
	struct file_answer a;

	file_answer_init(&a, zone, &q->reply, &q->qname, q->qtype, (q->flags & RT_QF_DO) != 0);
	a.may_fall = slot->config->fallthrough.enabled;
	return conclude(&a, q, slot, file_lookup(&a));
}

/* The prepared answer; false: it must be made another way. */
static RT_ALWAYS_INLINE bool
give(const struct file_zone *zone, struct rt_query *q, const struct file_rrset *set, bool dnssec)
{
	struct file_prepared p;
	uint8_t *to;

	if (!file_prepare(&p, zone, set, dnssec, q->question_end) ||
	    !rt_reply_take_all(q, true, p.len, FILE_SLACK, p.counts, &to))
		return false;
	file_put_prepared(&p, zone, &q->qname, to, q->question_end);
	return true;
}

static RT_NOINLINE bool
give_any(const struct file_zone *zone, struct rt_query *q, const struct file_rrset *set)
{
	return give(zone, q, set, (q->flags & RT_QF_DO) != 0);
}

/* By all the rules. */
static RT_NOINLINE enum rt_verdict
serve_any(const struct file_config *config, const struct file_state *state, struct rt_query *q)
{
	const struct file_slot *slot = NULL;
	const struct file_rrset *set;
	const struct file_zone *zone;

	/* The first directive of the block has answered for the others. */
	if (state->leader != state)
		return RT_NEXT;
	if (q->qclass == DNS_CLASS_IN || q->qclass == DNS_CLASS_ANY)
		slot = file_group_find(&state->group, &q->qname);
	if (slot == NULL)
		return config->last ? rt_fail(q, DNS_RCODE_REFUSED, NULL) : RT_NEXT;
	if (is_special(q)) {
		enum rt_verdict v = refuse(slot, q);

		if (v != RT_NEXT)
			return v;
	}
	zone = slot_zone(slot);
	if (zone == NULL)
		return rt_fail(q, DNS_RCODE_SERVFAIL, "zone %s is not loaded", slot->zone->text);
	set = file_find_prepared(zone, &q->qname, q->qtype);
	if (set != NULL && give_any(zone, q, set))
		return RT_DONE;
	rt_reply_begin(q, true);
	return answer(slot, zone, q);
}

enum rt_verdict
file_serve(const struct file_config *config, struct file_state *state, struct rt_query *q)
{
	const struct file_slot *slot = state->sole;
	const struct file_rrset *set = NULL;
	const struct file_zone *zone = NULL;

	/* Nearly always: one zone, and the name is in it as a plain one.  Else it is all looked at again. */
	if (RT_LIKELY(slot != NULL))
		zone = slot_zone(slot);
	/* No name has records of the types that are special. */
	if (RT_LIKELY(zone != NULL && q->qclass == DNS_CLASS_IN && q->opcode == DNS_OPCODE_QUERY))
		set = file_find_prepared(zone, &q->qname, q->qtype);
	if (RT_LIKELY(set != NULL && file_zone_ends(zone, &q->qname)) &&
	    ((q->flags & RT_QF_DO) != 0 ? give_any(zone, q, set) : give(zone, q, set, false)))
		return RT_DONE;
	return serve_any(config, state, q);
}

static RT_ALWAYS_INLINE bool
fetch(const struct file_slot *slot, const struct rt_query *q, unsigned what)
{
	const struct file_zone *zone = slot_zone(slot);

	if (RT_UNLIKELY(zone == NULL) || zone->mask < FILE_ZONE_LARGE)
		return false;
	if (what == RT_FETCH_INDEX)
		file_zone_fetch_place(zone, q->qname.hash);
	else
		file_zone_fetch_node(zone, q->qname.hash);
	return true;
}

/* Where there are several zones, or none of this directive. */
static RT_NOINLINE bool
fetch_any(const struct file_group *group, const struct rt_query *q, unsigned what)
{
	const struct file_slot *slot = file_group_find(group, &q->qname);

	return slot != NULL && fetch(slot, q, what);
}

bool
file_prefetch(const struct file_config *config, struct file_state *state, const struct rt_query *q,
	      unsigned what)
{
	(void)config;
	return RT_LIKELY(state->sole != NULL) ? fetch(state->sole, q, what)
					      : fetch_any(&state->group, q, what);
}
