namespace FsxFuse.Repository.Export;

/// <summary>What a drain did.</summary>
/// <param name="Total">Entries it worked on.</param>
/// <param name="Succeeded">Entries done.</param>
/// <param name="Failures">What could not be done.</param>
public sealed record DrainResult(long Total, long Succeeded, IReadOnlyList<ExportFailure> Failures);
