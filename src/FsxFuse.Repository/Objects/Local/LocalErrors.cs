namespace FsxFuse.Repository.Objects.Local;

/// <summary>Turns errno into what callers decide by.</summary>
internal static class LocalErrors
{
    public static ObjectStoreException Translate(Exception e, string location, string? key)
    {
        string subject = key is null ? location : $"{location}/{key}";
        // .NET's own file exceptions carry the errno as HResult.
        int errno = e is NativeFileException native ? native.Errno : e is UnauthorizedAccessException ? NativeFile.EACCES : e.HResult;
        return errno switch
        {
            _ when e is BodyUnreadableException => new(ObjectStoreErrorKind.BodyUnreadable, $"{subject}: {e.Message}", e),
            NativeFile.ENOENT => new(ObjectStoreErrorKind.NotFound, $"{subject}: {e.Message}", e),
            NativeFile.EACCES or NativeFile.EPERM => new(ObjectStoreErrorKind.AccessDenied, $"{subject}: the directory's permissions do not allow it.", e),
            NativeFile.EROFS => new(ObjectStoreErrorKind.AccessDenied, $"{subject}: the directory is on a read-only file system.", e),
            NativeFile.ENOSPC => new(ObjectStoreErrorKind.NoSpace, $"{subject}: no space left on the directory's file system.", e),
            NativeFile.EDQUOT => new(ObjectStoreErrorKind.NoSpace, $"{subject}: the quota on the directory's file system is used up.", e),
            NativeFile.EFBIG => new(ObjectStoreErrorKind.TooLarge, $"{subject}: larger than the directory's file system takes.", e),
            NativeFile.ENAMETOOLONG => new(ObjectStoreErrorKind.BadKey, $"{subject}: a name is too long for the directory's file system.", e),
            NativeFile.ENOTDIR or NativeFile.EISDIR or NativeFile.ENOTEMPTY or NativeFile.EEXIST or NativeFile.ELOOP => new(
                ObjectStoreErrorKind.BadKey, $"{subject}: a directory as repository cannot hold both an object and others beneath its name.", e),
            NativeFile.EXDEV => new(ObjectStoreErrorKind.NotSupported, $"{subject}: another file system is mounted inside the directory; objects in it cannot be written.", e),
            NativeFile.EINVAL or NativeFile.EILSEQ => new(ObjectStoreErrorKind.BadKey, $"{subject}: the directory's file system does not take this name.", e),
            _ => new(ObjectStoreErrorKind.Unavailable, $"{subject}: {e.Message}", e),
        };
    }
}
