namespace FsxFuse.Repository.Hsm;

/// <summary>What becomes of a request after a try.</summary>
internal enum HsmOutcomeKind
{
    /// <summary>It is done, or there is nothing left to do.</summary>
    Done,

    /// <summary>It stays, for another try.</summary>
    Later,

    /// <summary>It goes, and the reason is told.</summary>
    Failed,
}
