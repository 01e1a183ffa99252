/* Addresses: what is accepted is canonical, so reading it again gives it again. */
#include <stdlib.h>

#include "mail/address.h"

static void
check(bool holds)
{
    if (!holds)
        abort();
}

static void
check_address(struct arena *arena, const struct address *address)
{
    struct address again;
    check(address->text.len <= ADDRESS_MAX && address->local.len <= LOCAL_PART_MAX);
    check(address_parse(arena, address->text, &again, NULL) == RC_OK);
    check(slice_eq(again.text, address->text) && slice_eq(again.local, address->local) &&
          slice_eq(again.domain, address->domain));
    struct slice bare = address_without_label(arena, address);
    check(address_parse(arena, bare, &again, NULL) == RC_OK);
    check(slice_eq(address_without_label(arena, &again), bare));
}

static void
check_name(struct arena *arena, struct slice name)
{
    struct slice found;
    while (address_appears_in(name, &found)) {
        check(found.len > 0 && found.ptr >= name.ptr &&
              found.ptr + found.len <= name.ptr + name.len);
        address_fold(arena, found);
        name = slice_from(name, (size_t)(found.ptr + found.len - name.ptr));
    }
}

static void
check_list(struct arena *arena, struct slice text)
{
    struct mailbox *list;
    size_t count;
    if (address_mailbox_list(arena, text, &list, &count, NULL) != RC_OK)
        return;
    check(count > 0);
    for (size_t i = 0; i < count; i++) {
        struct mailbox *again;
        size_t one;
        check_address(arena, &list[i].address);
        check_name(arena, list[i].display_name);
        check(address_mailbox_list(arena, list[i].shown, &again, &one, NULL) == RC_OK);
        check(one == 1 && slice_eq(again->address.text, list[i].address.text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size}, domain;
    struct arena *arena = arena_new();
    struct address address;
    struct mailbox mailbox;
    struct path path;
    if (address_mailbox(arena, text, &mailbox, NULL) == RC_OK) {
        check_address(arena, &mailbox.address);
        check_name(arena, mailbox.display_name);
    }
    if (address_parse(arena, text, &address, NULL) == RC_OK)
        check_address(arena, &address);
    if (address_path(arena, text, &path, NULL) == RC_OK && path.address.text.len > 0)
        check_address(arena, &path.address);
    if (address_domain(arena, text, &domain, NULL) == RC_OK) {
        struct slice again;
        check(address_domain(arena, domain, &again, NULL) == RC_OK && slice_eq(again, domain));
    }
    check_list(arena, text);
    check_name(arena, text);
    check(address_fold(arena, text).len <= size);
    arena_free(arena);
    return 0;
}
