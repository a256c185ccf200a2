/*
 * HTTP endpoints: health, readiness, metrics.
 *
 * They are small and local, so libevent's evhttp does, with tight limits: GET and HEAD, headers of
 * 8 KiB, no body, ten seconds per request, and a bound on connections through the number of
 * descriptors.
 */
#include "config.h"

#include "http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/error.h"
#include "instance.h"
#include "rt.h"
#include "server.h"
#include "service.h"
#include "socket.h"

#define HTTP_HEADERS_MAX 8192
#define HTTP_BODY_MAX    1024
#define HTTP_TIMEOUT_S   10
#define HTTP_BACKLOG     128
/* Metrics of a large configuration have many series. */
#define HTTP_REPLY_MAX (256u << 20)

struct http_path {
	struct http_path *next;
	char *path;
	void (*handler)(void *arg, struct rt_http_reply *reply);
	void *arg;
};

/* A listener: an address with its paths. */
struct http_endpoint {
	struct http_endpoint *next;
	struct addr addr;
	struct evhttp *http;
	struct evconnlistener *listener;
	struct event *retry; /* accept again after descriptors ran out */
	struct http_path *paths;
};

struct http_endpoints {
	struct http_endpoint *first;
};

static const struct timeval accept_pause = { .tv_sec = 1 };

/* ---- requests ---- */

static const struct http_path *
find_path(const struct http_endpoint *e, const char *path)
{
	for (const struct http_path *p = e->paths; p != NULL; p = p->next)
		if (strcmp(p->path, path) == 0)
			return p;
	return NULL;
}

static void
send_reply(struct evhttp_request *req, const struct rt_http_reply *reply)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(req);
	struct evbuffer *out = evbuffer_new();
	const char *type = reply->content_type;
	char length[32];

	if (out == NULL || reply->body->overflow) {
		if (out != NULL)
			evbuffer_free(out);
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return;
	}
	evhttp_add_header(headers, "Content-Type",
			  type != NULL ? type : "text/plain; charset=utf-8");
	if (evhttp_request_get_command(req) == EVHTTP_REQ_HEAD) {
		snprintf(length, sizeof(length), "%zu", reply->body->len);
		evhttp_add_header(headers, "Content-Length", length);
	} else {
		evbuffer_add(out, reply->body->data, reply->body->len);
	}
	evhttp_send_reply(req, reply->status, NULL, out);
	evbuffer_free(out);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	const struct http_endpoint *e = arg;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
	const struct http_path *p = find_path(e, path != NULL && *path != '\0' ? path : "/");
	struct buf body;
	struct rt_http_reply reply = { .status = 200, .body = &body };

	buf_init(&body, HTTP_REPLY_MAX);
	if (p != NULL) {
		p->handler(p->arg, &reply);
	} else {
		reply.status = 404;
		buf_puts(&body, "404 page not found\n");
	}
	send_reply(req, &reply);
	buf_release(&body);
}

/* ---- accepting ---- */

/* Without a pause the loop would spin on the connection that cannot be accepted. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct http_endpoint *e = arg;
	int error = EVUTIL_SOCKET_ERROR();

	if (error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM)
		return;
	evconnlistener_disable(listener);
	event_add(e->retry, &accept_pause);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct http_endpoint *e = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(e->listener);
}

/* ---- listeners ---- */

/*
 * "host:port", ":port", "[::1]:port"; no host: all addresses.  Names other than localhost are not
 * looked up: where an endpoint listens must not depend on DNS.
 */
static int
parse_endpoint(struct addr *out, const char *text)
{
	static const char localhost[] = "localhost";
	char full[ADDR_TEXT_MAX];
	int rc;

	if (text[0] == ':') {
		snprintf(full, sizeof(full), "0.0.0.0%s", text);
		text = full;
	} else if (strncmp(text, localhost, strlen(localhost)) == 0) {
		snprintf(full, sizeof(full), "127.0.0.1%s", text + strlen(localhost));
		text = full;
	}
	rc = addr_parse(out, text, strlen(text));
	if (rc == 0)
		socket_widen(out);
	return rc;
}

/* Whether the text ends with a port, which may be 0 (any): "::1" does not. */
static bool
has_port(const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *bracket = strrchr(text, ']');

	if (colon == NULL || (bracket != NULL && bracket > colon))
		return false;
	return text[0] == '[' || strchr(text, ':') == colon;
}

/* A listening socket; -1 with errno. */
static int
open_listener(const struct addr *a)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(a, &ss);
	int family = a->family == ADDR_V6 ? AF_INET6 : AF_INET;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int v6only = !addr_is_unspecified(a);
	int on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    (family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only)) < 0) ||
	    bind(fd, (struct sockaddr *)&ss, len) < 0 || listen(fd, HTTP_BACKLOG) < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static void
free_endpoint(struct http_endpoint *e)
{
	if (e == NULL)
		return;
	while (e->paths != NULL) {
		struct http_path *p = e->paths;

		e->paths = p->next;
		free(p->path);
		free(p);
	}
	if (e->retry != NULL)
		event_free(e->retry);
	if (e->http != NULL)
		evhttp_free(e->http); /* its listener too */
	free(e);
}

/* The endpoint of a bound socket; the socket is closed when this fails. */
static struct http_endpoint *
new_endpoint(struct event_base *base, const struct addr *a, int fd)
{
	struct http_endpoint *e = calloc(1, sizeof(*e));
	struct evhttp_bound_socket *bound = NULL;

	if (e != NULL) {
		e->addr = *a;
		e->http = evhttp_new(base);
		e->retry = event_new(base, -1, 0, on_retry, e);
	}
	if (e != NULL && e->http != NULL && e->retry != NULL)
		bound = evhttp_accept_socket_with_handle(e->http, fd);
	if (bound == NULL) {
		close(fd);
		free_endpoint(e);
		return NULL;
	}
	e->listener = evhttp_bound_socket_get_listener(bound);
	evconnlistener_set_error_cb(e->listener, on_accept_error);
	evhttp_set_max_headers_size(e->http, HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(e->http, HTTP_BODY_MAX);
	evhttp_set_timeout(e->http, HTTP_TIMEOUT_S);
	evhttp_set_allowed_methods(e->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_gencb(e->http, on_request, e);
	return e;
}

static struct http_endpoint *
find_endpoint(struct http_endpoints *all, const struct addr *a)
{
	for (struct http_endpoint *e = all->first; e != NULL; e = e->next)
		if (addr_equal(&e->addr, a))
			return e;
	return NULL;
}

/* The endpoint at an address, opened if need be; NULL after rt_instance_error. */
static struct http_endpoint *
get_endpoint(struct rt_instance *in, struct http_endpoints *all, const char *text)
{
	struct service *sv = in->server->service;
	struct http_endpoint *e;
	struct addr a;
	int fd;

	if (parse_endpoint(&a, text) < 0 || (a.port == 0 && !has_port(text))) {
		rt_instance_error(
			in, "'%s' is not an address to listen on: expected HOST:PORT or :PORT",
			text);
		return NULL;
	}
	e = a.port != 0 ? find_endpoint(all, &a) : NULL;
	if (e != NULL)
		return e;
	fd = open_listener(&a);
	if (fd < 0) {
		rt_instance_error(in, "cannot listen on %s (http over tcp): %s", text,
				  strerror(errno));
		return NULL;
	}
	e = new_endpoint(service_base(sv), &a, fd);
	if (e == NULL) {
		rt_instance_error(in, "cannot serve http on %s: out of memory", text);
		return NULL;
	}
	e->next = all->first;
	all->first = e;
	return e;
}

int
rt_http_serve(struct rt_instance *in, const char *addr, const char *path, bool share,
	      void (*handler)(void *arg, struct rt_http_reply *), void *arg)
{
	struct http_endpoints **all = service_endpoints(in->server->service);
	struct http_endpoint *e;
	struct http_path *p;

	if (*all == NULL)
		*all = calloc(1, sizeof(**all));
	if (*all == NULL) {
		rt_instance_error(in, "cannot serve http on %s: out of memory", addr);
		return -1;
	}
	e = get_endpoint(in, *all, addr);
	if (e == NULL)
		return -1;
	if (find_path(e, path) != NULL) {
		if (share)
			return 0;
		rt_instance_error(in, "%s%s is served by another server block already", addr, path);
		return -1;
	}
	p = calloc(1, sizeof(*p));
	if (p != NULL)
		p->path = strdup(path);
	if (p == NULL || p->path == NULL) {
		free(p);
		rt_instance_error(in, "cannot serve http on %s: out of memory", addr);
		return -1;
	}
	p->handler = handler;
	p->arg = arg;
	p->next = e->paths;
	e->paths = p;
	return 0;
}

void
http_release(struct http_endpoints *all)
{
	if (all == NULL)
		return;
	while (all->first != NULL) {
		struct http_endpoint *e = all->first;

		all->first = e->next;
		free_endpoint(e);
	}
	free(all);
}
