namespace FsxFuse.Repository.Export;

/// <summary>What came of working on one queue entry.</summary>
internal readonly record struct Outcome
{
    private Outcome(OutcomeKind kind, EntryId on = default, ExportException? error = null)
    {
        Kind = kind;
        On = on;
        Error = error;
    }

    public OutcomeKind Kind { get; }

    /// <summary>The entry that must be done first (Blocked).</summary>
    public EntryId On { get; }

    /// <summary>Why it could not be done (Failed).</summary>
    public ExportException? Error { get; }

    /// <summary>The bucket is what the namespace was: the entry can go, unless it was queued again.</summary>
    public static Outcome Done => default;

    /// <summary>Something moved meanwhile: look again at once.</summary>
    public static Outcome Again => new(OutcomeKind.Again);

    /// <summary>The link does not export by itself: the entry waits for a task or command.</summary>
    public static Outcome Parked => new(OutcomeKind.Parked);

    /// <summary>The file is open for writing: it is queued again when it rests.</summary>
    public static Outcome Writing => new(OutcomeKind.Writing);

    public static Outcome BlockedOn(EntryId entry) => new(OutcomeKind.Blocked, entry);

    public static Outcome Failed(ExportException error) => new(OutcomeKind.Failed, default, error);
}
