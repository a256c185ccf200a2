/*
 * Numbers and names of the DNS: record types, classes, response codes, opcodes.
 *
 * Each registry is one table here (an X-macro); the enums, and text in both directions, come
 * from it.  Names are those CoreDNS users see in logs, metrics and Corefiles: where the
 * IANA registry and CoreDNS differ, CoreDNS wins (class 3 is CH, rcode 16 is BADSIG
 * because TSIG and EDNS share the number; BADVERS is accepted when reading).
 *
 * Reading is case-insensitive and knows TYPE### and CLASS### (RFC 3597 §5).  Printing of an
 * unknown number gives TYPE###, CLASS###, and for rcodes and opcodes the bare number.
 *
 * Thread-safe: constants only, nothing allocated.
 */
#ifndef DNS_TYPES_H
#define DNS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* X(symbol, text, number), in order of number. */
#define DNS_TYPES(X)                                                                               \
	X(A, "A", 1)                                                                               \
	X(NS, "NS", 2)                                                                             \
	X(MD, "MD", 3)                                                                             \
	X(MF, "MF", 4)                                                                             \
	X(CNAME, "CNAME", 5)                                                                       \
	X(SOA, "SOA", 6)                                                                           \
	X(MB, "MB", 7)                                                                             \
	X(MG, "MG", 8)                                                                             \
	X(MR, "MR", 9)                                                                             \
	X(NULL, "NULL", 10)                                                                        \
	X(WKS, "WKS", 11)                                                                          \
	X(PTR, "PTR", 12)                                                                          \
	X(HINFO, "HINFO", 13)                                                                      \
	X(MINFO, "MINFO", 14)                                                                      \
	X(MX, "MX", 15)                                                                            \
	X(TXT, "TXT", 16)                                                                          \
	X(RP, "RP", 17)                                                                            \
	X(AFSDB, "AFSDB", 18)                                                                      \
	X(X25, "X25", 19)                                                                          \
	X(ISDN, "ISDN", 20)                                                                        \
	X(RT, "RT", 21)                                                                            \
	X(NSAP, "NSAP", 22)                                                                        \
	X(NSAP_PTR, "NSAP-PTR", 23)                                                                \
	X(SIG, "SIG", 24)                                                                          \
	X(KEY, "KEY", 25)                                                                          \
	X(PX, "PX", 26)                                                                            \
	X(GPOS, "GPOS", 27)                                                                        \
	X(AAAA, "AAAA", 28)                                                                        \
	X(LOC, "LOC", 29)                                                                          \
	X(NXT, "NXT", 30)                                                                          \
	X(EID, "EID", 31)                                                                          \
	X(NIMLOC, "NIMLOC", 32)                                                                    \
	X(SRV, "SRV", 33)                                                                          \
	X(ATMA, "ATMA", 34)                                                                        \
	X(NAPTR, "NAPTR", 35)                                                                      \
	X(KX, "KX", 36)                                                                            \
	X(CERT, "CERT", 37)                                                                        \
	X(A6, "A6", 38)                                                                            \
	X(DNAME, "DNAME", 39)                                                                      \
	X(SINK, "SINK", 40)                                                                        \
	X(OPT, "OPT", 41)                                                                          \
	X(APL, "APL", 42)                                                                          \
	X(DS, "DS", 43)                                                                            \
	X(SSHFP, "SSHFP", 44)                                                                      \
	X(IPSECKEY, "IPSECKEY", 45)                                                                \
	X(RRSIG, "RRSIG", 46)                                                                      \
	X(NSEC, "NSEC", 47)                                                                        \
	X(DNSKEY, "DNSKEY", 48)                                                                    \
	X(DHCID, "DHCID", 49)                                                                      \
	X(NSEC3, "NSEC3", 50)                                                                      \
	X(NSEC3PARAM, "NSEC3PARAM", 51)                                                            \
	X(TLSA, "TLSA", 52)                                                                        \
	X(SMIMEA, "SMIMEA", 53)                                                                    \
	X(HIP, "HIP", 55)                                                                          \
	X(NINFO, "NINFO", 56)                                                                      \
	X(RKEY, "RKEY", 57)                                                                        \
	X(TALINK, "TALINK", 58)                                                                    \
	X(CDS, "CDS", 59)                                                                          \
	X(CDNSKEY, "CDNSKEY", 60)                                                                  \
	X(OPENPGPKEY, "OPENPGPKEY", 61)                                                            \
	X(CSYNC, "CSYNC", 62)                                                                      \
	X(ZONEMD, "ZONEMD", 63)                                                                    \
	X(SVCB, "SVCB", 64)                                                                        \
	X(HTTPS, "HTTPS", 65)                                                                      \
	X(DSYNC, "DSYNC", 66)                                                                      \
	X(SPF, "SPF", 99)                                                                          \
	X(UINFO, "UINFO", 100)                                                                     \
	X(UID, "UID", 101)                                                                         \
	X(GID, "GID", 102)                                                                         \
	X(UNSPEC, "UNSPEC", 103)                                                                   \
	X(NID, "NID", 104)                                                                         \
	X(L32, "L32", 105)                                                                         \
	X(L64, "L64", 106)                                                                         \
	X(LP, "LP", 107)                                                                           \
	X(EUI48, "EUI48", 108)                                                                     \
	X(EUI64, "EUI64", 109)                                                                     \
	X(NXNAME, "NXNAME", 128)                                                                   \
	X(TKEY, "TKEY", 249)                                                                       \
	X(TSIG, "TSIG", 250)                                                                       \
	X(IXFR, "IXFR", 251)                                                                       \
	X(AXFR, "AXFR", 252)                                                                       \
	X(MAILB, "MAILB", 253)                                                                     \
	X(MAILA, "MAILA", 254)                                                                     \
	X(ANY, "ANY", 255)                                                                         \
	X(URI, "URI", 256)                                                                         \
	X(CAA, "CAA", 257)                                                                         \
	X(AVC, "AVC", 258)                                                                         \
	X(DOA, "DOA", 259)                                                                         \
	X(AMTRELAY, "AMTRELAY", 260)                                                               \
	X(RESINFO, "RESINFO", 261)                                                                 \
	X(WALLET, "WALLET", 262)                                                                   \
	X(CLA, "CLA", 263)                                                                         \
	X(IPN, "IPN", 264)                                                                         \
	X(TA, "TA", 32768)                                                                         \
	X(DLV, "DLV", 32769)

#define DNS_CLASSES(X)                                                                             \
	X(IN, "IN", 1)                                                                             \
	X(CS, "CS", 2)                                                                             \
	X(CH, "CH", 3)                                                                             \
	X(HS, "HS", 4)                                                                             \
	X(NONE, "NONE", 254)                                                                       \
	X(ANY, "ANY", 255)

/* The first text of a number is the one printed. */
#define DNS_RCODES(X)                                                                              \
	X(NOERROR, "NOERROR", 0)                                                                   \
	X(FORMERR, "FORMERR", 1)                                                                   \
	X(SERVFAIL, "SERVFAIL", 2)                                                                 \
	X(NXDOMAIN, "NXDOMAIN", 3)                                                                 \
	X(NOTIMP, "NOTIMP", 4)                                                                     \
	X(REFUSED, "REFUSED", 5)                                                                   \
	X(YXDOMAIN, "YXDOMAIN", 6)                                                                 \
	X(YXRRSET, "YXRRSET", 7)                                                                   \
	X(NXRRSET, "NXRRSET", 8)                                                                   \
	X(NOTAUTH, "NOTAUTH", 9)                                                                   \
	X(NOTZONE, "NOTZONE", 10)                                                                  \
	X(DSOTYPENI, "DSOTYPENI", 11)                                                              \
	X(BADSIG, "BADSIG", 16)                                                                    \
	X(BADVERS, "BADVERS", 16)                                                                  \
	X(BADKEY, "BADKEY", 17)                                                                    \
	X(BADTIME, "BADTIME", 18)                                                                  \
	X(BADMODE, "BADMODE", 19)                                                                  \
	X(BADNAME, "BADNAME", 20)                                                                  \
	X(BADALG, "BADALG", 21)                                                                    \
	X(BADTRUNC, "BADTRUNC", 22)                                                                \
	X(BADCOOKIE, "BADCOOKIE", 23)

#define DNS_OPCODES(X)                                                                             \
	X(QUERY, "QUERY", 0)                                                                       \
	X(IQUERY, "IQUERY", 1)                                                                     \
	X(STATUS, "STATUS", 2)                                                                     \
	X(NOTIFY, "NOTIFY", 4)                                                                     \
	X(UPDATE, "UPDATE", 5)                                                                     \
	X(DSO, "DSO", 6)

enum dns_type {
#define X(symbol, text, number) DNS_TYPE_##symbol = (number),
	DNS_TYPES(X)
#undef X
};

enum dns_class {
#define X(symbol, text, number) DNS_CLASS_##symbol = (number),
	DNS_CLASSES(X)
#undef X
};

enum dns_rcode {
#define X(symbol, text, number) DNS_RCODE_##symbol = (number),
	DNS_RCODES(X)
#undef X
};

enum dns_opcode {
#define X(symbol, text, number) DNS_OPCODE_##symbol = (number),
	DNS_OPCODES(X)
#undef X
};

/* Room for every text these functions print, with its NUL. */
#define DNS_TYPES_TEXT_MAX 16

/* The name of a number, or NULL when the tables have none. */
const char *dns_type_name(uint16_t type);
const char *dns_class_name(uint16_t class);
const char *dns_rcode_name(unsigned rcode);
const char *dns_opcode_name(unsigned opcode);

/*
 * The name, or the form for unknown numbers; written to out and NUL-terminated.  Returns the
 * length.
 */
size_t dns_type_format(uint16_t type, char out[DNS_TYPES_TEXT_MAX]);
size_t dns_class_format(uint16_t class, char out[DNS_TYPES_TEXT_MAX]);
size_t dns_rcode_format(unsigned rcode, char out[DNS_TYPES_TEXT_MAX]);
size_t dns_opcode_format(unsigned opcode, char out[DNS_TYPES_TEXT_MAX]);

/*
 * A number from text of len bytes.  RT_ENOENT when it is no known name; *out is then
 * unchanged.  TYPE65280 and CLASS32 are known; bare numbers are not.  For rcodes NOTIMPL and
 * BADVERS are accepted beside the names printed.
 */
int dns_type_parse(uint16_t *out, const char *text, size_t len) RT_MUST_CHECK;
int dns_class_parse(uint16_t *out, const char *text, size_t len) RT_MUST_CHECK;
int dns_rcode_parse(uint16_t *out, const char *text, size_t len) RT_MUST_CHECK;
int dns_opcode_parse(uint16_t *out, const char *text, size_t len) RT_MUST_CHECK;

/*
 * The n-th entry of a table, for enumerations in documentation and completion: sets *number
 * and returns the name; NULL after the last.
 */
const char *dns_type_at(size_t n, uint16_t *number);
const char *dns_rcode_at(size_t n, uint16_t *number);

/* Whether type may only be asked for, never stored: OPT, TKEY … ANY (RFC 6895 §3.1). */
static inline bool
dns_type_is_meta(uint16_t type)
{
	return type == DNS_TYPE_OPT || (type >= 128 && type <= 255);
}

#endif
