namespace FsxFuse.Repository.Objects;

/// <summary>One page of a listing; each of the two lists is in ascending order of UTF-8 bytes.</summary>
/// <param name="Objects">The objects.</param>
/// <param name="CommonPrefixes">The folded prefixes, each ending in the delimiter.</param>
/// <param name="NextToken">What to pass as <see cref="ListRequest.ContinuationToken"/>, or null when this is the last page.</param>
public sealed record ListPage(IReadOnlyList<ObjectEntry> Objects, IReadOnlyList<string> CommonPrefixes, string? NextToken);
