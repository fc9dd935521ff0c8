namespace FsxFuse.Fuse;

/// <summary>Outcome of the INIT exchange. Serializable: a successor that takes over the device needs it, for the kernel does not repeat the exchange.</summary>
public sealed record NegotiatedProtocol
{
    /// <summary>Minor version in use, 31..45 (the major one is 7): the smaller of both sides'.</summary>
    public required uint Minor { get; init; }

    /// <summary>Major version of the kernel.</summary>
    public required uint KernelMajor { get; init; }

    /// <summary>Minor version of the kernel.</summary>
    public required uint KernelMinor { get; init; }

    /// <summary>What the kernel offered.</summary>
    public required FuseCapabilities Offered { get; init; }

    /// <summary>What is in force: wanted and offered.</summary>
    public required FuseCapabilities Capabilities { get; init; }

    /// <summary>Largest WRITE, bytes.</summary>
    public required uint MaxWrite { get; init; }

    /// <summary>Largest request, pages of 4096 bytes.</summary>
    public required ushort MaxPages { get; init; }

    /// <summary>Read-ahead agreed on, bytes.</summary>
    public required uint MaxReadahead { get; init; }

    /// <summary>Asynchronous requests in flight.</summary>
    public required ushort MaxBackground { get; init; }

    /// <summary>Granularity of times, ns.</summary>
    public required uint TimeGranularity { get; init; }

    /// <summary>Whether all these capabilities are in force.</summary>
    /// <param name="capabilities">One or more.</param>
    public bool Has(FuseCapabilities capabilities) => (Capabilities & capabilities) == capabilities;
}
