using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache;

/// <summary>A resident content as an upload sees it: its own handle, and what must be unchanged for the upload to be good. Dispose closes the handle.</summary>
public sealed class ContentSnapshot : IDisposable
{
    private readonly Content _content;

    internal ContentSnapshot(Content content, SafeFileHandle handle, long length, long mtimeNs, long ctimeNs, long dirtyVersion)
    {
        _content = content;
        Handle = handle;
        Length = length;
        MtimeNs = mtimeNs;
        CtimeNs = ctimeNs;
        DirtyVersion = dirtyVersion;
    }

    /// <summary>The content file, open for reading.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>st_mtime of the content file, ns since 1970.</summary>
    public long MtimeNs { get; }

    /// <summary><see cref="Metadata.ContentRow.DirtyVersion"/> as seen.</summary>
    public long DirtyVersion { get; }

    /// <summary>st_ctime of the content file, ns since 1970: also tells writes whose mtime was set back.</summary>
    internal long CtimeNs { get; }

    /// <summary>False when the content was written, truncated or opened for writing since.</summary>
    public bool IsUnchanged() => _content.IsUnchangedSince(this);

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
