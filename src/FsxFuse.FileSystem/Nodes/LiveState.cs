namespace FsxFuse.FileSystem;

/// <summary>Size (bytes) and times (ns since 1970) of a file being written.</summary>
internal readonly record struct LiveState(long Size, long MtimeNs, long CtimeNs);
