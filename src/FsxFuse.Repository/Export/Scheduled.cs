namespace FsxFuse.Repository.Export;

/// <summary>A queue entry that is being worked on or waits for another one. Guarded by the schedule's lock.</summary>
internal sealed class Scheduled(EntryId id, bool forced)
{
    public EntryId Id { get; } = id;

    /// <summary>A task, a command or a waiting entry wants it done whatever the link's policy.</summary>
    public bool Forced { get; set; } = forced;

    /// <summary>The entry it waits for; null while it is being worked on.</summary>
    public EntryId? BlockedOn { get; set; }

    /// <summary>The entry it waits for in a circle.</summary>
    public EntryId? Break { get; set; }

    /// <summary>How often it had to wait.</summary>
    public int Rounds { get; set; }

    public TaskCompletionSource<Outcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
