using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.S3;

namespace FsxFuse.Repository.Links;

/// <summary>Opens the buckets of links as their options say.</summary>
public static class LinkStores
{
    /// <summary>An <see cref="OpenObjectStore"/> for both kinds of repository; makes no request.</summary>
    /// <exception cref="ObjectStoreException">BadConfiguration: the options make no sense.</exception>
    public static IObjectStore Open(RepositoryUrl url, LinkOptions options) => Open(url, options, TimeProvider.System);

    /// <summary>The same with a clock of the caller's.</summary>
    /// <exception cref="ObjectStoreException">BadConfiguration: the options make no sense.</exception>
    public static IObjectStore Open(RepositoryUrl url, LinkOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(url);
        return ObjectStoreFactory.Open(url.ToString(), url.IsS3 ? ToS3(url, options) : null, time).Store;
    }

    private static S3Options ToS3(RepositoryUrl url, LinkOptions options) => new()
    {
        Bucket = url.Container,
        Endpoint = options.Endpoint,
        Region = options.Region,
        Profile = options.Profile,
        CredentialsFile = options.CredentialsFile,
        Anonymous = options.Anonymous,
        PathStyle = options.PathStyle,
        CustomCaFile = options.CaFile,
        Checksums = options.Checksums switch
        {
            "auto" => S3ChecksumMode.Auto,
            "required" => S3ChecksumMode.Required,
            "supported" => S3ChecksumMode.Supported,
            string other => throw new ObjectStoreException(ObjectStoreErrorKind.BadConfiguration, $"checksums={other}: auto, required or supported is expected."),
        },
    };
}
