/*
 * load.c - from the master file to a snapshot.
 */
#include "config.h"

#include "file/load.h"

#include "base/bytes.h"
#include "base/error.h"
#include "dns/types.h"
#include "dns/zonefile.h"
#include "file/build.h"
#include "file/zone.h"
#include "rt.h"

struct load {
	const struct file_source *source;
	struct file_build *build;
	bool seen_soa;
	bool unchanged; /* the SOA has the serial that we have */
	bool includes;
	int error; /* of the builder */
};

static void
log_warning(void *user, const char *file, unsigned line, const char *text)
{
	const struct file_source *source = user;

	if (file != NULL)
		rt_plugin_log("file", RT_LOG_WARNING, "%s:%u: zone %s: %s", file, line,
			      source->zone->text, text);
	else
		rt_plugin_log("file", RT_LOG_WARNING, "zone %s in %s: %s", source->zone->text,
			      source->path, text);
}

/* The first SOA record decides whether the rest is read. */
static bool
is_news(struct load *l, const struct dns_zonefile_rr *rr)
{
	const uint8_t *rname = rr->rdata + dns_name_len(rr->rdata);

	l->seen_soa = true;
	l->unchanged = l->source->has_serial &&
		       bytes_get32(rname + dns_name_len(rname)) == l->source->serial;
	return !l->unchanged;
}

static bool
take(void *user, const struct dns_zonefile_rr *rr)
{
	struct load *l = user;

	if (rr->type == DNS_TYPE_SOA && !l->seen_soa && rr->rdlen >= 22 && !is_news(l, rr))
		return false;
	if (!l->includes && strcmp(rr->file, l->source->path) != 0)
		l->includes = true;
	l->error = file_build_add(l->build, rr);
	return l->error == 0;
}

static enum file_load
broken(struct file_loaded *out, const struct file_source *source, const char *why)
{
	snprintf(out->why, sizeof(out->why),
		 "failed to parse file \"%s\" for origin %s with error %s", source->path,
		 source->zone->text, why);
	return FILE_BROKEN;
}

static enum file_load
read_failed(struct load *l, struct file_loaded *out, int rc, const struct dns_zonefile_error *err)
{
	char why[FILE_WHY_MAX / 2 + 64];

	if (rc == RT_ECANCELED && l->unchanged)
		return FILE_UNCHANGED;
	if (rc == RT_ECANCELED)
		return broken(out, l->source, rt_strerror(l->error));
	if (err->line == 0 && (rc == RT_ENOENT || rc == RT_ESYS)) {
		snprintf(out->why, sizeof(out->why), "open %s: %s", l->source->path, err->text);
		return FILE_MISSING;
	}
	if (err->line == 0)
		return broken(out, l->source, err->text);
	snprintf(why, sizeof(why), "%s:%u: %s", err->file, err->line, err->text);
	return broken(out, l->source, why);
}

static enum file_load
load_into(struct load *l, struct file_loaded *out)
{
	const struct dns_zonefile_options options = { .origin = l->source->zone->wire,
						      .rr = take,
						      .user = l };
	struct dns_zonefile_error err = { 0 };
	int rc = dns_zonefile_read(l->source->path, &options, &err);

	if (rc < 0)
		return read_failed(l, out, rc, &err);
	rc = file_build_finish(l->build, &out->zone);
	if (rc == 0)
		return FILE_LOADED;
	if (rc != RT_ENOENT)
		return broken(out, l->source, rt_strerror(rc));
	snprintf(out->why, sizeof(out->why), "file \"%s\" has no SOA record for origin %s",
		 l->source->path, l->source->zone->text);
	return FILE_BROKEN;
}

enum file_load
file_load(const struct file_source *source, struct file_loaded *out)
{
	/* The builder's callback only reads it. */
	struct load l = {
		.source = source,
		.build = file_build_new(source->zone->wire, log_warning, (void *)(uintptr_t)source),
	};
	enum file_load result;

	*out = (struct file_loaded){ 0 };
	if (l.build == NULL)
		return broken(out, source, rt_strerror(RT_ENOMEM));
	result = load_into(&l, out);
	out->includes = l.includes;
	file_build_free(l.build);
	return result;
}
