#include "console_pack.h"

extern const char console_pack_start[], console_pack_end[]; /* console_pack.S.in */

struct slice
console_pack(void)
{
    return (struct slice){console_pack_start, (size_t)(console_pack_end - console_pack_start)};
}
