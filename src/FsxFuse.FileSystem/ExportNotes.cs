using System.Collections.Immutable;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// What a change of the namespace leaves for the repository, in the same commit: entries that say *what* may differ, never what to do.
/// Outside links nothing is noted.
/// </summary>
internal sealed class ExportNotes(Volume volume)
{
    private readonly Volume _volume = volume;
    private ImmutableDictionary<int, long> _linkDirectories = ImmutableDictionary<int, long>.Empty;

    /// <summary>Reads which directories are linked, at the start.</summary>
    public async ValueTask LoadAsync()
    {
        foreach (LinkRow link in await _volume.Store.GetLinksAsync().ConfigureAwait(false))
        {
            Linked(link);
        }
    }

    /// <summary>A link was made or changed: what is committed from here on is noted for it.</summary>
    public void Linked(LinkRow link) =>
        ImmutableInterlocked.AddOrUpdate(ref _linkDirectories, link.Id, link.Directory, (_, _) => link.Directory);

    /// <summary>A link was removed.</summary>
    public void Unlinked(int link) => ImmutableInterlocked.TryRemove(ref _linkDirectories, link, out _);

    /// <summary>The inode's content, attributes or names changed.</summary>
    public void Inode(Batch batch, long inode)
    {
        if (!Volatile.Read(ref _linkDirectories).IsEmpty)
        {
            batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = inode, QueuedNs = _volume.NowNs }));
        }
    }

    /// <summary>The same, for a new inode in a directory known here.</summary>
    public void Created(Batch batch, DirectoryRow parent, long inode)
    {
        if (parent.LinkId != 0)
        {
            Inode(batch, inode);
        }
    }

    /// <summary>A name was taken from a directory: its key must go.</summary>
    public async ValueTask RemovedAsync(Batch batch, DirectoryRow parent, FileName name, bool directory)
    {
        if (parent.LinkId == 0 || !name.TryGetText(out string? text))
        {
            return;
        }

        string suffix = directory ? text + "/" : text;
        Key(batch, parent.LinkId, parent.Prefix + suffix);
        if (await DerivePrefixAsync(parent).ConfigureAwait(false) is { } derived && derived != parent.Prefix)
        {
            // The directory, or one above it, was moved and its objects have not followed yet; some may be in the new place already.
            Key(batch, parent.LinkId, derived + suffix);
        }
    }

    /// <summary>A directory is about to be moved with all below it: its objects, and those below it, are under the old prefix.</summary>
    public async ValueTask MovedAsync(Batch batch, DirectoryRow moved, DirectoryRow newParent)
    {
        if (moved.LinkId != 0 || newParent.LinkId != 0)
        {
            Move(batch, moved.Id, moved.LinkId, moved.Prefix ?? "");
        }

        if (await DeriveAsync(moved).ConfigureAwait(false) is { } before && before != (moved.LinkId, moved.Prefix ?? ""))
        {
            // An earlier move was not followed yet: some objects may be where the path said until now.
            Move(batch, moved.Id, before.LinkId, before.Prefix);
        }
    }

    /// <summary>
    /// The key prefix that follows from a directory's path now, ending in '/' or empty; null when it is not under a link or some
    /// name above it cannot be a key.
    /// </summary>
    public async ValueTask<string?> DerivePrefixAsync(DirectoryRow directory) =>
        await DeriveAsync(directory).ConfigureAwait(false) is { } derived ? derived.Prefix : null;

    private async ValueTask<(int LinkId, string Prefix)?> DeriveAsync(DirectoryRow directory)
    {
        List<string> names = [];
        DirectoryRow at = directory;
        ImmutableDictionary<int, long> links = Volatile.Read(ref _linkDirectories);
        while (!links.ContainsValue(at.Id))
        {
            if (at.Id == InodeRow.RootId || !at.Name.TryGetText(out string? text)
                || await _volume.GetDirectoryAsync(at.Parent).ConfigureAwait(false) is not { } parent)
            {
                return null;
            }

            names.Add(text);
            at = parent;
        }

        if (names.Count == 0)
        {
            return (at.LinkId, at.Prefix ?? "");
        }

        names.Reverse();
        return (at.LinkId, $"{at.Prefix}{string.Join('/', names)}/");
    }

    private void Move(Batch batch, long directory, int link, string prefix) => batch.Add(new RowWrite.QueueExport(
        new ExportRow { Kind = ExportKind.Move, LinkId = link, Subject = directory, Key = prefix, QueuedNs = _volume.NowNs }));

    private void Key(Batch batch, int link, string key) =>
        batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Key, LinkId = link, Key = key, QueuedNs = _volume.NowNs }));
}
