namespace FsxFuse.Repository.Export;

/// <summary>How far a drain is.</summary>
/// <param name="Total">Entries it has found so far.</param>
/// <param name="Succeeded">Entries done.</param>
/// <param name="Failed">Entries that could not be done.</param>
public readonly record struct DrainProgress(long Total, long Succeeded, long Failed);
