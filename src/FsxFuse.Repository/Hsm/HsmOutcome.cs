namespace FsxFuse.Repository.Hsm;

/// <summary>What one try at a request came to.</summary>
/// <param name="Kind">Done, to be tried again, or failed for good.</param>
/// <param name="Note">What it waits for, or why it failed.</param>
/// <param name="Wait">Time until the next try; null: as after any failure that may pass.</param>
internal readonly record struct HsmOutcome(HsmOutcomeKind Kind, string? Note = null, TimeSpan? Wait = null)
{
    public static HsmOutcome Done => new(HsmOutcomeKind.Done);

    public static HsmOutcome Failed(string why) => new(HsmOutcomeKind.Failed, why);

    /// <summary>Something failed that may pass by itself.</summary>
    public static HsmOutcome Again(string why) => new(HsmOutcomeKind.Later, why);

    /// <summary>Nothing failed: it takes its time.</summary>
    public static HsmOutcome Later(string what, TimeSpan wait) => new(HsmOutcomeKind.Later, what, wait);
}
