namespace FsxFuse.Repository.Objects;

/// <summary>A repository named by a URL.</summary>
/// <param name="Store">The bucket or directory; the caller disposes it.</param>
/// <param name="Prefix">What the URL names within it: empty, or ending in a slash. Keys given to the store include it.</param>
public sealed record OpenedStore(IObjectStore Store, string Prefix);
