namespace FsxFuse.Metadata;

/// <summary>An archive or restore that was asked for and has not ended: at most one for each inode.</summary>
public sealed record HsmRequestRow
{
    /// <summary>The file.</summary>
    public required long Inode { get; init; }

    /// <summary><see cref="HsmAction.Archive"/> or <see cref="HsmAction.Restore"/>.</summary>
    public required HsmAction Action { get; init; }

    /// <summary>When it was asked for, ns since 1970: the order in which they are done.</summary>
    public required long RequestedNs { get; init; }

    /// <summary>What it waits for, for people; null when that is only its turn.</summary>
    public string? Note { get; init; }
}
