/* The console's files, within the program (accept/pages.h says in what form). Empty when it was built
 * without them. */
#ifndef POSTERN_ROLE_CONSOLE_PACK_H
#define POSTERN_ROLE_CONSOLE_PACK_H

#include "base/slice.h"

struct slice console_pack(void);

#endif
