/*
 * setup_file.c - looking up what CoreDNS opens when it sets a plugin up.
 */
#include "config.h"

#include "compiler/bind/setup_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/fs.h"
#include "compiler/bind/hostport.h"
#include "compiler/bind/pem.h"
#include "compiler/mount.h"

#define FILE_MAX ((size_t)256 << 20) /* larger ones are refused: no key, and no zone to lint */

const char *
cfc_setup_path(struct cfc *c, const char *path)
{
	if (c->root_dir == NULL)
		return path;
	return cfc_printf(c, "%s/%s", c->root_dir, path);
}

enum cfc_setup_kind
cfc_setup_stat(struct cfc *c, const char *path)
{
	struct stat st;

	if (!c->compat || cfc_mount_find(c, path) != NULL)
		return CFC_SETUP_UNKNOWN;
	if (cfc_mount_knows(c, path))
		return CFC_SETUP_ABSENT;
	/* The files of the machine that will serve are not those of this one. */
	if (c->mounts != NULL && c->root_dir == NULL)
		return CFC_SETUP_UNKNOWN;
	if (stat(cfc_setup_path(c, path), &st) == 0)
		return S_ISDIR(st.st_mode) ? CFC_SETUP_DIR : CFC_SETUP_FILE;
	return errno == ENOENT ? CFC_SETUP_ABSENT : CFC_SETUP_DENIED;
}

static bool
cannot_read(struct cfc_bind *b, struct cfc_span span, const char *path, const char *why)
{
	cfc_error(b->c, span, "CF1000", "'%s' cannot read '%s': %s", b->plugin->name, path, why);
	return false;
}

bool
cfc_setup_readable(struct cfc_bind *b, struct cfc_span span, const char *path,
		   struct cfc_setup_text *text)
{
	char why[128];
	struct fs_file f;

	if (text != NULL)
		*text = (struct cfc_setup_text){ NULL, 0 };
	if (!b->c->compat || (text == NULL && cfc_setup_stat(b->c, path) == CFC_SETUP_DIR))
		return true;
	const struct cfc_source *mounted = cfc_mount_find(b->c, path);
	if (mounted != NULL && text != NULL)
		*text = (struct cfc_setup_text){ mounted->text, mounted->len };
	if (mounted != NULL)
		return true;
	if (path[0] == '\0' || cfc_mount_knows(b->c, path))
		return cannot_read(b, span, path, strerror(ENOENT));
	if (b->c->mounts != NULL && b->c->root_dir == NULL)
		return true;
	int rc = fs_read(&f, cfc_setup_path(b->c, path), FILE_MAX, 0);
	if (rc < 0)
		return cannot_read(b, span, path, fs_strerror(rc, f.sys_errno, why, sizeof(why)));
	if (text != NULL) {
		text->v = arena_memdup(b->c->arena, f.data, f.len + 1);
		text->len = f.len;
	}
	fs_file_release(&f);
	return true;
}

/* ---- certificates ---- */

static bool
check_pair(struct cfc_bind *b, struct cfc_span span, const char *const *paths)
{
	struct cfc_setup_text cert_text, key_text;

	if (!cfc_setup_readable(b, span, paths[0], &cert_text) ||
	    !cfc_setup_readable(b, span, paths[1], &key_text))
		return false;
	if (cert_text.v == NULL || key_text.v == NULL)
		return true;
	X509 *cert = cfc_pem_certificate(cert_text.v, cert_text.len);
	EVP_PKEY *key = cfc_pem_key(key_text.v, key_text.len);
	bool ok = cert != NULL && key != NULL && X509_check_private_key(cert, key) == 1;
	if (cert == NULL)
		cfc_error(b->c, span, "CF2002", "there is no certificate in '%s'", paths[0]);
	else if (key == NULL)
		cfc_error(b->c, span, "CF2002", "there is no private key in '%s'", paths[1]);
	else if (!ok)
		cfc_error(b->c, span, "CF2002", "the key in '%s' is not that of '%s'", paths[1],
			  paths[0]);
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}

static bool
check_roots(struct cfc_bind *b, struct cfc_span span, const char *path)
{
	struct cfc_setup_text text;

	if (path[0] == '\0') /* those of the system */
		return true;
	if (!cfc_setup_readable(b, span, path, &text))
		return false;
	if (text.v == NULL)
		return true;
	X509 *cert = cfc_pem_certificate(text.v, text.len);
	ERR_clear_error();
	if (cert == NULL)
		cfc_error(b->c, span, "CF2002", "there is no certificate in '%s'", path);
	X509_free(cert);
	return cert != NULL;
}

bool
cfc_setup_tls(struct cfc_bind *b, struct cfc_span span, const char *const *paths, size_t n)
{
	if (!b->c->compat)
		return true;
	if (n >= 2 && !check_pair(b, span, paths))
		return false;
	if (n == 1 || n == 3)
		return check_roots(b, span, paths[n - 1]);
	return true;
}

bool
cfc_setup_tls_line(struct cfc_bind *b, const struct cfc_line *line)
{
	const char *paths[3];
	size_t n = line->ntokens - 1;

	for (size_t i = 0; i < n && i < 3; i++)
		paths[i] = cfc_bind_path(b, line->tokens[i + 1].text, line->tokens[i + 1].len);
	return n == 0 || n > 3 || cfc_setup_tls(b, line->tokens[1].span, paths, n);
}

/* ---- resolv.conf ---- */

static unsigned
count_nameservers(const struct cfc_setup_text *text)
{
	static const char word[] = "nameserver";
	unsigned n = 0;

	for (const char *line = text->v; line != NULL && *line != '\0';) {
		const char *end = strchr(line, '\n');

		line += strspn(line, " \t\r");
		if (strncmp(line, word, strlen(word)) == 0) {
			line += strlen(word);
			n += line[0] != '\0' && strchr(" \t", line[0]) != NULL &&
			     line[strspn(line, " \t\r")] != '\n' &&
			     line[strspn(line, " \t\r")] != '\0';
		}
		line = end == NULL ? NULL : end + 1;
	}
	return n;
}

/* ---- upstreams ---- */

/* Whether it is an address, once port, brackets and zone are taken away. */
static bool
is_address(const char *text)
{
	struct cfc_hostport hp;
	size_t len = strlen(text);

	if (cfc_hostport_split(&hp, text, len))
		return cfc_hostport_is_ip(hp.host, hp.host_len);
	while (len > 0 && (text[0] == '[' || text[0] == ']')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == '[' || text[len - 1] == ']'))
		len--;
	return cfc_hostport_is_ip(text, len);
}

enum cfc_setup_upstream
cfc_setup_upstream(struct cfc_bind *b, const char *text)
{
	struct cfc_setup_text file;

	if (is_address(text))
		return CFC_SETUP_ADDRESS;
	switch (cfc_setup_stat(b->c, text)) {
	case CFC_SETUP_UNKNOWN:
		/* A path can only be meant as a file; it is where the server will run. */
		return b->c->compat && text[0] == '/' ? CFC_SETUP_SERVERS : CFC_SETUP_NEITHER;
	case CFC_SETUP_DIR:
		return CFC_SETUP_NOTHING;
	case CFC_SETUP_FILE:
		cfc_setup_readable(b, b->directive->name.span, text, &file);
		return count_nameservers(&file) > 0 ? CFC_SETUP_SERVERS : CFC_SETUP_NOTHING;
	case CFC_SETUP_ABSENT:
	case CFC_SETUP_DENIED:
		break;
	}
	return CFC_SETUP_NEITHER;
}
