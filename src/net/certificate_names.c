#include "certificate_names.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* Nobody is there to be asked. */
static int
no_password(char *text, int size, int writing, void *ctx)
{
    (void)text, (void)size, (void)writing, (void)ctx;
    return -1;
}

static void
print_names(BIO *out, X509 *certificate)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    (void)X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        BIO_puts(out, ", ");
        GENERAL_NAME_print(out, sk_GENERAL_NAME_value(names, i));
    }
    GENERAL_NAMES_free(names);
}

struct slice
certificate_names(struct arena *arena, struct slice pem)
{
    BIO *in = BIO_new_mem_buf(pem.ptr, (int)pem.len), *out = BIO_new(BIO_s_mem());
    X509 *certificate = in ? PEM_read_bio_X509(in, NULL, no_password, NULL) : NULL;
    struct slice names = SLICE("");
    char *text;
    if (certificate && out) {
        print_names(out, certificate);
        long len = BIO_get_mem_data(out, &text);
        names = len > 0 ? arena_dup(arena, (struct slice){text, (size_t)len}) : names;
    }
    ERR_clear_error(); /* that there is none was no failure */
    X509_free(certificate);
    BIO_free(out);
    BIO_free(in);
    return names;
}
