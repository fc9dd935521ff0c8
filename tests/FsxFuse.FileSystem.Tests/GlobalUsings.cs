global using Errno = FsxFuse.Fuse.Errno;
