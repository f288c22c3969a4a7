/* Tells who loaded it, if only for a moment: a file /tmp/left4me-canary-UID. For
   LD_PRELOAD and LD_AUDIT, to show whether a variable reached a root process. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((constructor)) static void tell(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/left4me-canary-%u", (unsigned)geteuid());
    const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file >= 0)
        close(file);
}

/* The auditing interface's one required function. */
unsigned la_version(unsigned version);
unsigned la_version(unsigned version) { return version; }
