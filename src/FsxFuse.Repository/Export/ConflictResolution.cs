using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>What happens when a file and its object both changed: the link's policy decides, nothing is lost unless it says so, and an event tells.</summary>
internal sealed class ConflictResolution(ExportContext context)
{
    // Names that are taken by earlier conflicts of the same second.
    private const int MaxNumber = 1000;

    /// <summary>
    /// Settles what others did to a key that is about to be written. The caller holds its lock.
    /// </summary>
    /// <returns>Null to go on and write; else what became of the entry.</returns>
    public async ValueTask<Outcome?> SettleAsync(InodeRow inode, ExportPlace place, KeyState state, CancellationToken cancel)
    {
        ConflictPolicy policy = place.Link.Options.Conflict;
        switch (state.Change)
        {
            case KeyChange.Written when policy == ConflictPolicy.FileSystemWins:
                await RecordAsync(place, "replaced the object, which others had changed too", cancel).ConfigureAwait(false);
                return null;
            case KeyChange.Written when policy == ConflictPolicy.RepositoryWins:
                return await TakeRemoteAsync(inode, place, state.Current!, cancel).ConfigureAwait(false);
            case KeyChange.Written:
                return await KeepBothAsync(inode, place, state.Current!, cancel).ConfigureAwait(false);
            case KeyChange.Deleted when policy == ConflictPolicy.RepositoryWins:
                return await RemoveAsync(inode, place, cancel).ConfigureAwait(false);
            default:
                // Deleted by others and changed here: what is here is written again.
                return null;
        }
    }

    /// <summary>Gives the name a new inode with the object as it is now; the local version goes when nobody has it open any more.</summary>
    public async ValueTask<Outcome> TakeRemoteAsync(InodeRow inode, ExportPlace place, ObjectInfo current, CancellationToken cancel)
    {
        Batch batch = context.NewBatch();
        PosixMetadata metadata = PosixMetadata.Read(current.Metadata);
        ContentRow? content = inode.ContentId == 0 ? null : await context.Store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false);
        bool dirty = content?.Flags.HasFlag(ContentFlags.Dirty) == true;
        batch.Require(new Guard.DentryIs(place.Name.Parent, place.Name.Name, inode.Id));
        if (content is not null)
            batch.Require(new Guard.ContentVersion(content.Id, content.Version));
        AddImported(batch, place.Link, place.Name.Parent, place.Name.Name, place.Name.Cookie, current, metadata, inode.NLink <= 1 ? inode.Ino : null);
        DropName(batch, inode);
        context.Attempts.AddSettle(batch, place.Link.Id, place.Key);
        if (dirty)
            AddEvent(batch, place.Link.Id, place.Path, $"{place.Path} was changed here and in the repository; as the link's policy says, the object replaced the local version.");
        CommitResult result = await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
        if (result.Committed)
        {
            context.Attempts.Settle(place.Link.Id, place.Key);
            if (dirty)
                Conflicted(place.Path);
        }
        return Outcome.Again;
    }

    /// <summary>
    /// Adds to the batch that finishes a deletion what remains of a key that others changed: the object is kept, and the name it had comes
    /// back with it if its directory is still there.
    /// </summary>
    public async ValueTask KeepRemoteAsync(Batch batch, Link link, ObjectInfo left, CancellationToken cancel)
    {
        AddEvent(batch, link.Id, left.Key, $"'{left.Key}' was deleted here and changed in the repository; the object stays and its name comes back.");
        Conflicted(left.Key);
        (string prefix, string component, bool marker) = KeyMap.Split(left.Key);
        if (marker || KeyMap.ToName(component, out FileName name) is not null
            || await context.Paths.ResolveKeyAsync(link, prefix, cancel).ConfigureAwait(false) is not { } parent
            || await context.Store.GetDirectoryAsync(parent.Inode.Id, cancel).ConfigureAwait(false) is not { } directory
            || directory.Listing != ListingState.Complete || directory.Prefix != prefix
            || await context.Store.GetDentryAsync(directory.Id, name, cancel).ConfigureAwait(false) is not null)
            return;
        batch.Require(new Guard.DentryAbsent(directory.Id, name));
        batch.Require(new Guard.DirectoryVersion(directory.Id, directory.Version));
        // The entry that is being finished must not find a newer object to forget.
        AddImported(batch, link, directory.Id, name, null, left, PosixMetadata.Read(left.Metadata), null);
    }

    /// <summary>Adds to the batch that finishes a deletion that others had changed the object that went.</summary>
    public void TookRemote(Batch batch, Link link, ObjectInfo taken)
    {
        AddEvent(batch, link.Id, taken.Key, $"'{taken.Key}' was deleted or renamed here and changed in the repository; as the link's policy says, the object was deleted.");
        Conflicted(taken.Key);
    }

    private async ValueTask<Outcome> KeepBothAsync(InodeRow inode, ExportPlace place, ObjectInfo current, CancellationToken cancel)
    {
        long now = context.NowNs;
        for (int number = 1; number < MaxNumber; number++)
        {
            FileName beside = ConflictName.Make(place.Name.Name, context.Options.Host, context.Time.GetUtcNow(), number);
            Batch batch = context.NewBatch();
            batch.Require(new Guard.DentryIs(place.Name.Parent, place.Name.Name, inode.Id));
            batch.Require(new Guard.DentryAbsent(place.Name.Parent, beside));
            batch.Require(new Guard.DirectoryLive(place.Name.Parent));
            batch.Add(new RowWrite.PutDentry(place.Name with { Name = beside, Cookie = context.Store.AllocateIds() }));
            AddImported(batch, place.Link, place.Name.Parent, place.Name.Name, place.Name.Cookie, current, PosixMetadata.Read(current.Metadata), null);
            batch.Add(new RowWrite.MergeInode(place.Name.Parent, now, now, 0));
            batch.Add(new RowWrite.QueueExport(EntryId.Inode(inode.Id).ToRow(now)));
            AddEvent(batch, place.Link.Id, place.Path,
                $"{place.Path} was changed here and in the repository. The object keeps the name; the local version is beside it as {beside}. Compare them and remove one.");
            context.Attempts.AddSettle(batch, place.Link.Id, place.Key);
            CommitResult result = await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
            if (result.Committed)
            {
                context.Attempts.Settle(place.Link.Id, place.Key);
                Conflicted(place.Path);
                return Outcome.Again;
            }
            if (result.FailedGuard is not Guard.DentryAbsent)
                return Outcome.Again;
        }
        throw new ExportException(FsxErrorCode.InternalError, $"{place.Path}: no free name for its conflict copy.", permanent: true);
    }

    private async ValueTask<Outcome> RemoveAsync(InodeRow inode, ExportPlace place, CancellationToken cancel)
    {
        long now = context.NowNs;
        Batch batch = context.NewBatch();
        batch.Require(new Guard.DentryIs(place.Name.Parent, place.Name.Name, inode.Id));
        batch.Add(new RowWrite.DeleteDentry(place.Name.Parent, place.Name.Name));
        batch.Add(new RowWrite.MergeInode(place.Name.Parent, now, now, 0));
        batch.Add(new RowWrite.DeleteObject(place.Link.Id, place.Key));
        DropName(batch, inode);
        AddEvent(batch, place.Link.Id, place.Path, $"{place.Path} was changed here and deleted in the repository; as the link's policy says, it was deleted here too.");
        if ((await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
            Conflicted(place.Path);
        return Outcome.Again;
    }

    private void AddImported(Batch batch, Link link, long parent, FileName name, long? cookie, ObjectInfo info, PosixMetadata metadata, long? ino)
    {
        long id = context.Store.AllocateIds(ImportedRows.IdsPerName);
        ObjectRow source = ImportedRows.ToRow(link, info);
        // A link's target is its body, which whoever looks at the attributes next will read.
        bool pending = metadata.IsSymlink && link.Options.PosixMetadata;
        InodeRow inode = ImportedRows.NewInode(link, id, source, pending ? InodeFlags.AttributesPending : InodeFlags.None);
        if (!pending && link.Options.PosixMetadata)
            inode = ImportedRows.Describe(inode, metadata, null);
        batch.Add(new RowWrite.PutInode(inode with { Ino = ino ?? id, ContentId = id + 1 }));
        batch.Add(new RowWrite.PutDentry(new DentryRow
        {
            Parent = parent,
            Name = name,
            Child = id,
            Type = pending ? (byte)0 : FileType.ToDirentType(FileType.Regular),
            Cookie = cookie ?? id + 2,
        }));
        batch.Add(new RowWrite.PutContent(ImportedRows.NewContent(id + 1, id, source)));
        batch.Add(new RowWrite.PutObject(source));
    }

    private static void DropName(Batch batch, InodeRow inode)
    {
        InodeRow left = batch.Update(inode, inode with { NLink = Math.Max(0, inode.NLink - 1) });
        if (left.NLink == 0)
            batch.Add(new RowWrite.PutOrphan(inode.Id));
    }

    private async ValueTask RecordAsync(ExportPlace place, string what, CancellationToken cancel)
    {
        Batch batch = context.NewBatch();
        AddEvent(batch, place.Link.Id, place.Path, $"{place.Path}: the local version {what}.");
        await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
        Conflicted(place.Path);
    }

    private void Conflicted(string subject)
    {
        context.Counters.Conflicted();
        ExportLog.Conflict(context.Logger, subject);
    }

    private void AddEvent(Batch batch, int link, string subject, string message) => batch.Add(new RowWrite.AddEvent(new EventRow
    {
        TimeNs = context.NowNs,
        Code = ExportEventCode.Conflict,
        LinkId = link,
        Subject = subject,
        Message = message,
    }));
}
