using FsxFuse.Repository.Objects.Local;
using FsxFuse.Repository.Objects.S3;

namespace FsxFuse.Repository.Objects;

/// <summary>Opens repositories by URL: <c>s3://bucket/prefix</c> or <c>file:///dir</c>.</summary>
/// <remarks>The prefix stays with the caller: a link shows whole keys to its users (in reports, tasks and the FSx API), so keys are whole everywhere.</remarks>
public static class ObjectStoreFactory
{
    /// <summary>Opens a repository; sends and touches nothing yet (see <see cref="IObjectStore.CheckAccessAsync"/>).</summary>
    /// <param name="url">The URL. Percent signs are taken literally: it is a key, not a web address.</param>
    /// <param name="options">For s3://, how to reach the server; its bucket is replaced by the URL's. Null for the defaults.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ObjectStoreException">BadConfiguration when the URL or the options make no sense.</exception>
    public static OpenedStore Open(string url, S3Options? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.StartsWith("s3://", StringComparison.OrdinalIgnoreCase))
        {
            string rest = url[5..];
            int slash = rest.IndexOf('/', StringComparison.Ordinal);
            string bucket = slash < 0 ? rest : rest[..slash];
            string prefix = slash < 0 ? "" : rest[(slash + 1)..];
            if (bucket.Length is < 3 or > 63)
                throw Bad(url, "a bucket's name has 3 to 63 characters");
            if (prefix.Length > 0 && !prefix.EndsWith('/'))
                prefix += "/";
            return new OpenedStore(new S3ObjectStore((options ?? new S3Options { Bucket = bucket }) with { Bucket = bucket }, time), prefix);
        }
        if (url.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
        {
            string path = url[7..];
            return path.StartsWith('/') ? new OpenedStore(new LocalObjectStore(path, time), "") : throw Bad(url, "a directory is written file:///path");
        }
        throw Bad(url, "a repository is written s3://bucket/prefix or file:///path");
    }

    private static ObjectStoreException Bad(string url, string rule) => new(ObjectStoreErrorKind.BadConfiguration, $"'{url}': {rule}.");
}
