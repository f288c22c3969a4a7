/* The stand-in for ~/.steam/sdk32/steamclient.so: it can be loaded and has the
 * one entry point that every Valve library has. */

void *CreateInterface(const char *name, int *return_code);

void *CreateInterface(const char *name, int *return_code)
{
    static char client;

    (void)name;
    if (return_code)
        *return_code = 0;
    return &client;
}
