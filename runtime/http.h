/*
 * http.h - HTTP endpoints on the service thread (rt_http_serve).  For the server's own files.
 */
#ifndef RT_HTTP_H
#define RT_HTTP_H

struct http_endpoints;

/* Closes all listeners.  NULL is allowed. */
void http_release(struct http_endpoints *all);

#endif
