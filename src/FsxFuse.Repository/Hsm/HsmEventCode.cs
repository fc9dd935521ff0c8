namespace FsxFuse.Repository.Hsm;

/// <summary>Codes of events about restores; FSx, which cannot restore archived objects, has none.</summary>
public static class HsmEventCode
{
    /// <summary>S3 was asked to restore an object from an archive class.</summary>
    public const string RestoreRequested = "S3RestoreRequested";

    /// <summary>A restore that was asked for came to nothing.</summary>
    public const string RestoreFailed = "S3RestoreFailed";
}
