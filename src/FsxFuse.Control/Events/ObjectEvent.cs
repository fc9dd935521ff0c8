namespace FsxFuse.Control.Events;

/// <summary>An event's word that an object was written or deleted.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The full key.</param>
/// <param name="ETag">The ETag it is said to have; empty when it was deleted, null when nothing is said of it.</param>
public readonly record struct ObjectEvent(string Bucket, string Key, string? ETag);
