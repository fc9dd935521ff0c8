using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>
/// Writes and deletes objects so that no change of others is lost: under conditions where the server honours them, after a HEAD where it
/// does not, and with a look at what is there whenever an answer was lost. The caller holds the key's lock.
/// Every commit so far is made stable first: the repository keeps what it gets, so that a power loss must not take back the change that is being
/// exported, nor that the attempt was ours.
/// </summary>
internal sealed class ObjectWriter(ExportContext context)
{
    /// <summary>Looks at a key before it is written. Saves the HEAD when nothing was ever there and the server checks that itself.</summary>
    public async ValueTask<KeyState> LookAsync(Link link, string key, WriteVerb verb, CancellationToken cancel)
    {
        ObjectRow? remembered = await context.Store.GetObjectAsync(link.Id, key, cancel).ConfigureAwait(false);
        if (remembered is null && !context.Attempts.IsDoubtful(link.Id, key))
        {
            StoreCapabilities honoured = await context.Capabilities.OfAsync(link, cancel).ConfigureAwait(false);
            if (verb switch { WriteVerb.Put => honoured.PutIfAbsent, WriteVerb.Copy => honoured.CopyIfAbsent, _ => honoured.CompleteIfAbsent })
                return new KeyState(link, key, null, null, KeyChange.None);
        }
        return await LookAsync(link, key, remembered, cancel).ConfigureAwait(false);
    }

    /// <summary>Looks at a key with a HEAD.</summary>
    public async ValueTask<KeyState> LookAsync(Link link, string key, CancellationToken cancel) =>
        await LookAsync(link, key, await context.Store.GetObjectAsync(link.Id, key, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    private async ValueTask<KeyState> LookAsync(Link link, string key, ObjectRow? remembered, CancellationToken cancel)
    {
        ObjectInfo? current = await link.Store.HeadAsync(key, null, cancel).ConfigureAwait(false);
        return new KeyState(link, key, remembered, current, Compare(link.Id, remembered, current));
    }

    /// <summary>Puts a body that is at hand.</summary>
    public Task<PutResult> PutAsync(KeyState state, BodySource body, PutOptions options, UploadStamp stamp, CancellationToken cancel) =>
        WriteAsync(state, WriteVerb.Put, stamp, condition => state.Link.Store.PutAsync(state.Key, body, options with { Condition = condition }, cancel), cancel);

    /// <summary>Copies on the server.</summary>
    public Task<PutResult> CopyAsync(KeyState state, ObjectInfo source, string? versionId, PutOptions options, UploadStamp stamp, CancellationToken cancel) =>
        WriteAsync(state, WriteVerb.Copy, stamp, condition => state.Link.Store.CopyAsync(new CopyRequest
        {
            Source = new CopySource(source.Key, source.ETag, versionId),
            SourceSize = source.Size,
            DestinationKey = state.Key,
            Replacement = options,
            Condition = condition,
        }, cancel), cancel);

    /// <summary>Does one write of any kind; an answer that was lost, or a refusal because we were there already, ends well when the object carries the stamp.</summary>
    /// <exception cref="KeyMovedException">Somebody else was faster: look again.</exception>
    public async Task<PutResult> WriteAsync(
        KeyState state, WriteVerb verb, UploadStamp stamp, Func<WriteCondition, Task<PutResult>> write, CancellationToken cancel)
    {
        StoreCapabilities honoured = await context.Capabilities.OfAsync(state.Link, cancel).ConfigureAwait(false);
        bool absent = state.Current is null;
        bool honours = verb switch
        {
            WriteVerb.Put => absent ? honoured.PutIfAbsent : honoured.PutIfMatch,
            WriteVerb.Copy => absent ? honoured.CopyIfAbsent : honoured.CopyIfMatch,
            _ => absent ? honoured.CompleteIfAbsent : honoured.CompleteIfMatch,
        };
        if (verb != WriteVerb.Complete)
            await context.Attempts.BeginAsync(state.Link, state.Key, stamp, cancel: cancel).ConfigureAwait(false);
        await context.Store.SyncAsync(cancel).ConfigureAwait(false);
        try
        {
            return await write(honours ? state.Condition : WriteCondition.None).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.IsTransient || e.Kind is ObjectStoreErrorKind.PreconditionFailed
            or ObjectStoreErrorKind.NoSuchUpload or ObjectStoreErrorKind.Unknown or ObjectStoreErrorKind.NotFound)
        {
            ObjectInfo? now = await state.Link.Store.HeadAsync(state.Key, null, cancel).ConfigureAwait(false);
            if (now is not null && UploadStamp.TryRead(now, out UploadStamp found) && found == stamp)
                return new PutResult(now.ETag, now.VersionId);
            if (e.Kind is ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.Conflict or ObjectStoreErrorKind.NotFound)
                throw new KeyMovedException(state.Key, e);
            throw;
        }
    }

    /// <summary>Deletes an object unless others changed it, or, if forced, all the same.</summary>
    /// <returns>What others had made of it, and whether it was spared; null when they had not.</returns>
    public async Task<(ObjectInfo Changed, bool Spared)?> DeleteAsync(Link link, string key, bool force, CancellationToken cancel)
    {
        ObjectRow? remembered = await context.Store.GetObjectAsync(link.Id, key, cancel).ConfigureAwait(false);
        StoreCapabilities honoured = await context.Capabilities.OfAsync(link, cancel).ConfigureAwait(false);
        await context.Store.SyncAsync(cancel).ConfigureAwait(false);
        if (remembered is not null && honoured.DeleteIfMatch && !force)
        {
            try
            {
                await link.Store.DeleteAsync(key, remembered.ETag, cancel).ConfigureAwait(false);
                context.Counters.Deleted();
                return null;
            }
            catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.NotFound)
            {
                return null;
            }
            catch (ObjectStoreException e) when (e.Kind is ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.Conflict)
            {
                // Somebody changed it, or an answer of ours was lost: the HEAD below tells.
            }
        }
        ObjectInfo? current = await link.Store.HeadAsync(key, null, cancel).ConfigureAwait(false);
        if (current is null)
            return null;
        bool changed = Compare(link.Id, remembered, current) != KeyChange.None;
        if (changed && !force)
            return (current, true);
        try
        {
            await link.Store.DeleteAsync(key, honoured.DeleteIfMatch ? current.ETag : null, cancel).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.NotFound)
        {
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.PreconditionFailed)
        {
            throw new KeyMovedException(key, e);
        }
        context.Counters.Deleted();
        return changed ? (current, false) : null;
    }

    /// <summary>The row that remembers what a write made.</summary>
    public ObjectRow ToRow(KeyState state, PutResult result, long size) => new()
    {
        LinkId = state.Link.Id,
        Key = state.Key,
        ETag = result.ETag,
        VersionId = result.VersionId,
        Size = size,
        ModifiedNs = context.NowNs,
    };

    private KeyChange Compare(int link, ObjectRow? remembered, ObjectInfo? current)
    {
        if (current is null)
            return remembered is null ? KeyChange.None : KeyChange.Deleted;
        if (remembered?.ETag == current.ETag || context.Attempts.IsOurs(link, current))
            return KeyChange.None;
        return KeyChange.Written;
    }
}
