using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Import;

/// <summary>What an import looks at again.</summary>
public sealed record RefreshRequest
{
    /// <summary>The link.</summary>
    public required Link Link { get; init; }

    /// <summary>Everything whose full key starts with this; it need not end at a slash. The link's own prefix for all of it.</summary>
    public required string KeyPrefix { get; init; }

    /// <summary>Reads every object's own attributes too (a HEAD each), instead of when somebody asks for them.</summary>
    public bool ReadAttributes { get; init; }

    /// <summary>Which changes are followed.</summary>
    public RepositoryEvents Events { get; init; } = RepositoryEvents.All;

    /// <summary>
    /// Looks only at what is known here: the directories that were listed, and names that were looked up elsewhere. What was never looked
    /// at stays unknown, and the parts of the repository that hold nothing else are passed over without a request.
    /// </summary>
    public bool KnownOnly { get; init; }

    /// <summary>Waited for before each page of the listing; null: as fast as the repository answers.</summary>
    public Func<CancellationToken, Task>? Pace { get; init; }

    /// <summary>Told the counts after each page; null: nobody.</summary>
    public IProgress<RefreshCounts>? Progress { get; init; }

    /// <summary>Told each name that could not be dealt with; may be called from several threads.</summary>
    public Action<RefreshFailure>? OnFailure { get; init; }
}
