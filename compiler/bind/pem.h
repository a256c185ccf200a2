/*
 * pem.h - certificates and keys in PEM texts, as a server will read them.
 *
 * The caller frees what it gets.  Nothing is reported, and OpenSSL's queue of errors is left empty.
 */
#ifndef COMPILER_PEM_H
#define COMPILER_PEM_H

#include <stddef.h>

#include <openssl/x509.h>

/* The first certificate in the text; NULL if there is none. */
X509 *cfc_pem_certificate(const char *text, size_t len);

/* The private key; NULL if there is none, or one that wants a passphrase: nobody is there to type. */
EVP_PKEY *cfc_pem_key(const char *text, size_t len);

#endif
