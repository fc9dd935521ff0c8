using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Links;

/// <summary>
/// A link (data repository association): a directory whose children are the objects under a prefix. Immutable; an update of its
/// options makes a new one with the same id, so hold on to the id, or to the link for one operation only.
/// </summary>
public sealed class Link
{
    internal Link(LinkRow row, LinkOptions options, StoreSlot store, uint defaultUid, uint defaultGid)
    {
        Row = row;
        Options = options;
        Url = RepositoryUrl.Parse(row.Url);
        Slot = store;
        Uid = options.DefaultUid ?? defaultUid;
        Gid = options.DefaultGid ?? defaultGid;
    }

    /// <summary>The stored row.</summary>
    public LinkRow Row { get; }

    /// <summary>The number used inside.</summary>
    public int Id => Row.Id;

    /// <summary>The linked directory's inode.</summary>
    public long Directory => Row.Directory;

    /// <summary>Policies, defaults and connection.</summary>
    public LinkOptions Options { get; }

    /// <summary>Where the repository is.</summary>
    public RepositoryUrl Url { get; }

    /// <summary>Key prefix of the linked directory's children: empty or ending in '/'.</summary>
    public string Prefix => Url.Prefix;

    /// <summary>The bucket. Opened by the first use; opening makes no request.</summary>
    /// <exception cref="ObjectStoreException">BadConfiguration: the connection options are wrong.</exception>
    public IObjectStore Store => Slot.Get();

    internal StoreSlot Slot { get; }

    /// <summary>Owner of what has no metadata.</summary>
    public uint Uid { get; }

    /// <summary>Group of what has no metadata.</summary>
    public uint Gid { get; }

    /// <summary>st_mode of a file without metadata.</summary>
    public uint FileMode => FileType.Regular | (Options.DefaultFileMode & 0xFFF);

    /// <summary>st_mode of a directory without metadata.</summary>
    public uint DirectoryMode => FileType.Directory | (Options.DefaultDirectoryMode & 0xFFF);

    /// <summary>The association's id and place, for messages.</summary>
    public override string ToString() => $"{Row.AssociationId} ({Row.Url})";
}
