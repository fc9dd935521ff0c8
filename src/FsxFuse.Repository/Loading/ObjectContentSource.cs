using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Loading;

/// <summary>
/// Loads bytes from objects. Every request carries the ETag the content was imported with, so bytes of two versions never mix: an
/// object that was replaced or removed gives ESTALE, and its name is looked at again in the background so that the next open sees what is there now.
/// </summary>
public sealed class ObjectContentSource(IMetadataStore store, LinkSet links, Importer importer, ILogger logger) : IContentSource
{
    // An export may move a content's source more than once while a load waits for its turn; a load that never finds it is stale.
    private const int MaxSources = 4;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(ContentOrigin origin, long offset, Memory<byte> destination, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await ReadFromAsync(origin, offset, destination, cancel).ConfigureAwait(false);
                return;
            }
            catch (ObjectStoreException e)
            {
                if (!IsStale(e.Kind))
                {
                    LogLevel level = RepositoryFailure.GetLogLevel(e.Kind);
                    LoadingLog.LoadFailed(logger, level, origin.Key, offset, destination.Length, e.Message);
                    throw RepositoryFailure.ForContent(e);
                }
                // The same bytes may have another source by now: an export copied them to the key that goes with a new name.
                if (attempt < MaxSources && await CurrentOriginAsync(origin, cancel).ConfigureAwait(false) is { } moved && moved != origin)
                {
                    origin = moved;
                    continue;
                }
                LoadingLog.Stale(logger, origin.Key, origin.ETag, e.Message);
                importer.RefreshLater(origin.Content);
                throw new ContentSourceException(
                    Errno.ESTALE, $"'{origin.Key}' was changed or deleted in the repository since it was imported; open the file again.", e);
            }
        }
    }

    /// <inheritdoc/>
    public bool IsLasting(int linkId) => links.Find(linkId) is { } link && link.Row.Lifecycle != LinkLifecycle.Deleting;

    private async Task ReadFromAsync(ContentOrigin origin, long offset, Memory<byte> destination, CancellationToken cancel)
    {
        Link link = links.Find(origin.LinkId)
            ?? throw new ContentSourceException(Errno.EIO, $"The link that '{origin.Key}' was imported through was removed; its bytes are not in the cache.");
        IObjectStore objects = link.Store;
        try
        {
            await objects.ReadRangeAsync(origin.Key, offset, destination, origin.ETag, null, cancel).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (IsStale(e.Kind) && origin.VersionId is not null)
        {
            // Only now by version: reading versions needs a permission (s3:GetObjectVersion) that reading objects does not.
            try
            {
                await objects.ReadRangeAsync(origin.Key, offset, destination, origin.ETag, origin.VersionId, cancel).ConfigureAwait(false);
            }
            catch (ObjectStoreException byVersion) when (byVersion.Kind is ObjectStoreErrorKind.AccessDenied or ObjectStoreErrorKind.NotSupported or ObjectStoreErrorKind.BadRequest)
            {
                throw e;
            }
        }
    }

    private async ValueTask<ContentOrigin?> CurrentOriginAsync(ContentOrigin origin, CancellationToken cancel)
    {
        ContentRow? row = await store.GetContentAsync(origin.Content, cancel).ConfigureAwait(false);
        return row is { SourceLink: not 0, SourceKey: not null, SourceETag: not null }
            ? origin with { LinkId = row.SourceLink, Key = row.SourceKey, ETag = row.SourceETag, VersionId = row.SourceVersionId }
            : null;
    }

    private static bool IsStale(ObjectStoreErrorKind kind) =>
        kind is ObjectStoreErrorKind.NotFound or ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.RangeNotSatisfiable;
}
