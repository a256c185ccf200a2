/*
 * manifest.h - Corefiles in Kubernetes manifests.
 *
 * Read are the ConfigMaps of a YAML file (several documents, lists) that hold
 *
 *	- a Corefile: a key 'Corefile', or one that is called like such a file (Corefile.base, x.corefile)
 *	- parts of one: of a ConfigMap like 'coredns-custom', which CoreDNS's Corefile imports from
 *	  its folder 'custom', the keys called *.server and *.override
 *
 * Each key of these becomes a unit (embed.h) under the path at which it is mounted: /etc/coredns/KEY, and
 * /etc/coredns/custom/KEY.  A Corefile sees the keys of its own ConfigMap and those of the ones for its
 * namespace; nothing else (mount.h).
 *
 *	struct cfc_programs all;
 *	cfc_manifest_load_all(c, host, &all);
 *
 * Faults of the file are CF1014.  Other objects are passed over.  Not looked at: Secrets, values of
 * Helm charts, what a Deployment says about where it mounts a ConfigMap.
 *
 * Memory: the arena of the compilation.
 */
#ifndef COMPILER_MANIFEST_MANIFEST_H
#define COMPILER_MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/source.h"

struct cfc;
struct cfc_program;

struct cfc_manifest_key {
	const char *name;
	struct cfc_span at;
	struct cfc_source *unit;
};

struct cfc_mounts;
struct cfc_config_map {
	const char *name;      /* "" = it has none */
	const char *namespace; /* "" = not said */
	bool is_custom;        /* holds parts of a Corefile, not one */
	struct cfc_manifest_key *keys;
	size_t nkeys;
	size_t keys_room;
	struct cfc_mounts *mounts; /* what a Corefile of it sees; NULL = not asked for yet */
};

enum cfc_manifest_kind {
	CFC_MANIFEST_COREFILE,
	CFC_MANIFEST_SERVER,   /* server blocks */
	CFC_MANIFEST_OVERRIDE, /* directives of a server block */
};

/* What can be looked at. */
struct cfc_manifest_part {
	enum cfc_manifest_kind kind;
	struct cfc_config_map *map;
	const struct cfc_manifest_key *key;
};

struct cfc_manifest {
	const struct cfc_source *host;
	struct cfc_config_map **maps; /* those that matter, in order */
	size_t nmaps;
	size_t maps_room;
	struct cfc_manifest_part *parts; /* Corefiles first, then parts of some, in order */
	size_t nparts;
	size_t parts_room;
	bool broken; /* it is no YAML, or has faults by which Corefiles get lost: reported */
};

/*
 * Whether a unit is YAML rather than a Corefile: as c->form says, or by the name (.yaml, .yml, .json), or in which
 * how it begins ('apiVersion:', '---', '{"'), which no Corefile does.
 */
bool cfc_manifest_is(const struct cfc *c, const struct cfc_source *unit);

/* Whether a file of that name may be a manifest when a folder is looked through. */
bool cfc_manifest_has_name(const char *path);

/* Whether YAML is worth reading: false = it surely holds no Corefile. */
bool cfc_manifest_may_hold(const struct cfc_source *host);

/* Whether it has marks of a template (of Helm), which must be rendered before it is YAML. */
bool cfc_manifest_is_template(const struct cfc_source *host);

/* All that a file holds; false: m->broken. */
bool cfc_manifest_read(struct cfc *c, const struct cfc_source *host, struct cfc_manifest *m);

/* Report that a file that was named holds none, and what was looked for. */
void cfc_manifest_report_none(struct cfc *c, const struct cfc_source *host);

/* The Corefile of that ConfigMap ("coredns", "kube-system/coredns"; NULL = the only one).  NULL = reported. */
const struct cfc_manifest_part *cfc_manifest_find(struct cfc *c, const struct cfc_manifest *m,
						  const char *name);

/* Its unit, with what is mounted beside it. */
struct cfc_source *cfc_manifest_choose(struct cfc *c, const struct cfc_manifest *m,
				       const char *name);

/* What a manifest comes to. */
struct cfc_programs {
	struct cfc_program *list;
	size_t count;
	bool parsed; /* all of them, and the manifest itself */
};

/*
 * Compiles each Corefile of a manifest, and each part that none of them imports as far as it makes sense
 * alone.  Returns how many there were in all.
 */
size_t cfc_manifest_load_all(struct cfc *c, const struct cfc_source *host,
			     struct cfc_programs *out);

/* Whether a key, or a file in a folder, is a Corefile by its name. */
bool cfc_is_corefile_name(const char *name);

#endif
