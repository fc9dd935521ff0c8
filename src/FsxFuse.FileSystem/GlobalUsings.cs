global using Errno = FsxFuse.Fuse.Errno;
global using FallocateMode = FsxFuse.Cache.FallocateMode;
