namespace FsxFuse.Fuse;

/// <summary>What to ask for in the INIT exchange, and how to serve.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Capabilities wanted; what the kernel does not offer is left out.</summary>
    public FuseCapabilities Capabilities { get; init; } = FuseCapabilities.Default;

    /// <summary>Largest WRITE and READ, bytes: 4096 to 16 MiB, a multiple of 4096. The kernel cuts it to sysctl fs.fuse.max_pages_limit (1 MiB by default).</summary>
    public int MaxWrite { get; init; } = 1 << 20;

    /// <summary>Asynchronous requests (read-ahead, direct I/O, releases) the kernel keeps in flight, 1..65535.</summary>
    public ushort MaxBackground { get; init; } = 64;

    /// <summary>Asynchronous requests in flight beyond which the kernel drops read-ahead; 0 for three quarters of <see cref="MaxBackground"/>.</summary>
    public ushort CongestionThreshold { get; init; }

    /// <summary>Granularity of times, ns: a power of ten, 1 to 1,000,000,000.</summary>
    public uint TimeGranularity { get; init; } = 1;

    /// <summary>Bound of read-ahead in the INIT exchange, bytes. It can only lower what the kernel offers (128 KiB); see <see cref="ReadAheadKib"/> to raise it.</summary>
    public uint MaxReadahead { get; init; } = uint.MaxValue;

    /// <summary>Read-ahead to set through sysfs after the exchange, KiB; 0 leaves it. Needs the privilege to write there.</summary>
    public int ReadAheadKib { get; init; }

    /// <summary>With <see cref="FuseCapabilities.Passthrough"/>: 1 allows backing files on plain file systems, 2 also on overlayfs (and then nothing may stack on this mount).</summary>
    public uint MaxStackDepth { get; init; } = 1;

    /// <summary>Reader threads; 0 for the number of cores, at most 8.</summary>
    public int ReaderThreads { get; init; }

    /// <summary>Idle request buffers that keep their memory (each <see cref="MaxWrite"/> bytes at most).</summary>
    public int ResidentBuffers { get; init; } = 16;

    /// <summary>How long the end of a session waits for requests whose answer is still being worked on.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Threads that deliver notifications, at most; started as needed.</summary>
    public int NotifierThreads { get; init; } = 16;

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Take over a connection whose INIT exchange was done by an earlier process: what it agreed on. Null to negotiate.</summary>
    public NegotiatedProtocol? Resume { get; init; }

    internal int EffectiveReaderThreads => ReaderThreads > 0 ? ReaderThreads : Math.Clamp(Environment.ProcessorCount, 1, 8);

    internal void Validate()
    {
        if (MaxWrite is < 4096 or > 16 << 20 || MaxWrite % 4096 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxWrite), MaxWrite, "4096 bytes to 16 MiB, a multiple of 4096");
        }

        ArgumentOutOfRangeException.ThrowIfZero(MaxBackground);
        ArgumentOutOfRangeException.ThrowIfZero(TimeGranularity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TimeGranularity, 1_000_000_000u);
        ArgumentOutOfRangeException.ThrowIfNegative(ReaderThreads);
        ArgumentOutOfRangeException.ThrowIfNegative(ResidentBuffers);
        ArgumentOutOfRangeException.ThrowIfLessThan(NotifierThreads, 1);
    }
}
