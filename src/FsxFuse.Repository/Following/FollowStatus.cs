namespace FsxFuse.Repository.Following;

/// <summary>How far behind its repository a link may be.</summary>
/// <param name="Queued">Keys that are known to have changed and wait to be looked at.</param>
/// <param name="OldestAge">For how long the oldest of them has waited (FSx: AgeOfOldestQueuedMessage).</param>
/// <param name="IsReconciling">Whether a reconciliation is under way.</param>
/// <param name="ReconciledNs">When the last complete reconciliation began, ns since 1970; 0 for none since the mount. What changed before shows.</param>
/// <param name="NextNs">When the next is due, ns since 1970; 0 when none is.</param>
/// <param name="LastError">Why the last reconciliation broke off; null when it did not.</param>
public sealed record FollowStatus(int Queued, TimeSpan OldestAge, bool IsReconciling, long ReconciledNs, long NextNs, string? LastError);
