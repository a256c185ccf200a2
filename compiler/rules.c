/*
 * rules.c - the one table of everything that corefilec reports: ids, summaries, explanations.
 *
 * Rules with a function look at the whole plan (checks.h); the others are reported by the pass that
 * stumbles upon them.  An id never changes its meaning.  `corefile-lint --explain ID` prints a row.
 */
#include "config.h"

#include "compiler/checks.h"

#include <stdarg.h>

#define E CFC_SEVERITY_ERROR
#define W CFC_SEVERITY_WARNING

static const struct cfc_rule rules[] = {
	/* ---- CF1: the language ---- */
	{ "CF1000", E, "a file cannot be read",
	  "The Corefile or an imported file is absent, unreadable, a directory, or too large. The "
	  "message names the path and the reason.",
	  NULL },
	{ "CF1001", E, "a quote is never closed",
	  "A word that begins with a double quote goes on to the next one, over lines if need be. "
	  "CoreDNS silently reads to the end of the file. Close the quote.",
	  NULL },
	{ "CF1002", E, "a block is never closed, or a brace closes nothing",
	  "Reported at the opening brace that has no partner, or at the stray one.", NULL },
	{ "CF1003", E, "a brace glued to a word",
	  "'example.org{' is one word: CoreDNS would serve a zone of that name. Put a blank before "
	  "the brace.",
	  NULL },
	{ "CF1004", W, "a '#' in the middle of a word",
	  "A comment begins at every '#' outside quotes, so the rest of the word is lost. Quote the "
	  "word, or put a blank before the comment.",
	  NULL },
	{ "CF1005", E, "an unknown directive",
	  "Each directive names a plugin. Either it is misspelt, or CoreDNS removed it, or this build "
	  "does not have it: 'corefilec plugins' lists those there are.",
	  NULL },
	{ "CF1006", W, "an environment variable that is not set",
	  "{$NAME} and {%NAME%} become nothing when the variable is not set. It is an error where "
	  "that leaves nothing to work with.",
	  NULL },
	{ "CF1007", E, "something is wrong with an import or a snippet",
	  "Missing files, directories, patterns with more than one '*' or '?', cycles, snippets that are "
	  "defined twice or used before they are defined. Patterns that match nothing and snippets that "
	  "nobody uses are warnings.",
	  NULL },
	{ "CF1008", W, "characters that are surely not meant",
	  "Quotes in the middle of a word, typographic quotes, NUL or invalid UTF-8.", NULL },
	{ "CF1009", W, "{{$v}} taken for an environment variable",
	  "{$...} is replaced before a plugin sees its arguments, also inside a template.", NULL },
	{ "CF1010", E, "lines, blocks or keys in the wrong place",
	  "A server block is a line of keys that ends in '{', directives, and '}'.", NULL },
	{ "CF1011", W, "there is no server block",
	  "The built-in configuration is used: whoami and log on port 53.", NULL },
	/* ---- CF2: directives ---- */
	{ "CF2001", E, "too few or too many arguments",
	  "The note shows the usage. An option or directive that takes no block was given one.",
	  NULL },
	{ "CF2002", E, "an argument of the wrong kind",
	  "A duration needs a unit (30s, 1m30s), an address must be an IP address, a name a domain "
	  "name. The message says what was expected.",
	  NULL },
	{ "CF2003", E, "a value out of range", "The message names the limits.", NULL },
	{ "CF2004", E, "an unknown option",
	  "The plugin has no option of that name; the nearest one is suggested.", NULL },
	{ "CF2005", E, "an option that needs another one", "Add the other, or remove this one.",
	  NULL },
	{ "CF2006", E, "options that exclude each other", "Keep one of them.", NULL },
	{ "CF2010", W, "something is given twice",
	  "An error where CoreDNS refuses it; a warning where one of the two silently has no effect.",
	  NULL },
	{ "CF2011", W, "an option that does nothing any more",
	  "CoreDNS accepts and ignores it. Remove "
	  "it.",
	  NULL },
	{ "CF2012", W, "a log format taken as a name",
	  "'log {combined}' logs queries for a name '{combined}'. A format must stand behind at least "
	  "one name: 'log . {combined}'.",
	  NULL },
	{ "CF2013", W, "a line of hosts that makes no sense",
	  "What is no option in the block of 'hosts' is taken as a line of a hosts file, an address with "
	  "names. CoreDNS skips lines that are none, so a misspelt option has no effect there.",
	  NULL },
	{ "CF2014", W, "something that CoreDNS does not read, or reads otherwise",
	  "CoreDNS accepts the text and means something else by it, or nothing at all. The message says "
	  "what.",
	  NULL },
	{ "CF2016", W, "bounds that contradict each other, or can never apply",
	  "A lowest TTL above the highest, a window of less than a second; as advice: a capacity "
	  "that is rounded.",
	  NULL },
	{ "CF2017", W, "a group, field or record that cannot be",
	  "A template or replacement names a group that its regular expression does not have, or a "
	  "field that the data do not have. An error where CoreDNS refuses it, and for a template "
	  "without actions that is no record: that fails for every query.",
	  NULL },
	{ "CF2018", W, "an address block that becomes several zones",
	  "Reverse zones end at label boundaries: /8, /16, /24 for IPv4, multiples of 4 for IPv6. Other "
	  "masks become many zones; some plugins use only the first.",
	  NULL },
	{ "CF2019", W, "a zone name that is surely not meant",
	  "For example one that looks like a path, a port, or an address.", NULL },
	{ "CF2020", E, "a secret that is none",
	  "Secrets of TSIG keys are written in base64, and have at least 16 octets to be safe.",
	  NULL },
	{ "CF2021", E, "'except' that takes nothing away, or everything",
	  "'bind ... { except X }' wants X to be among what the same 'bind' names, and something must "
	  "be left to listen on.",
	  NULL },
	{ "CF2022", E, "upstreams that this build cannot ask",
	  "'tls://' and 'https://' upstreams and the options that belong to them are known but not "
	  "built yet. Forward to plain DNS upstreams, or to a local proxy that speaks TLS.",
	  NULL },
	{ "CF2023", W, "a source address of the other family",
	  "An IPv4 'source_address' reaches no IPv6 upstream, and the other way round. Put upstreams of "
	  "each family into a 'forward' of their own.",
	  NULL },
	{ "CF2024", W, "a name of hosts outside its zones",
	  "'hosts FILE ZONE { ... }' answers for its zones only; a name in another one is never served. Add "
	  "the zone, or remove the name.",
	  NULL },
	{ "CF2025", W, "a placeholder that does not exist",
	  "What a log format has in braces and is no placeholder is logged as it stands.", NULL },
	{ "CF2030", E, "an expression with a fault",
	  "'view' and 'template' have expressions of expr-lang.org. Names, arguments and types are checked: a "
	  "function is called with (), and both sides of a comparison are of one kind. A warning where "
	  "CoreDNS starts and the expression fails at every query.",
	  NULL },
	{ "CF2031", E, "a template with a fault",
	  "Templates are those of Go's text/template. Actions are closed by '}}', blocks by '{{end}}', functions and variables "
	  "must exist.",
	  NULL },
	{ "CF2032", E, "a label selector with a fault",
	  "Selectors are those of Kubernetes: 'app=dns', 'tier!=test', 'tier in (a, b)', 'app', '!canary', "
	  "parted by commas.",
	  NULL },
	/* ---- CF3: the whole program ---- */
	{ "CF3001", E, "the same zone twice on one address and port",
	  "Two server blocks claim the same queries. Remove one, or give it another port or 'bind'.",
	  NULL },
	{ "CF3002", E, "a zone and port with 'bind' and without",
	  "A block without 'bind' listens on all addresses, also on those of the other block.",
	  NULL },
	{ "CF3003", W, "a rule that is never used",
	  "An earlier rule takes everything that this one is for. Put the special one first.",
	  NULL },
	{ "CF3004", W, "a plugin stands behind one that answers every query",
	  "Plugins run in a fixed order. After one that always answers (whoami), later ones never see a "
	  "query. Remove the one that is not meant.",
	  cfc_check_unreached },
	{ "CF3006", E, "two things claim one address",
	  "'health', 'ready' and 'prometheus' serve HTTP, and DNS is served over TCP as well as UDP. A "
	  "warning where one listener can serve both, which CoreDNS would not; an error where the server "
	  "could not start. Give each an address of its own.",
	  cfc_check_ports },
	{ "CF3007", W, "a transport and a directive that do not fit",
	  "Options of a transport in a server block without it, and 'tls' in one of plain DNS, have no effect. "
	  "tls://, quic:// and https3:// without 'tls' are errors: they have no certificate to show.",
	  cfc_check_transport_needs },
	{ "CF3008", E, "something that another plugin must provide",
	  "Some plugins use what others know: without them they fail at start, do nothing, or log '-'. The "
	  "message names what is missing. A warning where CoreDNS starts all the same.",
	  cfc_check_plugin_needs },
	{ "CF3009", W, "autopath without the pods' addresses",
	  "'autopath @kubernetes' finds the search path by the address of the pod that asks, which "
	  "'kubernetes' only knows with 'pods verified'.",
	  NULL },
	{ "CF3015", E, "a transport that this build does not serve",
	  "Server block keys may begin with tls://, https://, quic:// and others. All are checked, but "
	  "this build serves plain DNS over UDP and TCP only: 'build' would rather refuse than serve in "
	  "clear text what was meant to be encrypted.",
	  cfc_check_transport },
	{ "CF3016", W, "a server block in which nothing answers",
	  "A block needs at least one plugin that can answer. Without, every query for its zones "
	  "fails: REFUSED when the block is empty, SERVFAIL otherwise.",
	  cfc_check_answers },
	{ "CF3017", E, "a plugin that this build does not serve",
	  "corefilec knows every directive of CoreDNS and checks its arguments and options; some of them it "
	  "cannot put into a server yet. 'lint', 'fmt' and 'explain' take them, 'build' and 'run' refuse. "
	  "'corefilec plugins' tells which are which.",
	  cfc_check_served },
	{ "CF3018", W, "several 'ready' that differ",
	  "Server blocks share '/ready' on one address; the first decides whether plugins are monitored "
	  "until they are ready or continuously.",
	  cfc_check_monitors },
	/* ---- CF9: building ---- */
	{ "CF9001", E, "the runtime is not installed",
	  "corefilec links servers with archives in lib/corefilec, which it looks for next to itself and "
	  "in COREFILEC_RUNTIME.",
	  NULL },
	{ "CF9002", E, "there is no C compiler",
	  "Building a server needs one (gcc or clang); linting does not.", NULL },
	{ "CF9003", E, "the C compiler refused the generated code",
	  "A fault of corefilec or of its installation, never of the Corefile. Please report it.",
	  NULL },
	{ "CF9004", E, "a file cannot be written", "The message names the path and the reason.",
	  NULL },
	{ "CF9005", E, "a plugin outside the tree cannot be used",
	  "The folder NAME must hold NAME.h, NAME_setup.c with 'NAME_plugin', and NAME.c.", NULL },
	{ "CF9006", E, "a question that cannot be explained",
	  "'corefilec explain' wants a domain name and a record type.", NULL },
};

const struct cfc_rule *
cfc_rules(size_t *n)
{
	*n = ARRAY_SIZE(rules);
	return rules;
}

void
cfc_rule_report(struct cfc *c, const struct cfc_rule *rule, struct cfc_span span, const char *fmt,
		...)
{
	va_list ap;

	va_start(ap, fmt);
	cfc_report(c, rule->severity, span, rule->id, fmt, ap);
	va_end(ap);
}

void
cfc_check(struct cfc *c, const struct cfc_plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].check != NULL)
			rules[i].check(c, &rules[i], plan);
	}
}
