namespace FsxFuse.Repository.Objects;

/// <summary>What became of one key of a batch.</summary>
/// <param name="Key">The key.</param>
/// <param name="Error">Null when it is gone.</param>
public readonly record struct DeleteResult(string Key, ObjectStoreException? Error)
{
    /// <summary>Whether the key is gone.</summary>
    public bool Succeeded => Error is null;
}
