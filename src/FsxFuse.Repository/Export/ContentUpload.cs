using System.Buffers;
using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>Uploads what a file holds now: one look, one body, and a second look before the object counts as the file's.</summary>
internal sealed class ContentUpload(ExportContext context, ObjectWriter writer, PartsUpload parts, ObjectCommit commit, ConflictResolution conflicts)
{
    /// <summary>Uploads under one name. The caller holds the key's lock and has made the key free.</summary>
    public async ValueTask<Outcome> RunAsync(ExportJob job, InodeRow inode, ContentRow? row, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        CheckSize(inode.Size, place);
        if (row is null || inode.Size == 0 && !row.Flags.HasFlag(ContentFlags.Cached))
            return await UploadEmptyAsync(inode, row, place, done, cancel).ConfigureAwait(false);

        using Content content = await context.Contents.OpenAsync(row.Id, cancel).ConfigureAwait(false);
        await content.EnsureResidentAsync(0, content.Length, null, cancel).ConfigureAwait(false);
        // What the cache loses in a power loss would be exported again, over the good object.
        if (content.Row.UnsyncedBoot is not null)
            await content.SyncAsync(dataOnly: true, cancel).ConfigureAwait(false);
        using ContentSnapshot snapshot = content.OpenSnapshot();
        CheckSize(snapshot.Length, place);
        bool small = snapshot.Length <= Math.Min(context.Options.SmallFileLimit, context.Memory.Limit / 2);
        KeyState state = await writer.LookAsync(place.Link, place.Key, small ? WriteVerb.Put : WriteVerb.Complete, cancel).ConfigureAwait(false);
        if (await conflicts.SettleAsync(inode, place, state, cancel).ConfigureAwait(false) is { } settled)
            return settled;
        UploadStamp stamp = context.NewStamp(inode.Id, UploadStamp.VersionOf(row.Id, snapshot.DirtyVersion));
        PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, state.Current, stamp, cancel).ConfigureAwait(false);
        PutResult? result;
        if (small)
        {
            result = await PutAsync(state, snapshot, options, stamp, cancel).ConfigureAwait(false);
        }
        else
        {
            await job.EnterLarge(cancel).ConfigureAwait(false);
            result = await parts.RunAsync(state, snapshot, options, stamp, cancel).ConfigureAwait(false);
        }
        if (result is not { } made)
            return Outcome.Writing;
        context.Counters.Uploaded();
        bool clean = await MarkCleanAsync(content, row, snapshot, inode.Id, writer.ToRow(state, made, snapshot.Length), done, cancel).ConfigureAwait(false);
        await commit.RecheckAsync(state, inode.Id, cancel).ConfigureAwait(false);
        return clean ? Outcome.Done : Outcome.Writing;
    }

    private async ValueTask<Outcome> UploadEmptyAsync(InodeRow inode, ContentRow? row, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        KeyState state = await writer.LookAsync(place.Link, place.Key, WriteVerb.Put, cancel).ConfigureAwait(false);
        if (await conflicts.SettleAsync(inode, place, state, cancel).ConfigureAwait(false) is { } settled)
            return settled;
        string version = UploadStamp.VersionOf(row);
        ObjectRow made;
        if (state.Current is { Size: 0 } current && UploadStamp.TryRead(current, out UploadStamp found) && found.IsOf(context.FileSystemId, inode.Id, version)
            && UploadMetadata.Agrees(place.Link, inode, current))
        {
            made = writer.ToRow(state, new PutResult(current.ETag, current.VersionId), 0);
        }
        else
        {
            UploadStamp stamp = context.NewStamp(inode.Id, version);
            PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, state.Current, stamp, cancel).ConfigureAwait(false);
            made = writer.ToRow(state, await writer.PutAsync(state, BodySource.Empty, options, stamp, cancel).ConfigureAwait(false), 0);
            context.Counters.Uploaded();
        }
        await commit.StoreAsync(inode.Id, made, row, done, cancel).ConfigureAwait(false);
        await commit.RecheckAsync(state, inode.Id, cancel).ConfigureAwait(false);
        return Outcome.Done;
    }

    private async ValueTask<PutResult?> PutAsync(KeyState state, ContentSnapshot snapshot, PutOptions options, UploadStamp stamp, CancellationToken cancel)
    {
        int length = (int)snapshot.Length;
        using BudgetLease lease = await context.Memory.ReserveAsync(length, cancel).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (int filled = 0; filled < length;)
            {
                int read = await RandomAccess.ReadAsync(snapshot.Handle, buffer.AsMemory(filled, length - filled), filled, cancel).ConfigureAwait(false);
                if (read == 0)
                    return null;
                filled += read;
            }
            if (!snapshot.IsUnchanged())
                return null;
            PutResult result = await writer.PutAsync(state, BodySource.FromMemory(buffer.AsMemory(0, length)), options, stamp, cancel).ConfigureAwait(false);
            context.Counters.Sent(stamp.Inode, length);
            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<bool> MarkCleanAsync(Content content, ContentRow before, ContentSnapshot snapshot, long inode, ObjectRow made, ExportRow? done, CancellationToken cancel)
    {
        while (true)
        {
            Batch archived = context.NewBatch();
            await commit.ArchivedAsync(archived, inode, cancel).ConfigureAwait(false);
            try
            {
                bool clean = await content.MarkCleanAsync(snapshot, new SourceVersion(made.LinkId, made.Key, made.ETag, made.VersionId), batch =>
                {
                    foreach (Guard guard in archived.Guards)
                        batch.Require(guard);
                    foreach (RowWrite write in archived.Writes)
                        batch.Add(write);
                    batch.Add(new RowWrite.PutObject(made));
                    if (done is not null)
                        batch.Add(new RowWrite.DeleteExport(done.Id, done.Version));
                    commit.QueueLeft(batch, before, made, done);
                    context.Attempts.AddSettle(batch, made.LinkId, made.Key);
                }, cancel).ConfigureAwait(false);
                if (clean)
                    context.Attempts.Settle(made.LinkId, made.Key);
                else
                    await commit.StoreAsync(inode, made, null, null, cancel).ConfigureAwait(false);
                return clean;
            }
            catch (GuardFailedException)
            {
                // The inode's row was changed by somebody else; the content was not.
            }
        }
    }

    private static void CheckSize(long size, ExportPlace place)
    {
        if (size > place.Link.Store.Limits.MaxObjectSize)
        {
            throw new ExportException(FsxErrorCode.FileSizeTooLarge,
                $"{place.Path} has {size} bytes; an object can have at most {place.Link.Store.Limits.MaxObjectSize}. It stays in the file system only.", permanent: true);
        }
    }
}
