using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>Directories (an empty object whose key ends in '/') and symbolic links (an object whose body is the target).</summary>
internal sealed class MarkerExport(ExportContext context, ObjectWriter writer, SourceProtection protection, ObjectCommit commit, ConflictResolution conflicts)
{
    /// <summary>Brings a directory's marker up to date.</summary>
    public async ValueTask<Outcome> DirectoryAsync(ExportJob job, InodeRow inode, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        if (inode.Flags.HasFlag(InodeFlags.AttributesPending))
        {
            await context.Names.ImportAttributesAsync(inode.Id, place.Name.Parent, place.Name.Cookie, cancel).ConfigureAwait(false);
            inode = await context.Store.GetInodeAsync(inode.Id, cancel).ConfigureAwait(false) ?? inode;
        }
        KeyState state = await writer.LookAsync(place.Link, place.Key, WriteVerb.Put, cancel).ConfigureAwait(false);
        UploadStamp stamp = context.NewStamp(inode.Id, UploadStamp.NoContent);
        ObjectRow made;
        if (state.Current is null)
        {
            PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, null, stamp, cancel).ConfigureAwait(false);
            made = writer.ToRow(state, await writer.PutAsync(state, BodySource.Empty, options, stamp, cancel).ConfigureAwait(false), 0);
        }
        else if (UploadMetadata.Agrees(place.Link, inode, state.Current))
        {
            made = writer.ToRow(state, new PutResult(state.Current.ETag, state.Current.VersionId), state.Current.Size);
        }
        else
        {
            // Some tools keep bytes in the marker: only its metadata is ours.
            PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, state.Current, stamp, cancel).ConfigureAwait(false);
            PutResult result = await writer.CopyAsync(state, state.Current, null, options, stamp, cancel).ConfigureAwait(false);
            made = writer.ToRow(state, result, state.Current.Size);
        }
        await commit.StoreAsync(inode.Id, made, null, done, cancel).ConfigureAwait(false);
        await commit.RecheckAsync(state, inode.Id, cancel).ConfigureAwait(false);
        return Outcome.Done;
    }

    /// <summary>Brings a symbolic link's object up to date.</summary>
    public async ValueTask<Outcome> SymlinkAsync(ExportJob job, InodeRow inode, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        if (inode.Target is null)
        {
            await context.Names.ImportAttributesAsync(inode.Id, place.Name.Parent, place.Name.Cookie, cancel).ConfigureAwait(false);
            return Outcome.Again;
        }
        if (await protection.FreeAsync(place.Link, place.Key, inode.Id, job.Break, cancel).ConfigureAwait(false) is { } blocker)
            return Outcome.BlockedOn(blocker);
        KeyState state = await writer.LookAsync(place.Link, place.Key, WriteVerb.Put, cancel).ConfigureAwait(false);
        if (await conflicts.SettleAsync(inode, place, state, cancel).ConfigureAwait(false) is { } settled)
            return settled;
        UploadStamp stamp = context.NewStamp(inode.Id, UploadStamp.NoContent);
        ObjectRow made;
        // A link's target never changes, so that an object stamped with the inode is the link.
        if (state.Current is not null && UploadStamp.TryRead(state.Current, out UploadStamp found) && found.IsOf(context.FileSystemId, inode.Id, UploadStamp.NoContent)
            && UploadMetadata.Agrees(place.Link, inode, state.Current))
        {
            made = writer.ToRow(state, new PutResult(state.Current.ETag, state.Current.VersionId), state.Current.Size);
        }
        else
        {
            PutOptions options = await UploadMetadata.ComposeAsync(place.Link, inode, state.Current, stamp, cancel).ConfigureAwait(false);
            PutResult result = await writer.PutAsync(state, BodySource.FromMemory(inode.Target), options, stamp, cancel).ConfigureAwait(false);
            context.Counters.Uploaded();
            made = writer.ToRow(state, result, inode.Target.Length);
        }
        await commit.StoreAsync(inode.Id, made, null, done, cancel).ConfigureAwait(false);
        await commit.RecheckAsync(state, inode.Id, cancel).ConfigureAwait(false);
        return Outcome.Done;
    }
}
