using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>What an upload carries besides the bytes: what the object had already, and what only we know.</summary>
internal static class UploadMetadata
{
    /// <summary>
    /// Options of a write. Everything foreign that <paramref name="existing"/> carries (user metadata, headers, class, tags) is kept.
    /// Attributes that were never read, or that the link does not keep on objects, are not written: defaults must not replace what is there.
    /// </summary>
    public static async ValueTask<PutOptions> ComposeAsync(Link link, InodeRow inode, ObjectInfo? existing, UploadStamp stamp, CancellationToken cancel)
    {
        Dictionary<string, string> metadata;
        if (link.Options.PosixMetadata && !inode.Flags.HasFlag(InodeFlags.AttributesPending))
            metadata = PosixMetadata.Write(inode, stamp.ToString(), existing?.Metadata);
        else
        {
            metadata = existing is null ? new(StringComparer.Ordinal) : new(existing.Metadata, StringComparer.Ordinal);
            metadata[UploadStamp.MetadataKey] = stamp.ToString();
        }
        IReadOnlyDictionary<string, string>? tags = existing is { TagCount: > 0 }
            ? await link.Store.GetTagsAsync(existing.Key, cancel).ConfigureAwait(false)
            : null;
        // What is written anew must stay readable, so an archive class is not passed on.
        string? storageClass = existing is { StorageClass: var current } && current != ObjectStorageClasses.Standard && !ObjectStorageClasses.IsArchive(current)
            ? current
            : link.Options.StorageClass;
        return new PutOptions { Metadata = metadata, Headers = existing?.Headers ?? ObjectHeaders.None, StorageClass = storageClass, Tags = tags };
    }

    /// <summary>Whether an object says of mode and owner what the inode says. Times alone are no reason to write.</summary>
    public static bool Agrees(Link link, InodeRow inode, ObjectInfo info)
    {
        if (!link.Options.PosixMetadata || inode.Flags.HasFlag(InodeFlags.AttributesPending))
            return true;
        PosixMetadata read = PosixMetadata.Read(info.Metadata);
        uint mode = inode.IsDirectory ? link.DirectoryMode : link.FileMode;
        return (inode.Mode & 0xFFF) == (read.Permissions ?? mode & 0xFFF)
            && inode.Uid == (read.Uid ?? link.Uid)
            && inode.Gid == (read.Gid ?? link.Gid)
            && (inode.Type == FileType.Symlink) == read.IsSymlink;
    }
}
