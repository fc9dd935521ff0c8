namespace FsxFuse.Repository.Objects;

/// <summary>The names of S3's storage classes that decide something here.</summary>
public static class ObjectStorageClasses
{
    /// <summary>The default class; servers leave it out of their answers.</summary>
    public const string Standard = "STANDARD";

    /// <summary>Glacier Flexible Retrieval: must be restored before it can be read.</summary>
    public const string Glacier = "GLACIER";

    /// <summary>Glacier Deep Archive: must be restored before it can be read.</summary>
    public const string DeepArchive = "DEEP_ARCHIVE";

    /// <summary>Whether objects of this class are unreadable until restored. GLACIER_IR is readable at once; INTELLIGENT_TIERING says
    /// so for each object (<c>x-amz-archive-status</c>).</summary>
    public static bool IsArchive(string storageClass) => storageClass is Glacier or DeepArchive;
}
