namespace FsxFuse.Repository.Export;

/// <summary>How the exporter works. The defaults suit one mount on a small machine.</summary>
public sealed record ExportOptions
{
    /// <summary>Most queue entries worked on at once, except files uploaded in parts; 1 or more.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Most files uploaded in parts at once; 1 or more.</summary>
    public int LargeFiles { get; init; } = 4;

    /// <summary>Most parts sent at once, over all files; 1 or more.</summary>
    public int Parts { get; init; } = 8;

    /// <summary>Files up to this many bytes are read into memory and sent in one request.</summary>
    public long SmallFileLimit { get; init; } = 8 << 20;

    /// <summary>Smallest part in bytes; it grows for files that would need more parts than the repository takes.</summary>
    public long PartSize { get; init; } = 16 << 20;

    /// <summary>How long an entry waits for what usually follows it (a file is created, then written, then closed).</summary>
    public TimeSpan Coalesce { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two tries, and the wait after a failure that only a person can mend.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A file that has been open for writing this long since its change was queued is reported as busy (ResourceBusy).</summary>
    public TimeSpan BusyLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Host name in the names of conflict copies.</summary>
    public string Host { get; init; } = Environment.MachineName;
}
