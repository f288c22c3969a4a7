/* The stand-in for bin/libtier0.so. The game's libraries need each other by name alone
 * (DT_NEEDED libtier0.so, libvstdlib.so: `readelf -d bin/engine.so` of the game), and lie in
 * bin/ only: without the LD_LIBRARY_PATH=.:bin: of Valve's srcds_run none of them loads. */

int tier0_frames(int count);

int tier0_frames(int count)
{
    return count;
}
