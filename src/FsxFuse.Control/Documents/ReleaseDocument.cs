namespace FsxFuse.Control.Documents;

/// <summary>Automatic release: the rule, and what it did and does.</summary>
public sealed record ReleaseDocument
{
    /// <summary>Whether files are released without being asked for.</summary>
    public bool Automatic { get; init; }

    /// <summary>Above this part of the limit files are released, percent.</summary>
    public int HighWaterPercent { get; init; }

    /// <summary>Down to this part, percent.</summary>
    public int LowWaterPercent { get; init; }

    /// <summary>Files released since the daemon started.</summary>
    public long FilesReleased { get; init; }

    /// <summary>Bytes of disk they gave back.</summary>
    public long BytesReleased { get; init; }

    /// <summary>Whether it is at work.</summary>
    public bool Running { get; init; }

    /// <summary>Bytes that this run, or the last one, has given back.</summary>
    public long RunBytes { get; init; }

    /// <summary>Bytes that it is, or was, to give back.</summary>
    public long RunBytesWanted { get; init; }

    /// <summary>Whether the last run found too little: what is left is changed, pinned, or open.</summary>
    public bool Stuck { get; init; }
}
