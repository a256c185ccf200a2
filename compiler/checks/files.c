/*
 * files.c - rules about certificates and keys: CF4012, CF4014.
 */
#include "config.h"

#include "compiler/checks/files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/addr.h"
#include "base/fs.h"
#include "base/num.h"
#include "compiler/checks/checks.h"
#include "compiler/checks/facts.h"
#include "compiler/bind/pem.h"
#include "dns/name.h"

#define SECRET_MAX ((size_t)1 << 20) /* octets of a file with certificates or a key */
#define DAYS_LEFT  30                /* in which a certificate should have been renewed */

bool
cfc_looks_at_files(const struct cfc *c)
{
	return c->root_dir != NULL && !c->compat;
}

const char *
cfc_root_path(struct cfc *c, const char *path)
{
	return cfc_printf(c, "%s%s%s", c->root_dir, path[0] == '/' ? "" : "/", path);
}

int64_t
cfc_now(const struct cfc *c)
{
	const char *epoch = c->getenv(c->getenv_arg, "SOURCE_DATE_EPOCH");
	int64_t n;

	if (epoch != NULL && num_parse_int(&n, epoch, strlen(epoch), 10) == 0)
		return n;
	return (int64_t)time(NULL);
}

/* ---- CF4012 ---- */

/* A file of `tls`. */
struct secret {
	struct cfc *c;
	const struct cfc_rule *self;
	const char *path; /* as the server opens it */
	struct cfc_span span;
};

static bool
read_secret(const struct secret *s, struct fs_file *f)
{
	char why[128];
	int rc = fs_read(f, cfc_root_path(s->c, s->path), SECRET_MAX, 0);

	if (rc >= 0)
		return true;
	cfc_error(s->c, s->span, s->self->id, "'%s' cannot be read: %s", s->path,
		  fs_strerror(rc, f->sys_errno, why, sizeof(why)));
	return false;
}

static X509 *
read_certificate(const struct secret *s)
{
	struct fs_file f;

	if (!read_secret(s, &f))
		return NULL;
	X509 *cert = cfc_pem_certificate(f.data, f.len);
	fs_file_release(&f);
	if (cert == NULL)
		cfc_error(s->c, s->span, s->self->id, "there is no certificate in '%s'", s->path);
	return cert;
}

static EVP_PKEY *
read_key(const struct secret *s)
{
	struct fs_file f;
	struct stat st;

	if (!read_secret(s, &f))
		return NULL;
	EVP_PKEY *key = cfc_pem_key(f.data, f.len);
	fs_file_release(&f);
	if (key == NULL)
		cfc_error(s->c, s->span, s->self->id, "there is no private key in '%s'", s->path);
	else if (stat(cfc_root_path(s->c, s->path), &st) == 0 && (st.st_mode & 07) != 0)
		cfc_rule_report(s->c, s->self, s->span, "everybody on the machine may read '%s'",
				s->path);
	return key;
}

static void
check_dates(const struct secret *s, const X509 *cert)
{
	struct tm tm;
	time_t now = (time_t)cfc_now(s->c);
	int days = 0, seconds = 0;
	ASN1_TIME *today = ASN1_TIME_set(NULL, now);

	if (today == NULL || ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1 ||
	    ASN1_TIME_diff(&days, &seconds, today, X509_get0_notAfter(cert)) != 1) {
		ASN1_TIME_free(today);
		return;
	}
	const char *date =
		cfc_printf(s->c, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	if (days < 0 || seconds < 0)
		cfc_rule_report(s->c, s->self, s->span, "the certificate has expired, on %s", date);
	else if (days < DAYS_LEFT)
		cfc_rule_report(s->c, s->self, s->span, "the certificate expires in %d days, on %s",
				days, date);
	if (ASN1_TIME_compare(X509_get0_notBefore(cert), today) > 0)
		cfc_rule_report(s->c, s->self, s->span, "the certificate is not valid yet");
	ASN1_TIME_free(today);
}

static const char *
address_text(struct cfc *c, const ASN1_OCTET_STRING *octets)
{
	const uint8_t *p = ASN1_STRING_get0_data(octets);
	char text[ADDR_TEXT_MAX];
	struct addr a = { 0 };

	if (ASN1_STRING_length(octets) == 4)
		addr_from_v4(&a, p, 0);
	else if (ASN1_STRING_length(octets) == 16)
		addr_from_v6(&a, p, 0);
	addr_format(&a, text);
	return cfc_printf(c, "%s", text);
}

/* The names and addresses that a certificate is for, as text. */
static const char *
names_text(struct cfc *c, const GENERAL_NAMES *names)
{
	struct cfc_text text = { 0 };

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		char *one;

		if (name->type == GEN_DNS)
			one = cfc_printf(c, "%.*s", ASN1_STRING_length(name->d.dNSName),
					 (const char *)ASN1_STRING_get0_data(name->d.dNSName));
		else if (name->type == GEN_IPADD)
			one = cfc_printf(c, "%s", address_text(c, name->d.iPAddress));
		else
			continue;
		cfc_text_add(c, &text, ", ", one);
	}
	return cfc_text(&text);
}

static void
check_server_names(const struct secret *s, X509 *cert, const GENERAL_NAMES *names)
{
	for (size_t i = 0; i < s->c->nserver_names; i++) {
		const char *name = s->c->server_names[i];
		struct addr a;
		bool covered = addr_parse(&a, name, strlen(name)) == 0
				       ? X509_check_ip_asc(cert, name, 0) == 1
				       : X509_check_host(cert, name, strlen(name), 0, NULL) == 1;

		if (covered)
			continue;
		cfc_rule_report(s->c, s->self, s->span,
				"the certificate is not for '%s': clients refuse it", name);
		cfc_note(s->c, cfc_no_span(), "it is for %s", names_text(s->c, names));
	}
}

/* Clients look for their name among these, and no longer at the subject (RFC 9525). */
static void
check_names(const struct secret *s, X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

	if (names == NULL) {
		cfc_rule_report(s->c, s->self, s->span,
				"the certificate is for no name: it has no subjectAltName");
		cfc_note(s->c, cfc_no_span(),
			 "clients do not look at the subject any more (RFC 9525)");
	} else {
		check_server_names(s, cert, names);
	}
	GENERAL_NAMES_free(names);
}

static void
check_tls(struct cfc *c, const struct cfc_rule *self, const struct cfc_instance *in)
{
	const struct cfc_directive *d = in->directive;

	if (d->nargs < 2)
		return;
	struct secret cert_file = { c, self, cfc_instance_text(in, "cert", CFC_PATH),
				    d->args[0].span };
	struct secret key_file = { c, self, cfc_instance_text(in, "key", CFC_PATH),
				   d->args[1].span };
	X509 *cert = read_certificate(&cert_file);
	EVP_PKEY *key = read_key(&key_file);
	if (cert != NULL) {
		check_dates(&cert_file, cert);
		check_names(&cert_file, cert);
	}
	if (cert != NULL && key != NULL && X509_check_private_key(cert, key) != 1) {
		cfc_error(c, key_file.span, self->id, "this is not the key of the certificate");
		cfc_note(c, cert_file.span, "the certificate is here");
	}
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
}

void
cfc_check_certificates(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; cfc_looks_at_files(c) && i < plan->nblocks; i++) {
		const struct cfc_instance *in = cfc_block_find(plan->blocks[i], "tls");

		if (in != NULL)
			check_tls(c, self, in);
	}
}

/* ---- CF4014 ---- */

/* Kexample.org.+013+12345, with or without .key or .private. */
static bool
parse_key_name(const char *path, uint8_t zone[DNS_NAME_BUF], int64_t *algorithm)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *plus = strchr(name, '+');

	return name[0] == 'K' && plus != NULL && plus > name + 1 &&
	       dns_name_from_text(zone, name + 1, (size_t)(plus - name) - 1) > 0 &&
	       strlen(plus) >= 4 && num_parse_int(algorithm, plus + 1, 3, 10) == 0;
}

/* RFC 8624 section 3.1: must not or should not be used for signing. */
static bool
is_deprecated(int64_t algorithm)
{
	return algorithm == 1 || algorithm == 3 || algorithm == 5 || algorithm == 6 ||
	       algorithm == 7 || algorithm == 12;
}

static const char *
key_base(struct cfc *c, const char *path)
{
	size_t len = strlen(path);

	if (len > 4 && strcmp(path + len - 4, ".key") == 0)
		len -= 4;
	else if (len > 8 && strcmp(path + len - 8, ".private") == 0)
		len -= 8;
	return cfc_printf(c, "%.*s", (int)len, path);
}

static void
check_key_files(struct cfc *c, const struct cfc_rule *self, const char *path, struct cfc_span span)
{
	static const char *const halves[] = { ".key", ".private" };

	for (size_t i = 0; i < ARRAY_SIZE(halves); i++) {
		const char *file = cfc_printf(c, "%s%s", key_base(c, path), halves[i]);
		struct stat st;

		if (stat(cfc_root_path(c, file), &st) != 0)
			cfc_error(c, span, self->id, "'%s' cannot be read: %s", file,
				  strerror(errno));
		else if (i == 1 && (st.st_mode & 07) != 0)
			cfc_rule_report(c, self, span, "everybody on the machine may read '%s'",
					file);
	}
}

static void
check_key(struct cfc *c, const struct cfc_rule *self, const struct cfc_block *block,
	  const struct cfc_instance *in, const struct cfc_token *tok)
{
	struct cfc_bind b = { .c = c, .root = block->root };
	uint8_t zone[DNS_NAME_BUF];
	struct rt_names zones;
	int64_t algorithm;
	bool found = false;

	if (cfc_looks_at_files(c))
		check_key_files(c, self, cfc_bind_path(&b, tok->text, tok->len), tok->span);
	if (!parse_key_name(tok->text, zone, &algorithm))
		return;
	if (is_deprecated(algorithm)) {
		cfc_rule_report(c, self, tok->span,
				"algorithm %d of this key is not to be used any more (RFC 8624)",
				(int)algorithm);
		cfc_note(c, cfc_no_span(), "make a key for ECDSAP256SHA256, which is 13");
	}
	cfc_instance_zones(in, block, &zones);
	for (unsigned i = 0; i < zones.n; i++)
		found = found || dns_name_is_subdomain(zones.v[i].wire, zone) ||
			dns_name_is_subdomain(zone, zones.v[i].wire);
	if (!found)
		cfc_rule_report(c, self, tok->span, "this key is for none of the zones here: %s",
				zones.n > 0 ? zones.v[0].text : "");
}

static void
report_no_key(struct cfc *c, const struct cfc_rule *self, const struct cfc_directive *d)
{
	cfc_rule_report(c, self, d->name.span, "nothing is signed: 'dnssec' has no key");
	cfc_note(c, cfc_no_span(), "add 'key file NAME', or remove 'dnssec'");
}

void
cfc_check_keys(struct cfc *c, const struct cfc_rule *self, const struct cfc_plan *plan)
{
	for (size_t i = 0; !c->compat && i < plan->nblocks; i++) {
		const struct cfc_instance *in = plan->blocks[i]->instances;

		for (; in != NULL; in = in->next) {
			const struct cfc_directive *d = in->directive;

			if (strcmp(in->plugin->name, "dnssec") != 0 &&
			    strcmp(in->plugin->name, "sign") != 0)
				continue;
			if (strcmp(in->plugin->name, "dnssec") == 0 &&
			    cfc_find_line(d, "key") == NULL)
				report_no_key(c, self, d);
			for (size_t j = 0; j < d->nlines; j++) {
				const struct cfc_line *line = &d->lines[j];

				if (line->ntokens < 3 || strcmp(line->tokens[0].text, "key") != 0 ||
				    strcmp(line->tokens[1].text, "file") != 0)
					continue;
				for (size_t k = 2; k < line->ntokens; k++)
					check_key(c, self, plan->blocks[i], in, &line->tokens[k]);
			}
		}
	}
}
