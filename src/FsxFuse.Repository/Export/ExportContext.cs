using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Export;

/// <summary>What every step of an export needs.</summary>
internal sealed class ExportContext
{
    public required string FileSystemId { get; init; }

    public required IMetadataStore Store { get; init; }

    public required LinkSet Links { get; init; }

    public required ContentCache Contents { get; init; }

    public required INamespaceSource Names { get; init; }

    public required MemoryBudget Memory { get; init; }

    public required TimeProvider Time { get; init; }

    public required ExportOptions Options { get; init; }

    public required ILogger Logger { get; init; }

    public required NamespacePaths Paths { get; init; }

    public required LinkCapabilities Capabilities { get; init; }

    public required AttemptLedger Attempts { get; init; }

    public KeyLocks Locks { get; } = new();

    public required ExportCounters Counters { get; init; }

    /// <summary>The origin of every commit of the exporter.</summary>
    public required object Origin { get; init; }

    public long NowNs => Time.Nanoseconds();

    public Batch NewBatch() => new(Origin);

    public UploadStamp NewStamp(long inode, string version) => UploadStamp.New(FileSystemId, inode, version);
}
