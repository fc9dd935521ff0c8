namespace FsxFuse.Fuse;

/// <summary>What became of the kernel's word that a caller was signalled.</summary>
internal enum InterruptOutcome
{
    /// <summary>No such request is pending: it is still on its way through another reader, or has just been answered.</summary>
    Unknown,

    /// <summary>The signal is none that should interrupt this request.</summary>
    Declined,

    /// <summary>The request is interrupted.</summary>
    Delivered,
}
