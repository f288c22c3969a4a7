/* The stand-in for bin/engine.so. Built without -fPIC, so the address of
 * frame_count stands in the code itself and the dynamic linker has to make the
 * code writable to put it there: what MemoryDenyWriteExecute= forbids. */

int engine_frame(void);
int tier0_frames(int count); /* of libtier0.so, which only bin/ has */

int frame_count;

int engine_frame(void)
{
    return tier0_frames(++frame_count);
}
