/*
 * pem.c - certificates and keys in PEM texts.
 */
#include "config.h"

#include "compiler/bind/pem.h"

#include <stdint.h>

#include <openssl/err.h>
#include <openssl/pem.h>

static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static BIO *
open_text(const char *text, size_t len)
{
	return BIO_new_mem_buf(text, len > INT32_MAX ? 0 : (int)len);
}

X509 *
cfc_pem_certificate(const char *text, size_t len)
{
	BIO *bio = open_text(text, len);
	X509 *cert = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);

	BIO_free(bio);
	ERR_clear_error();
	return cert;
}

EVP_PKEY *
cfc_pem_key(const char *text, size_t len)
{
	BIO *bio = open_text(text, len);
	EVP_PKEY *key =
		bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);

	BIO_free(bio);
	ERR_clear_error();
	return key;
}
