namespace FsxFuse.Native;

/// <summary>What lstat(2) tells.</summary>
/// <param name="Mode">st_mode.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Atime">Last access, seconds since 1970.</param>
/// <param name="Mtime">Last change of the content, seconds since 1970.</param>
/// <param name="Ctime">Last change of the inode, seconds since 1970.</param>
/// <param name="Device">Tells file systems apart.</param>
internal readonly record struct FileAttributes(ushort Mode, uint Uid, uint Gid, long Size, long Atime, long Mtime, long Ctime, ulong Device);
