using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>What symbolic links point to: the body of their objects (FSx, s3fs), or metadata (geesefs).</summary>
internal static class SymlinkTargets
{
    /// <summary>
    /// The target when the object is a symbolic link, else null. Not a link: too large for a target, or empty, or with a NUL: such an object
    /// is shown as the file it is. A link whose body cannot be had now (an archive class) has an empty target.
    /// </summary>
    public static async Task<byte[]?> ReadAsync(ImportContext context, Link link, ObjectInfo info, PosixMetadata metadata, CancellationToken cancel)
    {
        if (!metadata.IsSymlink)
            return null;
        byte[] target;
        if (metadata.InlineTarget is { } inline)
        {
            target = inline;
        }
        else
        {
            if (info.Size is 0 or > ImportedRows.MaxTarget)
                return null;
            target = new byte[info.Size];
            await context.Requests.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await link.Store.ReadRangeAsync(info.Key, 0, target, info.ETag, null, cancel).ConfigureAwait(false);
            }
            catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.ArchivedTier)
            {
                await context.Store.CommitAsync(
                    context.NewBatch().Add(new RowWrite.AddEvent(new EventRow
                    {
                        TimeNs = context.NowNs,
                        Code = "S3ImportSymlinkInUnsupportedTierWarning",
                        LinkId = link.Id,
                        Subject = info.Key,
                        Message = $"The target of the symbolic link '{info.Key}' is in {info.StorageClass}; restore the object and import it again.",
                    })),
                    cancel).ConfigureAwait(false);
                return [];
            }
            finally
            {
                context.Requests.Release();
            }
        }
        return target.Length is 0 or > ImportedRows.MaxTarget || target.AsSpan().Contains((byte)0) ? null : target;
    }
}
