namespace FsxFuse.Metadata;

/// <summary>
/// Brings names and attributes that are only in a repository into the store. What it brings it commits itself; the caller reads
/// the store again afterwards. A repository that cannot be reached is a <see cref="NamespaceSourceException"/>.
/// </summary>
public interface INamespaceSource
{
    /// <summary>
    /// Looks one name up in an unlisted directory (one HEAD and one LIST with a limit of 1) and imports it if it exists. Concurrent
    /// callers for the same name share the requests. Nothing is done when the name has a dentry or a tombstone.
    /// </summary>
    ValueTask ImportNameAsync(long directory, FileName name, CancellationToken cancel = default);

    /// <summary>Lists the directory (one paged listing) unless its listing is complete. Concurrent callers share it.</summary>
    ValueTask ListAsync(long directory, CancellationToken cancel = default);

    /// <summary>
    /// Reads the attributes of an inode that is <see cref="InodeFlags.AttributesPending"/> (one HEAD at most for each key and ETag).
    /// <paramref name="directory"/> and <paramref name="cookie"/> tell where the caller met it, so that the ones that follow it
    /// in the directory can be read ahead, many at a time.
    /// </summary>
    ValueTask ImportAttributesAsync(long inode, long directory, long cookie, CancellationToken cancel = default);
}
