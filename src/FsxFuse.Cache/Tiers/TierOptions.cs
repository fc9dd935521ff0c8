namespace FsxFuse.Cache;

/// <summary>One cache directory on one device, and how it is filled.</summary>
public sealed record TierOptions
{
    /// <summary>The directory; made when missing (0700). It belongs to one file system alone.</summary>
    public required string Directory { get; init; }

    /// <summary>Most bytes the content files may take; null = what the device has.</summary>
    public long? Capacity { get; init; }

    /// <summary>When contents are released without being asked for.</summary>
    public ReleaseRule Release { get; init; } = new();

    /// <summary>Largest read-ahead of one sequential reader, bytes; also limited to a quarter of the memory budget.</summary>
    public long MaxReadAhead { get; init; } = 16L << 20;

    /// <summary>Largest single request to a source, bytes.</summary>
    public int MaxRequest { get; init; } = 8 << 20;

    /// <summary>What a random read is rounded to, bytes (a power of two, at least 4 KiB).</summary>
    public int RandomFetch { get; init; } = 128 << 10;

    /// <summary>Requests one <see cref="Content.EnsureResidentAsync"/> keeps under way at a time.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>The boot id to compare <see cref="Metadata.ContentRow.UnsyncedBoot"/> with; null = the machine's (/proc/sys/kernel/random/boot_id).</summary>
    public string? BootId { get; init; }
}
