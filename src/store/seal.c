#include "store/seal.h"

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_LEN = 32, ID_LEN = 4, NONCE_LEN = 12, TAG_LEN = 16, VERSION = 1 };
enum { HEAD_LEN = 1 + ID_LEN + NONCE_LEN };

/* The file: this line, then the key as 64 hexadecimal digits and a line end. */
static const char header_line[] = "postern master key, version 1\n";
enum { HEADER_LEN = sizeof header_line - 1, FILE_LEN = HEADER_LEN + 2 * KEY_LEN + 1 };

struct sealer {
    uint8_t key[KEY_LEN];
    uint8_t
        id[ID_LEN]; /* the first bytes of the key's SHA-256: tells keys apart, gives none away */
    EVP_CIPHER *cipher; /* owned */
};

static void
key_to_text(const uint8_t key[KEY_LEN], char text[FILE_LEN])
{
    static const char digits[] = "0123456789abcdef";
    char *at = text + HEADER_LEN;
    memcpy(text, header_line, HEADER_LEN);
    for (size_t i = 0; i < KEY_LEN; i++) {
        *at++ = digits[key[i] >> 4];
        *at++ = digits[key[i] & 15];
    }
    *at = '\n';
}

static int
digit_value(char c)
{
    return ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
key_from_text(const char text[FILE_LEN], uint8_t key[KEY_LEN])
{
    const char *at = text + HEADER_LEN;
    if (memcmp(text, header_line, HEADER_LEN) != 0 || text[FILE_LEN - 1] != '\n')
        return false;
    for (size_t i = 0; i < KEY_LEN; i++, at += 2) {
        int high = digit_value(at[0]), low = digit_value(at[1]);
        if (high < 0 || low < 0)
            return false;
        key[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(fd, bytes, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        bytes += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

/* The name of a new file is safe only when its directory is. */
static bool
sync_directory_of(const char *path)
{
    char *copy = memory_cstr(slice_of(path));
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    int saved = errno;
    close(fd);
    errno = saved;
    return ok;
}

static bool
write_key(int fd, const char *path)
{
    uint8_t key[KEY_LEN];
    char text[FILE_LEN];
    random_bytes(key, sizeof key);
    key_to_text(key, text);
    /* fchmod: a umask may have taken the owner's own right to read. */
    bool ok = fchmod(fd, 0600) == 0 && write_all(fd, text, sizeof text) && fsync(fd) == 0 &&
              sync_directory_of(path);
    int saved = errno;
    memory_wipe(key, sizeof key);
    memory_wipe(text, sizeof text);
    errno = saved;
    return ok;
}

enum rc
sealer_create(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return err_set(err, RC_CONFLICT, "the master key file %s exists already", path);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "creating the master key file %s", path);
    bool ok = write_key(fd, path);
    int saved = errno;
    close(fd);
    if (ok)
        return RC_OK;
    unlink(path);
    return err_set_errno(err, RC_PERMANENT, saved, "writing the master key file %s", path);
}

static enum rc
check_file(int fd, const char *path, struct err *err)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return err_set_errno(err, RC_TEMPORARY, errno, "looking at the master key file %s", path);
    if (!S_ISREG(status.st_mode))
        return err_set(err, RC_SYNTAX, "the master key file %s is not a plain file", path);
    if (status.st_mode & 077)
        return err_set(err, RC_DENIED,
                       "the master key file %s has mode %04o: others than its owner may use it; "
                       "make it 0600",
                       path, (unsigned)status.st_mode & 07777);
    if (status.st_size != FILE_LEN)
        return err_set(err, RC_SYNTAX, "the master key file %s has %lld bytes instead of %d", path,
                       (long long)status.st_size, FILE_LEN);
    return RC_OK;
}

static bool
read_all(int fd, char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t got = read(fd, bytes, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

static enum rc
read_key(int fd, const char *path, uint8_t key[KEY_LEN], struct err *err)
{
    char text[FILE_LEN];
    bool whole = read_all(fd, text, sizeof text);
    int saved = errno;
    bool ok = whole && key_from_text(text, key);
    memory_wipe(text, sizeof text);
    if (!whole)
        return err_set_errno(err, RC_TEMPORARY, saved, "reading the master key file %s", path);
    return ok ? RC_OK
              : err_set(err, RC_SYNTAX,
                        "%s is not a master key file: it needs the line \"%.*s\" and 64 "
                        "hexadecimal digits in lower case",
                        path, HEADER_LEN - 1, header_line);
}

/* A page of its own, kept from swap and core dumps where the system lets us; a limit on locked
 * memory is no reason not to serve. */
static struct sealer *
sealer_new(void)
{
    void *page = mmap(NULL, sizeof(struct sealer), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        abort();
    (void)mlock(page, sizeof(struct sealer));
    (void)madvise(page, sizeof(struct sealer), MADV_DONTDUMP);
    return page;
}

void
sealer_close(struct sealer *sealer)
{
    if (!sealer)
        return;
    EVP_CIPHER_free(sealer->cipher);
    memory_wipe(sealer, sizeof *sealer);
    munmap(sealer, sizeof *sealer);
}

static enum rc
make_ready(struct sealer *sealer, struct err *err)
{
    uint8_t digest[32];
    sealer->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (!sealer->cipher || EVP_Digest(sealer->key, KEY_LEN, digest, NULL, EVP_sha256(), NULL) != 1)
        return err_set(err, RC_PERMANENT, "the library offers no AES-256-GCM or SHA-256");
    memcpy(sealer->id, digest, ID_LEN);
    memory_wipe(digest, sizeof digest);
    return RC_OK;
}

enum rc
sealer_open(const char *path, struct sealer **out, struct err *err)
{
    /* O_NONBLOCK: a FIFO in the file's place must not hang the start. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        enum rc why = errno == ENOENT ? RC_NOT_FOUND : errno == EACCES ? RC_DENIED : RC_TEMPORARY;
        return err_set_errno(err, why, errno, "opening the master key file %s", path);
    }
    struct sealer *sealer = sealer_new();
    enum rc rc = check_file(fd, path, err);
    if (rc == RC_OK)
        rc = read_key(fd, path, sealer->key, err);
    if (rc == RC_OK)
        rc = make_ready(sealer, err);
    close(fd);
    if (rc != RC_OK) {
        sealer_close(sealer);
        return rc;
    }
    *out = sealer;
    return RC_OK;
}

/* Encrypts or decrypts with `row` as associated data; `out` has room for `in`. */
static bool
run(EVP_CIPHER_CTX *ctx, struct slice row, struct slice in, uint8_t *out)
{
    int len;
    uint8_t none[1];
    return EVP_CipherUpdate(ctx, NULL, &len, (const uint8_t *)row.ptr, (int)row.len) == 1 &&
           (in.len == 0 ||
            EVP_CipherUpdate(ctx, out, &len, (const uint8_t *)in.ptr, (int)in.len) == 1) &&
           EVP_CipherFinal_ex(ctx, none, &len) == 1;
}

struct slice
sealer_seal(const struct sealer *sealer, struct arena *arena, struct slice row, struct slice plain)
{
    assert(plain.len <= SEAL_PLAIN_MAX && row.len > 0 && row.len <= SEAL_PLAIN_MAX);
    size_t len = plain.len + SEAL_OVERHEAD;
    uint8_t *blob = arena_alloc(arena, len);
    uint8_t *nonce = blob + 1 + ID_LEN;
    blob[0] = VERSION;
    memcpy(blob + 1, sealer->id, ID_LEN);
    random_bytes(nonce, NONCE_LEN);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = ctx && EVP_EncryptInit_ex2(ctx, sealer->cipher, sealer->key, nonce, NULL) == 1 &&
              run(ctx, row, plain, blob + HEAD_LEN) &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, blob + len - TAG_LEN) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!ok) /* for lack of memory alone; and nothing may be stored in the clear instead */
        abort();
    return (struct slice){(const char *)blob, len};
}

static enum rc
check_head(const struct sealer *sealer, struct slice blob, struct err *err)
{
    const uint8_t *bytes = (const uint8_t *)blob.ptr;
    if (blob.len < SEAL_OVERHEAD || blob.len > SEAL_PLAIN_MAX + SEAL_OVERHEAD)
        return err_set(err, RC_SYNTAX, "a sealed value cannot have %zu bytes", blob.len);
    if (bytes[0] != VERSION)
        return err_set(err, RC_SYNTAX, "the sealed value is of version %u, not %d", bytes[0],
                       VERSION);
    if (memcmp(bytes + 1, sealer->id, ID_LEN) != 0)
        return err_set(err, RC_NOT_FOUND,
                       "the value was sealed with master key %02x%02x%02x%02x, "
                       "and this is %02x%02x%02x%02x",
                       bytes[1], bytes[2], bytes[3], bytes[4], sealer->id[0], sealer->id[1],
                       sealer->id[2], sealer->id[3]);
    return RC_OK;
}

enum rc
sealer_unseal(const struct sealer *sealer, struct slice row, struct slice blob, struct secret *out,
              struct err *err)
{
    assert(row.len > 0 && row.len <= SEAL_PLAIN_MAX);
    enum rc rc = check_head(sealer, blob, err);
    if (rc != RC_OK)
        return rc;
    const uint8_t *nonce = (const uint8_t *)blob.ptr + 1 + ID_LEN;
    struct slice sealed = slice_head(slice_from(blob, HEAD_LEN), blob.len - SEAL_OVERHEAD);
    uint8_t tag[TAG_LEN];
    memcpy(tag, blob.ptr + blob.len - TAG_LEN, TAG_LEN);
    struct secret plain = {memory_alloc(sealed.len), sealed.len};
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = ctx && EVP_DecryptInit_ex2(ctx, sealer->cipher, sealer->key, nonce, NULL) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) == 1 &&
              run(ctx, row, sealed, (uint8_t *)plain.ptr);
    EVP_CIPHER_CTX_free(ctx);
    if (!ok) {
        secret_free(&plain);
        return err_set(err, RC_DENIED, "the sealed value of %.*s was altered or sealed for another",
                       SLICE_ARG(row));
    }
    *out = plain;
    return RC_OK;
}
