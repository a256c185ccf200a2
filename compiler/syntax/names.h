/*
 * names.h - what CoreDNS's libraries take for a name.
 *
 * The two that it takes names apart with are laxer than RFC 1035 (dns/name.h), each in its own way: for
 * --compat.
 */
#ifndef COMPILER_NAMES_H
#define COMPILER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A domain name to miekg/dns: labels of 1 to 63 characters of any kind, escapes being one, and one or two
 * octets more in all than there is room for in a message.
 */
bool cfc_is_domain_name(const char *text, size_t len);

/*
 * A name that Go's resolver asks for: letters, digits, '-' and '_' in its labels, and not only digits.
 * For all else it knows without asking that there is no such host.
 */
bool cfc_is_host_name(const char *text, size_t len);

#endif
