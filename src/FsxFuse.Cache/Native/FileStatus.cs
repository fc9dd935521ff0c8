namespace FsxFuse.Cache.Native;

/// <summary>What statx(2) tells of a content file.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Blocks">512-byte units allocated.</param>
/// <param name="MtimeNs">Last modification, ns since 1970.</param>
/// <param name="CtimeNs">Last status change, ns since 1970.</param>
/// <param name="AtimeNs">Last access, ns since 1970.</param>
internal readonly record struct FileStatus(long Size, long Blocks, long MtimeNs, long CtimeNs, long AtimeNs);
