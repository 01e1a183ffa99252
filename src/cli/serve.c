#include "cli.h"

#include "role/parent.h"

#include <stdlib.h>

int
serve_run(const struct cli_verb *verb, int argc, char **argv)
{
    const char *dir = CLI_DEFAULT_DIR;
    struct cli_list sets = {0};
    const struct cli_option options[] = {{"dir", CLI_VALUE, &dir}, {"set", CLI_LIST, &sets}};
    int status;
    if (cli_parse(verb, argc, argv, options, sizeof options / sizeof options[0], &status))
        status = parent_serve(dir, sets.items, sets.count);
    free(sets.items);
    return status;
}
