namespace FsxFuse.Hsm;

/// <summary>What <c>fsxfuse hsm … --json</c> prints of one file.</summary>
internal sealed record HsmResult
{
    /// <summary>The file as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>The state as a number (lustre_user.h, enum hsm_states).</summary>
    public int? Flags { get; init; }

    /// <summary>The state as words, those of lfs.</summary>
    public IReadOnlyList<string>? States { get; init; }

    /// <summary>Number of the archive, for archived files.</summary>
    public int? ArchiveId { get; init; }

    /// <summary>What is in progress: <c>NOOP</c>, <c>ARCHIVE</c> or <c>RESTORE</c>.</summary>
    public string? Action { get; init; }

    /// <summary><c>waiting</c> or <c>running</c>.</summary>
    public string? Progress { get; init; }

    /// <summary>Bytes moved so far.</summary>
    public long? BytesMoved { get; init; }

    /// <summary>What it waits for, or why the last request came to nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Why this file failed.</summary>
    public string? Error { get; init; }
}
