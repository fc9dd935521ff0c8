namespace FsxFuse.Control.Documents;

/// <summary>HSM requests that have not ended.</summary>
public sealed record HsmDocument
{
    /// <summary>Archives asked for.</summary>
    public int Archives { get; init; }

    /// <summary>Restores asked for.</summary>
    public int Restores { get; init; }

    /// <summary>Of these, the ones that wait for S3 to restore an archived object, or for another try.</summary>
    public int RestoresWaiting { get; init; }
}
