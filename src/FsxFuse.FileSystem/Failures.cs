using FsxFuse.Cache;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>The one place where failures of the parts below become errnos.</summary>
internal static class Failures
{
    public static Errno ToErrno(Exception failure) => failure switch
    {
        OperationCanceledException => Errno.EINTR,
        NamespaceSourceException source => (Errno)source.Errno,
        CacheException cache => (Errno)cache.Errno,
        ContentSourceException content => (Errno)content.Errno,
        MetadataStoreException { Failure: MetadataFailure.Full } => Errno.ENOSPC,
        _ => Errno.EIO,
    };
}
