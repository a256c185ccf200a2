/*
 * plugin.h - how a plugin describes itself to the compiler.
 *
 * A plugin NAME has in NAME_setup.c one object, `const struct cfc_plugin NAME_plugin`, and
 * plugins/order.def one line.  The descriptor holds the option tables: the single source for
 * parsing, error texts, did-you-mean, defaults, the C initialiser, reference pages and completion.
 *
 * A worked example, the directive `nsid2 [DATA]` with a block option `ttl SECONDS [PERCENT]`:
 *
 *	static const struct cfc_arg data_args[] = {
 *		{ .name = "DATA", .kind = CFC_STRING, .arity = CFC_OPT, .dflt = "none",
 *			CFC_AT(struct nsid2_config, data), .help = "what to send" },
 *	};
 *	static const struct cfc_arg ttl_args[] = {
 *		{ .name = "SECONDS", .kind = CFC_UINT, .min = 1, .max = 65535, .dflt = "30",
 *			.unit = "seconds", CFC_AT(struct nsid2_config, ttl) },
 *		{ .name = "PERCENT", .kind = CFC_PERCENT, .arity = CFC_OPT, .max = 90, .dflt = "10%",
 *			CFC_AT(struct nsid2_config, percent) },
 *	};
 *	static const struct cfc_option nsid2_options[] = {
 *		{ .name = "ttl", CFC_ARGS(ttl_args), .help = "how long to keep it" },
 *	};
 *	const struct cfc_plugin nsid2_plugin = {
 *		.name = "nsid2",
 *		.summary = "answers with the identity of the server",
 *		CFC_CONFIG(nsid2_config),
 *		.directive = { CFC_ARGS(data_args) },
 *		CFC_OPTIONS(nsid2_options),
 *		.repeat = CFC_REPEAT_ERROR,
 *		.hooks = CFC_SERVE,
 *	};
 *
 * What happens with it, for every directive in a server block, in chain order: a zeroed config is
 * made, `dflt` texts are parsed into it with the same code that parses the Corefile, then the
 * directive's arguments and block lines are bound row by row, then check() judges the whole.  The
 * emitter prints the fields that the tables name, in table order, then those in `fields`.
 *
 * What we refuse and CoreDNS takes is marked: .lax in the tables, cfc_stricter() in functions (see
 * "CoreDNS's verdict" in compiler/diag.h).  A plugin's tables are measured against CoreDNS that way.
 * What CoreDNS opens when it sets a plugin up is looked at with compiler/bind/setup_file.h.
 *
 * Errors: functions here report through cfc_error and the like (compiler/diag.h) and return false;
 * the compiler goes on with the next line.  Memory: everything a config points to is allocated from
 * the compilation (cfc_array, cfc_printf) and lives until the end of the program.  No globals.
 */
#ifndef COMPILER_PLUGIN_H
#define COMPILER_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "compiler/cfc.h"
#include "compiler/query.h"
#include "compiler/tree.h"
#include "rt_config.h"

struct buf;
struct cfc_bind;
struct cfc_block;
struct cfc_instance;
struct cfc_trace;

/* What a value is: how it is written in the Corefile, and the C type of its field. */
enum cfc_kind {
	CFC_NONE, /* no field: only set_flag of the option, or handled by parse() */
	CFC_FLAG, /* bool; set by the presence of the option, or the words on|off as an argument */
	CFC_UINT, /* uint32_t; decimal */
	CFC_DURATION, /* uint64_t, nanoseconds; Go duration: 1m30s */
	CFC_INTERVAL, /* uint64_t, nanoseconds; Go duration, or a number of seconds */
	CFC_SECONDS,  /* uint32_t, seconds; decimal */
	CFC_PERCENT,  /* uint32_t; "10%" */
	CFC_STRING,   /* const char * */
	CFC_PATH,     /* const char *; joined to `root` when relative */
	CFC_ENUM,     /* int; index into .values */
	CFC_NAME,     /* struct rt_name; domain name */
	CFC_NAMES,    /* struct rt_names; domain names */
	CFC_ZONES,    /* struct rt_names; names or CIDRs; the block's zones when none are written */
	CFC_FALLTHROUGH, /* struct rt_fallthrough; the option's own [ZONES...] */
	CFC_STRINGS,     /* struct rt_strings */
	CFC_ADDR,        /* struct addr; IP[:PORT] */
	CFC_ADDRS,       /* struct rt_addrs */
	CFC_CIDRS,       /* struct rt_cidrs; CIDR or IP */
	CFC_RCODES,      /* struct rt_codes; rcode names */
	CFC_TYPES,       /* struct rt_codes; RR type names */
	CFC_ENDPOINT,    /* const char *; HOST:PORT or :PORT to listen on */
	CFC_SYMBOL,      /* const T *; an object of the runtime half by its name; only in .fields */
	CFC_STRUCTS,     /* { const struct S *v; unsigned n; }: only in .fields, see cfc_struct */
};

enum cfc_arity {
	CFC_ONE,  /* must be there */
	CFC_OPT,  /* may be left out, with all that follow it */
	CFC_IF,   /* taken if the word is a number or duration, else left to the next argument */
	CFC_REST, /* all remaining ones, also none; list kinds only */
	CFC_MANY, /* all remaining ones, at least one; list kinds only */
};

/* One argument. */
struct cfc_arg {
	const char *name; /* as in the documentation: TTL */
	enum cfc_kind kind;
	enum cfc_arity arity;
	int64_t min, max; /* numbers and durations, in the field's unit; both 0: any */
	unsigned nmax;    /* lists: how many at the most; 0: any */
	const char *dflt; /* as it would be written; NULL: all zero */
	unsigned lax;     /* CFC_LAX_KIND ...: where CoreDNS is less strict */
	bool nosign;      /* numbers: not even '+' may stand before it */
	const char *unit; /* "seconds", for comments and documentation; NULL: of the kind */
	const char *const *values; /* CFC_ENUM: words, NULL at the end */
	size_t offset;             /* of the field, see CFC_AT */
	const char *field;
	const char *help; /* one line; NULL when the option's says it */
	bool secret;      /* never shown by explain and diff */
};
/*
 * Of an argument: what CoreDNS takes and we refuse by default.  With --compat the value is not looked
 * at then, and the field keeps its default.
 */
#define CFC_LAX_KIND         (1u << 0) /* any word */
#define CFC_LAX_MIN          (1u << 1) /* the lower bound is ours */
#define CFC_LAX_MAX          (1u << 2) /* the upper bound is ours: up to 64 bits; any text for a port */
#define CFC_AT(type, member) .offset = offsetof(type, member), .field = #member

/* What a second time means, for options in a block and for directives in a server block. */
enum cfc_repeat {
	CFC_REPEAT_LAST,  /* the last one wins, with a warning (CF2010) */
	CFC_REPEAT_FIRST, /* the first one wins, with a warning */
	CFC_REPEAT_ERROR, /* refused */
	CFC_REPEAT_MERGE, /* lists grow, other values are overwritten; one instance */
	CFC_REPEAT_EACH,  /* directives: an instance each, in the order of the file */
	CFC_REPEAT_SAME,  /* no difference (`debug`, `minimal`); I am silent about it */
};

struct cfc_option {
	const char *name;
	const char *help; /* one line: "resends … after DUR" */
	const struct cfc_arg *args;
	unsigned nargs;
	enum cfc_repeat repeat;
	/*
	 * Accepted and without effect, as in CoreDNS: warning CF2011.  Takes words, none with
	 * CFC_LAX_FLAT.
	 */
	bool ignored;
	bool undocumented;    /* not in CoreDNS's README; still bound */
	unsigned lax;         /* CFC_LAX_MORE ...: where CoreDNS is less strict */
	bool secret;          /* its last word is never shown, as .secret of an argument says it */
	const char *needs;    /* name of another option that must be there (CF2005) */
	const char *excludes; /* name of another option that must not be there (CF2006) */
	size_t flag_offset;   /* bool field set to true when the option is there, see CFC_SETS */
	const char *flag_field;
	/* Irregular grammar: instead of args.  The tables still carry a syntax text for documentation. */
	bool (*parse)(struct cfc_bind *b, void *config, const struct cfc_line *line);
	const char *syntax;
};
/*
 * Of an option or a directive: what CoreDNS takes and we refuse by default.  Zones are not listed
 * here: CoreDNS leaves out of a list of zones what is none, wherever kind is CFC_ZONES or
 * CFC_FALLTHROUGH.
 */
#define CFC_LAX_MORE           (1u << 0) /* further words are not read */
#define CFC_LAX_FLAT           (1u << 1) /* further words of the line are read as the next option */
#define CFC_LAX_FEWER          (1u << 2) /* arguments may be missing */
#define CFC_LAX_REPEAT         (1u << 3) /* may be given again */
#define CFC_LAX_ARGS           (1u << 4) /* directive: arguments may be given, they are not read */
#define CFC_LAX_BLOCK          (1u << 5) /* directive without options: a block after it is not read */
#define CFC_LAX_EMPTY          (1u << 6) /* ... an empty block may follow, also by default */
#define CFC_LAX_HEADS          (1u << 7) /* a block after its arguments is read as more directives */
#define CFC_ARGS(table)        .args = (table), .nargs = ARRAY_SIZE(table)
#define CFC_SETS(type, member) .flag_offset = offsetof(type, member), .flag_field = #member

/* A field that no argument fills directly: computed in check() or parse(), printed like the others. */
struct cfc_field {
	const char *field;
	enum cfc_kind kind;
	size_t offset;
	const char *comment;            /* unit or meaning; may be NULL */
	const struct cfc_struct *elems; /* CFC_STRUCTS: what each one is */
	const char *const *values;      /* CFC_ENUM: for the comment */
	bool secret;                    /* never shown by explain and diff */
	bool derived;                   /* follows from other directives: no change of its own */
};

/* A struct that lists in a config consist of: struct NAME_list { const struct S *v; unsigned n; }. */
struct cfc_struct {
	const char *type; /* "struct hosts_entry" */
	size_t size;
	const struct cfc_field *fields;
	unsigned nfields;
	void (*text)(const void *one, struct buf *out); /* as people write it; NULL: its fields */
};

/* Which functions the plugin has at run time. */
#define CFC_SERVE    (1u << 0) /* NAME_serve */
#define CFC_REPLY    (1u << 1) /* NAME_reply */
#define CFC_START    (1u << 2) /* NAME_start and NAME_stop */
#define CFC_WORKER   (1u << 3) /* NAME_worker_start and NAME_worker_stop; needs CFC_START */
#define CFC_RELOAD   (1u << 4) /* NAME_reload; needs CFC_START */
#define CFC_PREFETCH (1u << 5) /* NAME_prefetch; needs CFC_SERVE */

/* What it means for the program, for checks, explain and dispatch. */
#define CFC_ANSWERS   (1u << 0) /* can answer a query (a block without one is REFUSED) */
#define CFC_TERMINAL  (1u << 1) /* answers every query: nothing after it is reached */
#define CFC_ANY_CLASS (1u << 2) /* opens the listener for classes other than IN */
#define CFC_RECURSIVE (1u << 3) /* asks other servers: forward */
#define CFC_HANDLER   (1u << 4) /* counts in coredns_plugin_enabled: in the chain in CoreDNS */
/*
 * Known and checked, but without a run-time half: lint, fmt and explain take it, build refuses it
 * (CF3017).  Has no hooks.
 */
#define CFC_LINT_ONLY (1u << 5)

/*
 * Has all names of its zones: those that it does not know do not exist, or fail.  Only `fallthrough`
 * passes them on.
 */
#define CFC_KEEPS (1u << 6)

struct cfc_plugin {
	const char *name;
	const char *summary; /* one line, no full stop: "keeps answers and gives them again" */
	const char *config_type;
	size_t config_size;
	struct cfc_option directive; /* the arguments on the directive's own line */
	const struct cfc_option *options;
	unsigned noptions; /* 0 and no line(): the directive takes no block */
	const struct cfc_field *fields;
	unsigned nfields;
	enum cfc_repeat repeat;
	unsigned hooks;   /* CFC_SERVE ... */
	unsigned traits;  /* CFC_ANSWERS ... */
	const char *libs; /* for the linker, beyond the runtime's: "-lldns -lcrypto"; NULL: none */
	/* Plugins outside the tree: the one of order.def that it runs before; NULL: last. */
	const char *before;
	/* Before anything is bound: defaults that no text can express.  May be NULL. */
	void (*init)(struct cfc_bind *b, void *config);
	/* A block line whose first word is no option (hosts entries); NULL: CF2004, unknown option. */
	bool (*line)(struct cfc_bind *b, void *config, const struct cfc_line *line);
	/* After everything is bound: relations between options; fills computed fields.  May be NULL. */
	bool (*check)(struct cfc_bind *b, void *config);
	/* For explain and diff (trace.h): what it does with one query; NULL: the tables tell enough. */
	enum cfc_outcome (*trace)(struct cfc_trace *t, const void *config);
	/* The same for views: whether the server block takes the query at all.  NULL: it does. */
	enum cfc_tri (*takes)(struct cfc_trace *t, const void *config);
	/* Effect on the server block instead of the chain (bind, root, multisocket).  May be NULL. */
	bool (*plan)(struct cfc_bind *b, const void *config, struct cfc_block *block);
};
#define CFC_CONFIG(name)   .config_type = "struct " #name, .config_size = sizeof(struct name)
#define CFC_OPTIONS(table) .options = (table), .noptions = ARRAY_SIZE(table)
#define CFC_FIELDS(table)  .fields = (table), .nfields = ARRAY_SIZE(table)

/* ---- for parse(), line(), check() and plan() ---- */

/* Where binding is: made by the compiler, read by plugins. */
struct cfc_bind {
	struct cfc *c;
	const struct cfc_plugin *plugin;
	const struct cfc_directive *directive;
	const struct cfc_block *block;
	struct cfc_instance *instance;
	const char *root; /* of `root`, or NULL */
	/*
	 * The plugin's own, from one of its directives in a block to the next, and from line to line; NULL at
	 * first.  What it has met already, mostly, in a cfc_map().
	 */
	void *memo;
};

/* The plugin called so, or NULL; the list is plugins/order.def and --plugin folders. */
const struct cfc_plugin *cfc_plugin_find(const struct cfc *c, const char *name, size_t len);

/* The directive's first line that begins with the word, or NULL. */
const struct cfc_line *cfc_find_line(const struct cfc_directive *d, const char *word);

/* Whether the option or argument at this offset was written, rather than defaulted. */
bool cfc_bind_was_set(const struct cfc_bind *b, size_t offset);
/* Marks it as written; for fields that parse() fills. */
void cfc_bind_mark(struct cfc_bind *b, size_t offset);

/*
 * Binds one token as arg says into field (the address of the value itself; a list grows by it).
 * Reports and returns false when it is not what arg wants.
 */
bool cfc_bind_value(struct cfc_bind *b, const struct cfc_arg *arg, const struct cfc_token *tok,
		    void *field);

/* Binds the n tokens to the args, as a table row would: counts, kinds, ranges.  Into config. */
bool cfc_bind_args(struct cfc_bind *b, const struct cfc_option *opt, const struct cfc_token *toks,
		   size_t n, struct cfc_span span, void *config);

/*
 * For parse() and line(): the line has at least so many words after the first, at the most so many,
 * and no block.  Reports with the option's usage and returns false when not.
 */
bool cfc_bind_count(struct cfc_bind *b, const struct cfc_line *line, size_t least, size_t most);

/* For line(): reports that the line's first word is no option of the plugin. */
bool cfc_bind_unknown(struct cfc_bind *b, const struct cfc_line *line);

/*
 * Appends an element to a list field ({ const T *v; unsigned n; }) and returns its address: for
 * CFC_STRUCTS.  Zeroed.
 */
void *cfc_list_add(struct cfc_bind *b, void *list, size_t elem_size);

/* The path as the server will open it: joined to root when relative and root is set. */
const char *cfc_bind_path(struct cfc_bind *b, const char *path, size_t len);

/*
 * An IP address with or without a port, and with a zone that only the serving machine knows
 * (fe80::1%eth0); the zone is not kept.  Reports and returns false when it is none.
 */
bool cfc_bind_host(struct cfc_bind *b, const struct cfc_token *tok, struct addr *a);

/* An IP address and nothing else: no port, brackets or zone.  Reports and returns false when it is none. */
bool cfc_bind_ip(struct cfc_bind *b, const struct cfc_token *tok, struct addr *a);

/*
 * Whether CoreDNS knows a type, class or opcode that this server knows: it wants capitals and no numbers
 * (TYPE65).  Always true without --compat; reports nothing.
 */
bool cfc_bind_mnemonic(const struct cfc_bind *b, const struct cfc_token *tok);

/* Whether CoreDNS knows the name of an rcode that this server knows; reports what it does not. */
bool cfc_bind_rcode_known(struct cfc_bind *b, const struct cfc_token *tok);

/*
 * Zones as clouds host them: each word has so many parts between colons, of which none is empty and the
 * last may have more colons; form is what that looks like.  Adds them to zones and reports what is no such
 * zone or there already.
 */
bool cfc_bind_hosted(struct cfc_bind *b, const struct cfc_line *line, struct rt_strings *zones,
		     unsigned parts, const char *form);

/* Makes a struct rt_name of text (relative is taken as absolute); false: reported. */
bool cfc_bind_name(struct cfc_bind *b, const struct cfc_token *tok, struct rt_name *name);

#endif
