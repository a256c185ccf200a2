/*
 * kubernetes_setup.c - compile time: what `kubernetes` takes.  There is no run-time half yet.
 */
#include "config.h"

#include <float.h>
#include <string.h>

#include "base/num.h"
#include "compiler/fix.h"
#include "compiler/plugin.h"
#include "compiler/bind/setup_file.h"
#include "compiler/bind/url.h"
#include "compiler/tree.h"
#include "dns/name.h"
#include "kubernetes/kubernetes_setup_config.h"
#include "kubernetes/kubernetes_setup_labels.h"

struct kubernetes_config {
	struct rt_names zones;
	struct rt_strings endpoints;
	const char *cert;
	const char *key;
	const char *ca;
	const char *kubeconfig;
	const char *context;
	uint32_t burst;
	uint32_t inflight;
	struct rt_strings namespaces;
	int pods;
	bool endpoint_pod_names;
	uint32_t ttl;
	bool noendpoints;
	struct rt_fallthrough fallthrough;
	struct rt_names multicluster;
	bool zonal;
	uint64_t startup;   /* nanoseconds */
	const char *labels; /* selector of objects */
	const char *namespace_labels;
	const char *qps; /* requests per second, a number with a fraction */
	bool ignore_empty;
};

/* A selector may be several words; faults are shown in the word that they are in. */
static bool
parse_selector(struct cfc_bind *b, const struct cfc_line *line, const char **field)
{
	const char *at = NULL;
	size_t word = 1;

	if (!cfc_bind_count(b, line, 1, SIZE_MAX))
		return false;
	const char *text = cfc_words(b->c, line->tokens + 1, line->ntokens - 1);
	*field = text;
	const char *fault = kubernetes_selector_fault(text, &at);
	if (fault == NULL)
		return true;
	size_t offset = (size_t)(at - text);
	while (word + 1 < line->ntokens && offset > line->tokens[word].len) {
		offset -= line->tokens[word].len + 1;
		word++;
	}
	cfc_error(b->c, line->tokens[word].span, "CF2032", "'%s' is no label selector: %s", text,
		  fault);
	if (*at != '\0')
		cfc_note(b->c, cfc_no_span(), "the fault is at '%s'", at);
	return false;
}

static bool
parse_labels(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return parse_selector(b, line, &((struct kubernetes_config *)config)->labels);
}

static bool
parse_namespace_labels(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	return parse_selector(b, line, &((struct kubernetes_config *)config)->namespace_labels);
}

/* What Go takes for a number besides: nan, inf, hexadecimal, underscores between digits. */
static bool
is_odd_number(struct cfc_bind *b, const char *text)
{
	static const char *const words[] = { "nan", "inf", "infinity" };
	const char *lower = cfc_lower(b->c, text);
	char *digits = cfc_printf(b->c, "%s", lower), *out = digits;
	double number;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(lower + (i > 0 && lower[0] == '+'), words[i]) == 0)
			return true;
	}
	if (strncmp(lower + (lower[0] == '+'), "0x", 2) == 0)
		return strpbrk(lower, "_ ") == NULL &&
		       lower[strspn(lower, "+x0123456789abcdef.p-")] == '\0' &&
		       strchr(lower, 'p') != NULL;
	for (const char *p = lower; *p != '\0'; p++) {
		bool part = *p == '_' && p > lower && p[-1] >= '0' && p[-1] <= '9' && p[1] >= '0' &&
			    p[1] <= '9';

		if (!part)
			*out++ = *p;
	}
	*out = '\0';
	return num_parse_double(&number, digits, (size_t)(out - digits)) == 0;
}

static bool
parse_qps(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	const struct cfc_token *tok = &line->tokens[1];
	double qps;

	if (!cfc_bind_count(b, line, 1, 1))
		return false;
	if (num_parse_double(&qps, tok->text, tok->len) != 0) {
		if (is_odd_number(b, tok->text))
			return cfc_stricter(b->c, tok->span, "CF2002",
					    "'%s' is no number of requests", tok->text);
		cfc_error(b->c, tok->span, "CF2002", "'%s' is not a number", tok->text);
		return false;
	}
	if (qps < 0 || qps > (double)FLT_MAX) {
		cfc_error(b->c, tok->span, "CF2003", "'%s' is out of range, expected 0 or more",
			  tok->text);
		return false;
	}
	((struct kubernetes_config *)config)->qps = tok->text;
	return true;
}

static bool
parse_ignore(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	if (!cfc_bind_count(b, line, 0, 1))
		return false;
	if (line->ntokens == 1) {
		cfc_warn(b->c, line->tokens[0].span, "CF2014", "'ignore' alone does nothing");
		cfc_note(b->c, line->tokens[0].span, "'ignore empty_service' is what there is");
		cfc_fix_delete_line(b->c, "remove the line", line);
		return true;
	}
	if (strcmp(line->tokens[1].text, "empty_service") != 0) {
		cfc_error(b->c, line->tokens[1].span, "CF2002", "cannot ignore '%s'",
			  line->tokens[1].text);
		cfc_note(b->c, line->tokens[1].span, "'empty_service' is what can be ignored");
		return false;
	}
	((struct kubernetes_config *)config)->ignore_empty = true;
	return true;
}

static const char *const modes[] = { "disabled", "insecure", "verified", NULL };

static const struct cfc_arg kubernetes_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_ZONES,
	  .arity = CFC_REST,
	  CFC_AT(struct kubernetes_config, zones),
	  .help = "the zones of the cluster" },
};

static const struct cfc_arg endpoint_args[] = {
	{ .name = "URL",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  CFC_AT(struct kubernetes_config, endpoints),
	  .help = "only the first is used" },
};

static const struct cfc_arg tls_args[] = {
	{ .name = "CERT", .kind = CFC_STRING, CFC_AT(struct kubernetes_config, cert) },
	{ .name = "KEY", .kind = CFC_STRING, CFC_AT(struct kubernetes_config, key) },
	{ .name = "CA", .kind = CFC_STRING, CFC_AT(struct kubernetes_config, ca) },
};

static const struct cfc_arg kubeconfig_args[] = {
	{ .name = "FILE", .kind = CFC_STRING, CFC_AT(struct kubernetes_config, kubeconfig) },
	{ .name = "CONTEXT",
	  .kind = CFC_STRING,
	  .arity = CFC_OPT,
	  CFC_AT(struct kubernetes_config, context) },
};

static const struct cfc_arg apiserver_burst_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct kubernetes_config, burst) },
};

static const struct cfc_arg apiserver_max_inflight_args[] = {
	{ .name = "N",
	  .kind = CFC_UINT,
	  .max = 2147483647,
	  .lax = CFC_LAX_MAX,
	  CFC_AT(struct kubernetes_config, inflight) },
};

static const struct cfc_arg namespaces_args[] = {
	{ .name = "NAMESPACE",
	  .kind = CFC_STRINGS,
	  .arity = CFC_MANY,
	  CFC_AT(struct kubernetes_config, namespaces) },
};

static const struct cfc_arg pods_args[] = {
	{ .name = "MODE",
	  .kind = CFC_ENUM,
	  .dflt = "disabled",
	  .values = modes,
	  CFC_AT(struct kubernetes_config, pods) },
};

static const struct cfc_arg ttl_args[] = {
	{ .name = "TTL",
	  .kind = CFC_SECONDS,
	  .max = 3600,
	  .dflt = "5",
	  CFC_AT(struct kubernetes_config, ttl) },
};

static const struct cfc_arg fallthrough_args[] = {
	{ .name = "ZONES",
	  .kind = CFC_FALLTHROUGH,
	  .arity = CFC_REST,
	  CFC_AT(struct kubernetes_config, fallthrough),
	  .help = "only for names in these zones" },
};

/* Zones as those of the directive, but none when none are written. */
static bool
parse_multicluster(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	static const struct cfc_arg zone = { .name = "ZONES", .kind = CFC_ZONES };
	struct kubernetes_config *k = config;
	bool ok = true;

	if (!cfc_bind_count(b, line, 0, SIZE_MAX))
		return false;
	k->multicluster = (struct rt_names){ NULL, 0 };
	for (size_t i = 1; i < line->ntokens; i++)
		ok = cfc_bind_value(b, &zone, &line->tokens[i], &k->multicluster) && ok;
	return ok;
}

static const struct cfc_arg startup_timeout_args[] = {
	{ .name = "DURATION",
	  .kind = CFC_DURATION,
	  .lax = CFC_LAX_MIN,
	  .dflt = "5s",
	  CFC_AT(struct kubernetes_config, startup) },
};

static bool
is_reverse(const struct rt_name *zone)
{
	static const uint8_t v4[] = "\7in-addr\4arpa", v6[] = "\3ip6\4arpa";

	return dns_name_is_subdomain(zone->wire, v4) || dns_name_is_subdomain(zone->wire, v6);
}

static bool
check_zones(struct cfc_bind *b, const struct kubernetes_config *k)
{
	for (unsigned i = 0; i < k->zones.n; i++) {
		if (!is_reverse(&k->zones.v[i]))
			return true;
	}
	cfc_error(b->c, b->directive->name.span, "CF2002",
		  "all zones of 'kubernetes' are reverse zones");
	cfc_note(b->c, cfc_no_span(), "add the domain of the cluster, such as cluster.local");
	return false;
}

static bool
check_multicluster(struct cfc_bind *b, const struct kubernetes_config *k)
{
	const struct cfc_line *line = cfc_find_line(b->directive, "multicluster");

	for (unsigned i = 0; i < k->multicluster.n; i++) {
		bool found = false;

		for (unsigned j = 0; j < k->zones.n; j++)
			found = found || strcmp(k->multicluster.v[i].text, k->zones.v[j].text) == 0;
		if (found)
			continue;
		cfc_error(b->c, line->tokens[0].span, "CF2002",
			  "'%s' is none of the zones of 'kubernetes'", k->multicluster.v[i].text);
		return false;
	}
	return true;
}

/* As the client library of Kubernetes takes it: a URL, or HOST:PORT and nothing more. */
static bool
is_api_server(struct cfc_bind *b, const char *text)
{
	struct cfc_url url;

	if (cfc_url_split(text, &url) && url.scheme_len > 0 && url.host_len > 0)
		return true;
	return text[0] != '\0' && cfc_url_split(cfc_printf(b->c, "http://%s", text), &url) &&
	       (url.path_len == 0 || (url.path_len == 1 && url.path[0] == '/'));
}

/* The files of `tls`, each of which may be "".  Without https they must be there, and are not read. */
static bool
check_certificates(struct cfc_bind *b, const struct kubernetes_config *k, struct cfc_span span)
{
	const char *const pair[] = { k->cert, k->key };
	bool https = strncmp(k->endpoints.v[0], "https:", 6) == 0, cert = k->cert[0] != '\0';

	if (cert && k->key[0] == '\0') {
		cfc_error(b->c, span, "CF2001", "there is no key for the certificate of 'tls'");
		return false;
	}
	if (https && cert)
		return cfc_setup_tls(b, span, pair, 2) && cfc_setup_tls(b, span, &k->ca, 1);
	if (cert && (!cfc_setup_readable(b, span, k->cert, NULL) ||
		     !cfc_setup_readable(b, span, k->key, NULL)))
		return false;
	return https ? cfc_setup_tls(b, span, &k->ca, 1)
		     : k->ca[0] == '\0' || cfc_setup_readable(b, span, k->ca, NULL);
}

/* `kubeconfig` says all that these do. */
static bool
check_endpoint(struct cfc_bind *b, const struct kubernetes_config *k)
{
	const struct cfc_line *endpoint = cfc_find_line(b->directive, "endpoint");
	const struct cfc_line *tls = cfc_find_line(b->directive, "tls");

	if (endpoint == NULL || k->kubeconfig != NULL || k->endpoints.n == 0)
		return true;
	if (k->endpoints.n > 1) {
		cfc_warn(b->c, endpoint->tokens[2].span, "CF2014",
			 "only the first endpoint is used");
		for (size_t i = 2; i < endpoint->ntokens; i++)
			cfc_fix_delete_word(b->c, "remove the others", &endpoint->tokens[i]);
	}
	if (!is_api_server(b, k->endpoints.v[0])) {
		cfc_error(b->c, endpoint->tokens[1].span, "CF2002",
			  "'%s' is no address of an API server", k->endpoints.v[0]);
		cfc_note(b->c, cfc_no_span(), "write it as in https://10.0.0.1:6443");
		return false;
	}
	return tls == NULL || check_certificates(b, k, tls->tokens[0].span);
}

static bool
kubernetes_check(struct cfc_bind *b, void *config)
{
	const struct kubernetes_config *k = config;

	return check_zones(b, k) && check_multicluster(b, k) && check_endpoint(b, k);
}

static const struct cfc_option kubeconfig = { .name = "kubeconfig", CFC_ARGS(kubeconfig_args) };

static bool
parse_kubeconfig(struct cfc_bind *b, void *config, const struct cfc_line *line)
{
	struct kubernetes_config *k = config;
	struct cfc_setup_text text;
	const char *fault = NULL;

	k->context = NULL;
	if (!cfc_bind_args(b, &kubeconfig, line->tokens + 1, line->ntokens - 1,
			   line->tokens[0].span, config) ||
	    !cfc_setup_readable(b, line->tokens[1].span, k->kubeconfig, &text))
		return false;
	if (text.v != NULL)
		fault = kubernetes_config_fault(b->c, text.v, k->context);
	if (fault != NULL)
		cfc_error(b->c, line->tokens[1].span, "CF2002", "'%s' does not serve: %s",
			  k->kubeconfig, fault);
	return fault == NULL;
}

static const struct cfc_option kubernetes_options[] = {
	{ .name = "endpoint",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(endpoint_args),
	  .help = "the API server" },
	{ .name = "tls", CFC_ARGS(tls_args), .help = "logs in with this certificate" },
	{ .name = "kubeconfig",
	  .parse = parse_kubeconfig,
	  .syntax = "FILE [CONTEXT]",
	  .help = "logs in as a file of kubectl says" },
	{ .name = "apiserver_qps",
	  .parse = parse_qps,
	  .syntax = "N",
	  .help = "how many requests a second the API server gets" },
	{ .name = "apiserver_burst", CFC_ARGS(apiserver_burst_args), .help = "how many at once" },
	{ .name = "apiserver_max_inflight",
	  CFC_ARGS(apiserver_max_inflight_args),
	  .help = "how many may wait for an answer" },
	{ .name = "namespaces",
	  .repeat = CFC_REPEAT_MERGE,
	  .excludes = "namespace_labels",
	  CFC_ARGS(namespaces_args),
	  .help = "only these namespaces" },
	{ .name = "namespace_labels",
	  .parse = parse_namespace_labels,
	  .syntax = "SELECTOR",
	  .help = "only namespaces with these labels" },
	{ .name = "labels",
	  .parse = parse_labels,
	  .syntax = "SELECTOR",
	  .help = "only objects with these labels" },
	{ .name = "pods",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(pods_args),
	  .help = "whether names of pods are answered: not, without a look at the cluster, or when there is such a pod" },
	{ .name = "endpoint_pod_names",
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct kubernetes_config, endpoint_pod_names),
	  .help = "calls endpoints by the names of their pods" },
	{ .name = "ttl",
	  .repeat = CFC_REPEAT_LAST,
	  CFC_ARGS(ttl_args),
	  .lax = CFC_LAX_MORE,
	  .help = "the TTL of answers" },
	{ .name = "noendpoints",
	  .repeat = CFC_REPEAT_SAME,
	  CFC_SETS(struct kubernetes_config, noendpoints),
	  .help = "does not serve names of endpoints" },
	{ .name = "fallthrough",
	  CFC_ARGS(fallthrough_args),
	  .help = "passes names without an answer to the next plugin" },
	{ .name = "ignore",
	  .parse = parse_ignore,
	  .syntax = "empty_service",
	  .lax = CFC_LAX_MORE,
	  .help = "empty_service: services without endpoints do not exist" },
	{ .name = "multicluster",
	  .repeat = CFC_REPEAT_LAST,
	  .parse = parse_multicluster,
	  .syntax = "[ZONES...]",
	  .help = "serves services of other clusters in these zones" },
	{ .name = "zonal",
	  .repeat = CFC_REPEAT_SAME,
	  .excludes = "noendpoints",
	  CFC_SETS(struct kubernetes_config, zonal),
	  .help = "prefers endpoints in the zone of the client" },
	{ .name = "startup_timeout",
	  CFC_ARGS(startup_timeout_args),
	  .lax = CFC_LAX_MORE,
	  .help = "how long the start waits for the API server" },
};

static const struct cfc_field kubernetes_fields[] = {
	{ .field = "multicluster",
	  .kind = CFC_NAMES,
	  .offset = offsetof(struct kubernetes_config, multicluster) },
	{ .field = "labels",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct kubernetes_config, labels) },
	{ .field = "namespace_labels",
	  .kind = CFC_STRING,
	  .offset = offsetof(struct kubernetes_config, namespace_labels) },
	{ .field = "qps", .kind = CFC_STRING, .offset = offsetof(struct kubernetes_config, qps) },
	{ .field = "ignore_empty",
	  .kind = CFC_FLAG,
	  .offset = offsetof(struct kubernetes_config, ignore_empty) },
};

const struct cfc_plugin kubernetes_plugin = {
	.name = "kubernetes",
	.summary = "serves the names of a Kubernetes cluster",
	CFC_CONFIG(kubernetes_config),
	.directive = { CFC_ARGS(kubernetes_args) },
	CFC_OPTIONS(kubernetes_options),
	CFC_FIELDS(kubernetes_fields),
	.repeat = CFC_REPEAT_ERROR,
	.traits = CFC_HANDLER | CFC_ANSWERS | CFC_KEEPS | CFC_LINT_ONLY,
	.check = kubernetes_check,
};
