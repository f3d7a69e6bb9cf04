// OpenSSL 3, and the parts of it that are macros and so do not reach Swift.
#ifndef ASPEN_COPENSSL_H
#define ASPEN_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What every context of ASPEN has: TLS 1.2 and 1.3, no compression, no renegotiation, writes that
// may stop after a record and resume from another address, and no buffers on an idle connection.
static inline int aspen_ssl_context_defaults(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1;
}

// Restricts a context to one protocol version (0x0303 is TLS 1.2, 0x0304 is TLS 1.3).
static inline int aspen_ssl_context_only_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version) == 1 &&
         SSL_CTX_set_max_proto_version(context, version) == 1;
}

static inline void aspen_ssl_context_no_session_cache(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline int aspen_ssl_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline void aspen_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void aspen_bio_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void aspen_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

// BIO_CTRL_FLUSH succeeds; nothing else is supported.
static inline long aspen_bio_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static inline int aspen_err_reason(unsigned long code) { return ERR_GET_REASON(code); }

#endif
