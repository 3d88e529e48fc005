/**
 * The first import of every program: whatever this process and its children make is their owner's alone, from the first
 * moment on. Recordings hold people's faces and voices, and the databases what lets others at them.
 */
process.umask(0o077);
