using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>A content that may be released.</summary>
/// <param name="Content">Its id.</param>
/// <param name="Inode">Its inode as it was found: one that was used or pinned since has another version.</param>
/// <param name="Bytes">Bytes of disk it takes.</param>
/// <param name="LastUseNs">Last use, ns since 1970.</param>
internal readonly record struct ReleaseCandidate(long Content, InodeRow Inode, long Bytes, long LastUseNs);
