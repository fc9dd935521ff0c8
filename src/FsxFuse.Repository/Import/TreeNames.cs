using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Finds, and makes, the directories of keys that come in order, and collects new names for commits of many. The keys of one prefix are
/// contiguous, so the way to the current key is all that is held.
/// </summary>
internal sealed class TreeNames(ImportContext context, NameRefresh refresh, RefreshRequest request, KeyWindow window, RefreshTally tally, UnmappableKeys unmappable)
{
    private readonly IMetadataStore _store = context.Store;
    private readonly Link _link = request.Link;
    private readonly List<TreeDirectory> _way = [];
    private readonly List<NewName> _new = [];

    /// <summary>Names that wait for <see cref="FlushAsync"/>.</summary>
    public int Waiting => _new.Count;

    /// <summary>The directory entered last.</summary>
    public TreeDirectory Here => _way[^1];

    /// <summary>The directory of a prefix. With <paramref name="create"/> it is made where it is missing, unless it waits for its deletion.</summary>
    public async ValueTask<TreeDirectory> EnterAsync(string prefix, bool create, CancellationToken cancel)
    {
        if (_way.Count == 0)
        {
            DirectoryRow? root = await _store.GetDirectoryAsync(_link.Directory, cancel).ConfigureAwait(false);
            _way.Add(new TreeDirectory(null, _link.Prefix, root) { IsRefused = root is null || root.LinkId != _link.Id || root.Prefix != _link.Prefix });
        }
        while (_way.Count > 1 && (!prefix.StartsWith(_way[^1].Prefix, StringComparison.Ordinal) || (create && _way[^1].Row is null && !_way[^1].IsRefused)))
            _way.RemoveAt(_way.Count - 1);
        while (_way[^1].Prefix.Length < prefix.Length)
        {
            TreeDirectory parent = _way[^1];
            string child = prefix[..(prefix.IndexOf('/', parent.Prefix.Length) + 1)];
            _way.Add(await StepAsync(parent, child, create, cancel).ConfigureAwait(false));
        }
        return _way[^1];
    }

    /// <summary>Whether a name may be imported: it is not taken, and was not removed here since the listing began.</summary>
    public bool IsFree(TreeDirectory directory, FileName name, string key) => !window.HasKey(key) && !window.HasName(directory.Row!.Id, name);

    /// <summary>Adds a new file.</summary>
    public void Add(TreeDirectory directory, FileName name, in ObjectEntry entry) =>
        _new.Add(new NewName(directory, name, entry.Key, entry, null, _store.AllocateIds(ImportedRows.IdsPerName)));

    /// <summary>Commits the new names; one that was taken meanwhile is left out with what is below it.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        while (true)
        {
            int before = _new.Count;
            _new.RemoveAll(n => n.Directory.IsLeftAlone || n.Self is { IsRefused: true });
            for (int i = _new.Count; i < before; i++)
                tally.Add(RefreshOutcome.Skipped);
            if (_new.Count == 0)
                return;
            CommitResult result = await _store.CommitAsync(Build(), cancel).ConfigureAwait(false);
            switch (result.FailedGuard)
            {
                case null:
                    tally.New(_new.Count);
                    _new.Clear();
                    return;
                case Guard.DentryAbsent taken:
                    Drop(n => n.Directory.Row!.Id == taken.Parent && n.Name == taken.Name);
                    break;
                case Guard.KeyNotQueued queued:
                    Drop(n => n.Key == queued.Key);
                    break;
                case Guard.DirectoryVersion moved:
                    await LookAgainAsync(moved.Id, cancel).ConfigureAwait(false);
                    break;
                default:
                    throw new InvalidOperationException($"A condition that was never asked for failed: {result.FailedGuard}.");
            }
        }
    }

    private async ValueTask<TreeDirectory> StepAsync(TreeDirectory parent, string prefix, bool create, CancellationToken cancel)
    {
        if (parent.Row is null || parent.IsLeftAlone)
            return new TreeDirectory(parent, prefix, null) { IsRefused = parent.IsLeftAlone };
        FileName name = new(prefix[parent.Prefix.Length..^1]);
        NamedInode? found = parent.IsFresh ? null : await _store.LookupAsync(parent.Row.Id, name, cancel).ConfigureAwait(false);
        if (found is { Inode.IsDirectory: true } directory)
        {
            DirectoryRow? row = await _store.GetDirectoryAsync(directory.Inode.Id, cancel).ConfigureAwait(false);
            bool ours = row is not null && row.LinkId == _link.Id && row.Prefix == prefix
                && !await context.Moves.HasAtAsync(_link.Id, prefix, row.Id, cancel).ConfigureAwait(false);
            return new TreeDirectory(parent, prefix, row) { IsRefused = !ours };
        }
        if (!create)
            return new TreeDirectory(parent, prefix, null);
        // Nobody has looked: whoever does lists it.
        if (request.KnownOnly && parent.Row.Listing != ListingState.Complete)
            return new TreeDirectory(parent, prefix, null) { IsRefused = true };
        if (!request.Events.HasFlag(RepositoryEvents.New) || window.HasName(parent.Row.Id, name) || window.HasKeyUnder(prefix)
            || await context.Moves.HasUnderAsync(_link.Id, prefix, cancel).ConfigureAwait(false))
        {
            return new TreeDirectory(parent, prefix, null) { IsRefused = true };
        }
        if (_new.Exists(n => n.Directory == parent && n.Name == name))
        {
            // The object of that name is among those that wait; only what is stored can make way.
            await FlushAsync(cancel).ConfigureAwait(false);
            found = await _store.LookupAsync(parent.Row.Id, name, cancel).ConfigureAwait(false);
        }
        if (found is { } file)
        {
            if (!await refresh.TryMakeWayAsync(_link, parent.Row, file, cancel).ConfigureAwait(false))
            {
                tally.Failed(new RefreshFailure(prefix, "S3ObjectTypeMismatch", $"'{prefix}' is a directory in the repository and a file here, which changed here."));
                return new TreeDirectory(parent, prefix, null) { IsRefused = true };
            }
            tally.Unmappable();
            unmappable.Add(prefix[..^1], KeyFault.ShadowedByDirectory);
        }
        long id = _store.AllocateIds(ImportedRows.IdsPerName);
        TreeDirectory made = new(parent, prefix, NewRow(parent, name, prefix, id)) { IsFresh = true };
        _new.Add(new NewName(parent, name, prefix, null, made, id));
        return made;
    }

    private DirectoryRow NewRow(TreeDirectory parent, FileName name, string prefix, long id) =>
        new() { Id = id, Parent = parent.Row!.Id, Name = name, Version = 1, Listing = ListingState.Unlisted, LinkId = _link.Id, Prefix = prefix };

    private Batch Build()
    {
        Batch batch = context.NewBatch();
        HashSet<TreeDirectory> made = [.. _new.Where(n => n.Self is not null).Select(n => n.Self!)];
        foreach (IGrouping<TreeDirectory, NewName> group in _new.GroupBy(n => n.Directory))
        {
            if (!made.Contains(group.Key))
                batch.Require(new Guard.DirectoryVersion(group.Key.Row!.Id, group.Key.Row.Version));
        }
        foreach (NewName name in _new)
        {
            long directory = name.Directory.Row!.Id;
            if (name.Self is not null)
                ImportedRows.AddDirectory(batch, _link, directory, name.Name, name.Key, name.FirstId);
            else
                ImportedRows.AddFile(batch, _link, directory, name.Name, name.Entry!.Value, name.FirstId);
        }
        foreach (IGrouping<TreeDirectory, NewName> group in _new.GroupBy(n => n.Directory))
        {
            // Names in a directory whose names were all known are a change of it; first knowledge is not.
            bool change = group.Key.Row!.Listing == ListingState.Complete;
            int directories = group.Count(n => n.Self is not null);
            long time = change ? context.NowNs : long.MinValue;
            if (change || directories > 0)
                batch.Add(new RowWrite.MergeInode(group.Key.Row.Id, time, time, directories));
        }
        return batch;
    }

    private void Drop(Predicate<NewName> which)
    {
        foreach (NewName name in _new.FindAll(which))
        {
            if (name.Self is not null)
                name.Self.IsRefused = true;
        }
        int dropped = _new.RemoveAll(n => which(n) && n.Self is null);
        for (int i = 0; i < dropped; i++)
            tally.Add(RefreshOutcome.Skipped);
    }

    private async Task LookAgainAsync(long id, CancellationToken cancel)
    {
        DirectoryRow? row = await _store.GetDirectoryAsync(id, cancel).ConfigureAwait(false);
        foreach (TreeDirectory directory in _new.Select(n => n.Directory).Where(d => d.Row!.Id == id).Distinct().ToList())
        {
            if (row is not null && row.LinkId == _link.Id && row.Prefix == directory.Prefix)
                directory.Row = row;
            else
                directory.IsRefused = true;
        }
    }

    private readonly record struct NewName(TreeDirectory Directory, FileName Name, string Key, ObjectEntry? Entry, TreeDirectory? Self, long FirstId);
}
