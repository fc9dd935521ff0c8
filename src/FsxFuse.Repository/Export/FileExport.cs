using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>Brings the object of one name of a regular file up to date: nothing, new metadata, a copy on the server, or an upload.</summary>
internal sealed class FileExport(
    ExportContext context, ObjectWriter writer, SourceProtection protection, ContentUpload upload, ObjectCommit commit, ConflictResolution conflicts)
{
    /// <summary>Does one name. The caller holds the locks of its key and of the content's source key.</summary>
    public async ValueTask<Outcome> RunAsync(ExportJob job, InodeRow inode, ContentRow? content, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        if (content is not null && content.Flags.HasFlag(ContentFlags.Writing))
            return Outcome.Writing;
        if (await protection.FreeAsync(place.Link, place.Key, inode.Id, job.Break, cancel).ConfigureAwait(false) is { } blocker)
            return Outcome.BlockedOn(blocker);
        if (content is null || content.Flags.HasFlag(ContentFlags.Dirty) || content.SourceLink == 0)
            return await upload.RunAsync(job, inode, content, place, done, cancel).ConfigureAwait(false);
        if (content.SourceLink == place.Link.Id)
        {
            return content.SourceKey == place.Key
                ? await InPlaceAsync(inode, content, place, done, cancel).ConfigureAwait(false)
                : await CopyAsync(inode, content, place, done, cancel).ConfigureAwait(false);
        }
        // From one bucket to another the bytes must pass through here.
        await protection.DetachAsync(content.Id, cancel).ConfigureAwait(false);
        return Outcome.Again;
    }

    private async ValueTask<Outcome> InPlaceAsync(InodeRow inode, ContentRow content, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        KeyState state = await writer.LookAsync(place.Link, place.Key, cancel).ConfigureAwait(false);
        if (state.Current is not { } current)
            return await WithoutSourceAsync(content, cancel).ConfigureAwait(false);
        bool ours = current.ETag == content.SourceETag
            || UploadStamp.TryRead(current, out UploadStamp stamp) && stamp.IsOf(context.FileSystemId, inode.Id, UploadStamp.VersionOf(content)) && context.Attempts.IsOurs(place.Link.Id, current);
        if (!ours)
            return await conflicts.TakeRemoteAsync(inode, place, current, cancel).ConfigureAwait(false);
        ObjectRow made;
        if (UploadMetadata.Agrees(place.Link, inode, current))
        {
            made = writer.ToRow(state, new PutResult(current.ETag, current.VersionId), current.Size);
        }
        else
        {
            UploadStamp next = context.NewStamp(inode.Id, UploadStamp.VersionOf(content));
            PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, current, next, cancel).ConfigureAwait(false);
            made = writer.ToRow(state, await writer.CopyAsync(state, current, null, options, next, cancel).ConfigureAwait(false), current.Size);
        }
        await commit.StoreAsync(inode.Id, made, content, done, cancel).ConfigureAwait(false);
        await commit.RecheckAsync(state, inode.Id, cancel).ConfigureAwait(false);
        return Outcome.Done;
    }

    private async ValueTask<Outcome> CopyAsync(InodeRow inode, ContentRow content, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        KeyState state = await writer.LookAsync(place.Link, place.Key, WriteVerb.Copy, cancel).ConfigureAwait(false);
        if (await conflicts.SettleAsync(inode, place, state, cancel).ConfigureAwait(false) is { } settled)
            return settled;
        // The source stays the content's as long as it is one of the file's own names.
        bool keepsSource = await context.Paths.ResolveKeyAsync(place.Link, content.SourceKey!, cancel).ConfigureAwait(false) is { } at && at.Inode.Id == inode.Id;
        ContentRow? repoint = keepsSource ? null : content;
        ObjectRow made;
        if (state.Current is { } current && UploadStamp.TryRead(current, out UploadStamp found)
            && found.IsOf(context.FileSystemId, inode.Id, UploadStamp.VersionOf(content)) && UploadMetadata.Agrees(place.Link, inode, current))
        {
            made = writer.ToRow(state, new PutResult(current.ETag, current.VersionId), current.Size);
        }
        else
        {
            if (await FindSourceAsync(content, place, cancel).ConfigureAwait(false) is not { } source)
                return await WithoutSourceAsync(content, cancel).ConfigureAwait(false);
            UploadStamp stamp = context.NewStamp(inode.Id, UploadStamp.VersionOf(content));
            PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, source.Info, stamp, cancel).ConfigureAwait(false);
            PutResult result = await writer.CopyAsync(state, source.Info, source.VersionId, options, stamp, cancel).ConfigureAwait(false);
            context.Counters.Copied();
            made = writer.ToRow(state, result, source.Info.Size);
        }
        await commit.StoreAsync(inode.Id, made, repoint, done, cancel).ConfigureAwait(false);
        await commit.RecheckAsync(state, inode.Id, cancel).ConfigureAwait(false);
        return Outcome.Done;
    }

    private static async ValueTask<(ObjectInfo Info, string? VersionId)?> FindSourceAsync(ContentRow content, ExportPlace place, CancellationToken cancel)
    {
        ObjectInfo? info = await place.Link.Store.HeadAsync(content.SourceKey!, null, cancel).ConfigureAwait(false);
        if (info is not null && info.ETag == content.SourceETag)
            return (info, null);
        if (content.SourceVersionId is { } version
            && await place.Link.Store.HeadAsync(content.SourceKey!, version, cancel).ConfigureAwait(false) is { } old && old.ETag == content.SourceETag)
            return (old, version);
        return null;
    }

    // The object with the bytes is gone or changed: what is wholly in the cache is uploaded again, anything else is lost (and said to be).
    private async ValueTask<Outcome> WithoutSourceAsync(ContentRow content, CancellationToken cancel) =>
        await protection.AdoptAsync(content, cancel).ConfigureAwait(false) || await protection.DetachAsync(content.Id, cancel).ConfigureAwait(false) ? Outcome.Again : Outcome.Done;
}
