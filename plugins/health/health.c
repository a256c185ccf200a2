/*
 * health.c - run time: /health, and a look at it every second, as whoever watches the server sees it.
 *
 * Everything but start and stop happens on the service thread.  The endpoint is served there as well,
 * so what the look measures is how long that thread lets others wait.
 */
#include "config.h"

#include "rt.h"

#include "health/health.h"

#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/duration.h"

#define PATH      "/health"
#define INTERVAL  DURATION_S
#define TIMEOUT_S 3
#define SLOW      DURATION_S /* longer than that is worth a warning */

/* 0.25 ms * 10^n */
static const uint64_t bounds[] = { 250000, 2500000, 25000000, 250000000, 2500000000 };

struct health_state {
	struct rt_instance *instance;
	struct rt_timer *timer;
	struct rt_histogram duration;
	unsigned failures; /* cell */
	char *url;
	char *host; /* to connect to */
	uint16_t port;
	/* The look under way. */
	struct evhttp_connection *connection; /* NULL: none */
	uint64_t started;                     /* monotonic ns */
	const char *fault;
	bool ended; /* the connection is to be freed */
};

static void
serve_health(void *arg, struct rt_http_reply *reply)
{
	(void)arg;
	buf_puts(reply->body, "OK");
}

/* ---- looking ---- */

static void
observe(const struct health_state *state, uint64_t ns)
{
	const struct rt_histogram *h = &state->duration;
	unsigned i = 0;

	while (i < h->nbounds && ns > h->bounds[i])
		i++;
	rt_metric_add_service(h->first + i, 1);
	rt_metric_add_service(h->first + h->nbounds + 1, ns);
}

static void
on_error(enum evhttp_request_error error, void *arg)
{
	static const char *const texts[] = {
		[EVREQ_HTTP_TIMEOUT] = "timed out",
		[EVREQ_HTTP_EOF] = "connection closed",
		[EVREQ_HTTP_INVALID_HEADER] = "invalid reply",
		[EVREQ_HTTP_BUFFER_ERROR] = "connection failed",
		[EVREQ_HTTP_REQUEST_CANCEL] = "canceled",
		[EVREQ_HTTP_DATA_TOO_LONG] = "reply too long",
	};
	struct health_state *state = arg;

	if ((size_t)error < ARRAY_SIZE(texts))
		state->fault = texts[error];
}

static void
on_reply(struct evhttp_request *req, void *arg)
{
	struct health_state *state = arg;
	uint64_t ns = (uint64_t)clock_mono_ns() - state->started;
	char text[DURATION_TEXT_MAX];

	/* Not now: libevent still uses it. */
	state->ended = true;
	observe(state, ns);
	if (req == NULL || evhttp_request_get_response_code(req) == 0) {
		rt_metric_add_service(state->failures, 1);
		rt_plugin_log("health", RT_LOG_WARNING, "Local health request to \"%s\" failed: %s",
			      state->url, state->fault);
	} else if (ns > SLOW) {
		duration_format((int64_t)ns, text);
		rt_plugin_log("health", RT_LOG_WARNING,
			      "Local health request to \"%s\" took more than 1s: %s", state->url,
			      text);
	}
}

static void
end_look(struct health_state *state)
{
	if (state->connection != NULL)
		evhttp_connection_free(state->connection);
	state->connection = NULL;
	state->ended = false;
}

static bool
begin_look(struct health_state *state)
{
	struct evhttp_request *req;

	state->started = (uint64_t)clock_mono_ns();
	state->fault = "connection failed";
	state->connection = evhttp_connection_base_new(rt_service_base(state->instance), NULL,
						       state->host, state->port);
	if (state->connection == NULL)
		return false;
	evhttp_connection_set_timeout(state->connection, TIMEOUT_S);
	req = evhttp_request_new(on_reply, state);
	if (req == NULL)
		return false;
	evhttp_request_set_error_cb(req, on_error);
	struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
	evhttp_add_header(headers, "Host", "localhost");
	evhttp_add_header(headers, "Connection", "close");
	/* On failure the request has been freed, and on_reply called or not. */
	return evhttp_make_request(state->connection, req, EVHTTP_REQ_GET, PATH) == 0;
}

static void
look(void *arg)
{
	struct health_state *state = arg;

	/* One that hangs is waited for: its time-out ends it. */
	if (state->connection != NULL && !state->ended)
		return;
	end_look(state);
	if (begin_look(state) || state->ended)
		return;
	end_look(state);
	observe(state, (uint64_t)clock_mono_ns() - state->started);
	rt_metric_add_service(state->failures, 1);
	rt_plugin_log("health", RT_LOG_WARNING, "Local health request to \"%s\" failed: %s",
		      state->url, state->fault);
}

/* ---- life ---- */

/* Whom to ask: where it listens, or this machine if that is everywhere. */
static bool
set_target(struct health_state *state, const char *addr)
{
	const char *colon = strrchr(addr, ':');
	size_t len = (size_t)(colon - addr);
	struct buf url;

	state->port = (uint16_t)strtoul(colon + 1, NULL, 10);
	if (len > 1 && addr[0] == '[' && addr[len - 1] == ']')
		state->host = strndup(addr + 1, len - 2);
	else if (len == 0 || (len == 9 && memcmp(addr, "localhost", 9) == 0))
		state->host = strdup("127.0.0.1");
	else
		state->host = strndup(addr, len);
	buf_init(&url, 4096);
	buf_printf(&url, "http://%s%s" PATH, len == 0 ? "localhost" : "", addr);
	state->url = buf_detach(&url, NULL);
	return state->host != NULL && state->url != NULL;
}

struct health_state *
health_start(const struct health_config *config, struct rt_instance *in)
{
	struct health_state *state = calloc(1, sizeof(*state));

	if (state == NULL || !set_target(state, config->addr)) {
		rt_instance_error(in, "out of memory");
		health_stop(state);
		return NULL;
	}
	state->instance = in;
	if (rt_http_serve(in, config->addr, PATH, true, serve_health, NULL) != 0) {
		health_stop(state);
		return NULL;
	}
	state->duration =
		rt_metric_histogram(in, "coredns_health_request_duration_seconds",
				    "Histogram of the time (in seconds) each request took.", NULL,
				    0, bounds, ARRAY_SIZE(bounds), 1e-9);
	state->failures =
		rt_metric_counter(in, "coredns_health_request_failures_total",
				  "The number of times the health check failed.", NULL, 0);
	rt_set_lameduck(in, config->lameduck);
	state->timer = rt_service_timer(in, INTERVAL, look, state);
	if (state->timer == NULL) {
		rt_instance_error(in, "out of memory");
		health_stop(state);
		return NULL;
	}
	return state;
}

void
health_stop(struct health_state *state)
{
	if (state == NULL)
		return;
	rt_timer_free(state->timer);
	end_look(state);
	free(state->host);
	free(state->url);
	free(state);
}
