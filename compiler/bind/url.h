/*
 * url.h - whether a text is a URL to Go's net/url, which CoreDNS takes endpoints apart with.
 */
#ifndef COMPILER_URL_H
#define COMPILER_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Parts of a URL, within its text; those that it has not are of length 0. */
struct cfc_url {
	size_t scheme_len;
	const char *host; /* with the port, without user and password */
	size_t host_len;
	const char *path; /* also what is opaque */
	size_t path_len;
};

/* url.Parse without an error; nearly everything is, "x" and "" too. */
bool cfc_url_parses(const char *text);

/* The same, and what it consists of. */
bool cfc_url_split(const char *text, struct cfc_url *out);

#endif
