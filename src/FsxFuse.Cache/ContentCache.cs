using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Cache;

/// <summary>The contents of one file system on one tier.</summary>
public sealed class ContentCache : IAsyncDisposable
{
    /// <summary>Makes the cache; <see cref="RecoverAsync"/> comes next.</summary>
    public ContentCache(IMetadataStore store, IContentSource source, TierOptions tier, MemoryBudget memory, TimeProvider time, ILogger logger)
    {
        _ = (store, source, memory, time, logger);
        BootId = tier.BootId ?? "";
    }

    /// <summary>The boot id that new rows carry in <see cref="ContentRow.UnsyncedBoot"/>.</summary>
    public string BootId { get; }

    /// <summary>What the cache did so far.</summary>
    public CacheCounters Counters { get; } = new();

    /// <summary>Crash recovery, before the first request.</summary>
    public Task RecoverAsync(CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Opens a content.</summary>
    public ValueTask<Content> OpenAsync(long contentId, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Opens the content of a row the caller just committed, without reading the store.</summary>
    public Content Attach(ContentRow row) => throw new NotSupportedException();

    /// <summary>Removes the file of a content whose row a commit deleted.</summary>
    public void Discard(long contentId) => throw new NotSupportedException();

    /// <summary>Space of the tier.</summary>
    public CacheUsage GetUsage() => throw new NotSupportedException();

    /// <summary>True while somebody has it open.</summary>
    public bool IsOpen(long contentId) => throw new NotSupportedException();

    /// <summary>Stops.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
