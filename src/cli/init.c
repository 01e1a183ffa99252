/*
 * `postern init`: everything a service needs before its first start, in a directory of its own.
 * What takes long (signing keys) is made later by core, in the background.
 *
 * Started as root, with the system users there: DIR belongs to root and to core's group, sticky.
 * Core makes its files in it, but cannot put another postern.conf, which the parent reads as root,
 * in the place of this one; the front passes through to its certificate.
 */
#include "cli.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "certificate.h"
#include "role/option.h"
#include "store/seal.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ACCOUNT_DIGITS = 12, KEY_ID_MIN = 16, SECRET_MIN = 8, KEY_MAX = 128 };

struct init {
    struct arena *arena;
    const char *dir, *options_path, *hostname, *account, *key_id, *secret;
    bool admin_sends, json;
    bool made_dir, made_options;
    struct slice config_text;
    struct config config; /* as that text reads */
};

/* What was asked for. */

static bool
made_of(struct slice text, size_t min, bool words_only)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (words_only ? !ascii_alnum(c) && c != '_' : c <= ' ' || c >= 127)
            return false;
    }
    return text.len >= min && text.len <= KEY_MAX;
}

static enum rc
check_key(struct init *init, struct err *err)
{
    if (!init->key_id != !init->secret)
        return err_set(err, RC_SYNTAX,
                       "--access-key-id and --secret-access-key must be given together");
    if (!init->key_id) {
        init->key_id = random_iam_id(init->arena, "AKIA", 16).ptr;
        init->secret = random_secret_key(init->arena).ptr;
    }
    if (!made_of(slice_of(init->key_id), KEY_ID_MIN, true))
        return err_set(err, RC_SYNTAX,
                       "--access-key-id: must be %d to %d letters, digits and underscores",
                       KEY_ID_MIN, KEY_MAX);
    if (!made_of(slice_of(init->secret), SECRET_MIN, false))
        return err_set(err, RC_SYNTAX, "--secret-access-key: must be %d to %d printable characters",
                       SECRET_MIN, KEY_MAX);
    return RC_OK;
}

/* The first digit is not 0: some program will take it for a number. */
static const char *
random_account(struct arena *arena)
{
    char *digits = arena_alloc(arena, ACCOUNT_DIGITS + 1);
    for (int i = 0; i < ACCOUNT_DIGITS; i++)
        digits[i] = (char)(i == 0 ? '1' + random_below(9) : '0' + random_below(10));
    return digits;
}

static const char config_format[] =
    "# Every option is described in postern.conf(5); what is not here has its default.\n"
    "\n"
    "# The service's own name: in greetings, in EHLO, and in the signature of mail from domains\n"
    "# that have no DKIM of their own.\n"
    "hostname = %s\n"
    "region = us-east-1\n"
    "account = %s\n"
    "\n"
    "# This machine alone. A service for others listens on *:587, *:465 and, for bounces, *:25.\n"
    "[listen]\n"
    "submission = 127.0.0.1:2587\n"
    "submissions = 127.0.0.1:2465\n"
    "http = 127.0.0.1:8580\n"
    "https = off\n"
    "feedback = 127.0.0.1:2525\n";

static enum rc
plan(struct init *init, struct err *err)
{
    uint64_t ignored;
    struct slice account = slice_of(init->account);
    if (!option_host_valid(slice_of(init->hostname)))
        return err_set(err, RC_SYNTAX,
                       "--hostname: must be a host name of letters, digits, hyphens and dots");
    if (init->options_path && init->options_path[0] != '/')
        return err_set(err, RC_SYNTAX, "--config: must be a path from the root");
    if (account.len != ACCOUNT_DIGITS || !slice_u64(account, &ignored))
        return err_set(err, RC_SYNTAX, "--account: must be %d digits", ACCOUNT_DIGITS);
    init->config_text = arena_printf(init->arena, config_format, init->hostname, init->account);
    return config_parse(init->arena, init->config_text, "postern.conf", NULL, 0, &init->config,
                        err);
}

/* The directory. */

static char *
path_of(const struct init *init, const char *name)
{
    return (char *)arena_printf(init->arena, "%s/%s", init->dir, name).ptr;
}

/* What a fresh file system has of itself. */
static bool
counts(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, "lost+found") != 0;
}

static enum rc
make_dir(struct init *init, struct err *err)
{
    if (mkdir(init->dir, 0700) == 0) {
        init->made_dir = true;
        return RC_OK;
    }
    if (errno != EEXIST)
        return err_set_errno(err, RC_PERMANENT, errno, "cannot make it");
    DIR *dir = opendir(init->dir);
    if (!dir)
        return err_set_errno(err, RC_PERMANENT, errno, "cannot open it");
    const struct dirent *entry;
    bool empty = true;
    while (empty && (entry = readdir(dir)))
        empty = !counts(entry->d_name);
    closedir(dir);
    if (!empty)
        return err_set(err, RC_CONFLICT,
                       "it is not empty: a service is made in a directory of its own");
    if (chmod(init->dir, 0700) != 0)
        return err_set_errno(err, RC_PERMANENT, errno, "cannot change its mode");
    return RC_OK;
}

/* It was empty when we came: all that is in it is ours. */
static void
undo(const struct init *init)
{
    DIR *dir = opendir(init->dir);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (counts(entry->d_name))
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    if (init->made_dir)
        rmdir(init->dir);
    if (init->made_options)
        unlink(init->options_path);
}

static enum rc
write_path(const char *path, const char *name, mode_t mode, struct slice text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return err_set_errno(err, RC_PERMANENT, errno, "%s", name);
    ssize_t written = write(fd, text.ptr, text.len);
    bool ok = written == (ssize_t)text.len && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    int why = written >= 0 && written < (ssize_t)text.len ? ENOSPC : errno;
    close(fd);
    return ok ? RC_OK : err_set_errno(err, RC_PERMANENT, why, "%s", name);
}

static enum rc
write_file(const struct init *init, const char *name, mode_t mode, struct slice text,
           struct err *err)
{
    return write_path(path_of(init, name), name, mode, text, err);
}

/* In DIR, or elsewhere with a link to it in DIR. */
static enum rc
write_options(struct init *init, struct err *err)
{
    if (!init->options_path)
        return write_file(init, "postern.conf", 0640, init->config_text, err);
    enum rc rc = write_path(init->options_path, init->options_path, 0640, init->config_text, err);
    init->made_options = rc == RC_OK;
    if (rc == RC_OK && symlink(init->options_path, path_of(init, "postern.conf")) != 0)
        rc = err_set_errno(err, RC_PERMANENT, errno, "postern.conf");
    return rc;
}

static enum rc
write_certificate(const struct init *init, struct err *err)
{
    struct slice certificate, key;
    enum rc rc = certificate_make(init->arena, init->config.hostname, clock_now_ms(), &certificate,
                                  &key, err);
    if (rc != RC_OK)
        return rc;
    rc = write_file(init, "certificate.pem", 0644, certificate, err);
    if (rc == RC_OK)
        rc = write_file(init, "certificate-key.pem", 0600, key, err);
    memory_wipe((char *)key.ptr, key.len);
    return rc;
}

static enum rc
write_store(const struct init *init, struct err *err)
{
    const struct store_admin admin = {.user_name = SLICE("admin"),
                                      .access_key_id = slice_of(init->key_id),
                                      .secret = slice_of(init->secret),
                                      .sends = init->admin_sends,
                                      .account = init->config.account};
    enum rc rc = sealer_create(path_of(init, STORE_MASTER_KEY), err);
    return rc == RC_OK ? store_initialise(init->dir, &admin, err) : rc;
}

/* Who owns it. */

static bool
find_user(struct slice name, struct passwd *out)
{
    char *cstr = memory_cstr(name);
    const struct passwd *user = getpwnam(cstr);
    free(cstr);
    if (user)
        *out = *user; /* only the numbers are used: the strings are the library's */
    return user != NULL;
}

static enum rc
give(const struct init *init, const char *name, uid_t uid, gid_t gid, struct err *err)
{
    if (lchown(path_of(init, name), uid, gid) != 0)
        return err_set_errno(err, RC_PERMANENT, errno, "%s: cannot change its owner", name);
    return RC_OK;
}

/* Everything to core, but for what the parent and the front read. */
static enum rc
give_file(const struct init *init, const char *name, const struct passwd *core,
          const struct passwd *front, struct err *err)
{
    if (strcmp(name, "postern.conf") == 0)
        return give(init, name, 0, core->pw_gid, err);
    if (strcmp(name, "certificate-key.pem") == 0 || strcmp(name, "certificate.pem") == 0)
        return give(init, name, front->pw_uid, front->pw_gid, err);
    return give(init, name, core->pw_uid, core->pw_gid, err);
}

static enum rc
give_away(const struct init *init, struct err *err)
{
    struct passwd core, front;
    if (geteuid() != 0)
        return RC_OK; /* all roles will run as whoever starts them */
    if (!find_user(init->config.user_core, &core) || !find_user(init->config.user_front, &front))
        return err_set(err, RC_NOT_FOUND,
                       "there are no users %.*s and %.*s to become: script/bootstrap makes them, "
                       "and so does the package",
                       SLICE_ARG(init->config.user_core), SLICE_ARG(init->config.user_front));
    DIR *dir = opendir(init->dir);
    if (!dir)
        return err_set_errno(err, RC_PERMANENT, errno, "cannot open it");
    const struct dirent *entry;
    enum rc rc = RC_OK;
    while (rc == RC_OK && (entry = readdir(dir)))
        if (counts(entry->d_name))
            rc = give_file(init, entry->d_name, &core, &front, err);
    if (rc == RC_OK &&
        (fchown(dirfd(dir), 0, core.pw_gid) != 0 || fchmod(dirfd(dir), S_ISVTX | 0771) != 0))
        rc = err_set_errno(err, RC_PERMANENT, errno, "cannot change its owner");
    closedir(dir);
    if (rc == RC_OK && init->options_path && lchown(init->options_path, 0, core.pw_gid) != 0)
        rc = err_set_errno(err, RC_PERMANENT, errno, "%s: cannot change its owner",
                           init->options_path);
    return rc;
}

/* What the operator sees. */

static void
print_json(const struct init *init)
{
    struct buf out;
    struct json_writer writer;
    buf_init(&out, 64 * 1024);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_cstr(&writer, "dir", init->dir);
    json_put_string(&writer, "hostname", init->config.hostname);
    json_put_string(&writer, "region", init->config.region);
    json_put_string(&writer, "account", init->config.account);
    json_put_string(&writer, "public_url", init->config.public_url);
    json_put_cstr(&writer, "user_name", "admin");
    json_put_cstr(&writer, "access_key_id", init->key_id);
    json_put_cstr(&writer, "secret_access_key", init->secret);
    json_put_bool(&writer, "admin_sends", init->admin_sends);
    json_close_object(&writer);
    printf("%.*s\n", SLICE_ARG(buf_slice(&out)));
    buf_wipe(&out);
}

static void
print_words(const struct init *init)
{
    printf("Made %s for %.*s, account %.*s.\n\n"
           "The administrator's key. The secret is shown this once:\n"
           "    access key id      %s\n"
           "    secret access key  %s\n\n"
           "Next:\n"
           "    postern serve --dir %s\n"
           "and beside it, for a domain of yours and a person in it:\n"
           "    postern domain add example.org --dir %s\n"
           "    postern grant taro@example.org --dir %s\n",
           init->dir, SLICE_ARG(init->config.hostname), SLICE_ARG(init->config.account),
           init->key_id, init->secret, init->dir, init->dir, init->dir);
}

static enum rc
fill_dir(struct init *init, struct err *err)
{
    enum rc rc = write_options(init, err);
    if (rc == RC_OK)
        rc = write_certificate(init, err);
    if (rc == RC_OK)
        rc = write_store(init, err);
    return rc == RC_OK ? give_away(init, err) : rc;
}

static int
make(struct init *init)
{
    struct err err;
    if (check_key(init, &err) != RC_OK || plan(init, &err) != RC_OK)
        return cli_fail("init: %s", err.text);
    umask(077);
    if (make_dir(init, &err) != RC_OK)
        return cli_fail("init: %s: %s", init->dir, err.text);
    if (fill_dir(init, &err) != RC_OK) {
        undo(init);
        return cli_fail("init: %s: %s", init->dir, err.text);
    }
    if (init->json)
        print_json(init);
    else
        print_words(init);
    return CLI_OK;
}

int
init_run(const struct cli_verb *verb, int argc, char **argv)
{
    struct init init = {.arena = arena_new(), .dir = CLI_DEFAULT_DIR};
    init.hostname = "postern.localhost";
    init.account = random_account(init.arena);
    const struct cli_option options[] = {
        {"dir", CLI_VALUE, &init.dir},
        {"config", CLI_VALUE, &init.options_path},
        {"hostname", CLI_VALUE, &init.hostname},
        {"account", CLI_VALUE, &init.account},
        {"access-key-id", CLI_VALUE, &init.key_id},
        {"secret-access-key", CLI_VALUE, &init.secret},
        {"admin-sends", CLI_FLAG, &init.admin_sends},
        {"json", CLI_FLAG, &init.json},
    };
    int status;
    if (cli_parse(verb, argc, argv, options, sizeof options / sizeof options[0], &status))
        status = make(&init);
    arena_free(init.arena);
    return status;
}
