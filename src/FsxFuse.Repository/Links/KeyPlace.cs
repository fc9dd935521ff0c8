namespace FsxFuse.Repository.Links;

/// <summary>Which key a place in the namespace has.</summary>
/// <param name="Link">The link it is under; null: none, nothing there is exported.</param>
/// <param name="Key">The key (of a directory: its marker's, which is the prefix of its children; empty for a link's own directory without prefix).</param>
/// <param name="Fault">Why there is no key; <paramref name="Key"/> is then empty.</param>
public readonly record struct KeyPlace(Link? Link, string Key, KeyFault? Fault)
{
    /// <summary>Whether it can have an object.</summary>
    public bool HasKey => Link is not null && Fault is null;
}
