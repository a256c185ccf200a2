/*
 * url.h - whether a text is a URL to Go's net/url, which CoreDNS takes endpoints apart with.
 */
#ifndef COMPILER_URL_H
#define COMPILER_URL_H

#include <stdbool.h>

/* url.Parse without an error; nearly everything is, "x" and "" too. */
bool cfc_url_parses(const char *text);

#endif
