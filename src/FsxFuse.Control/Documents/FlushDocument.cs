namespace FsxFuse.Control.Documents;

/// <summary>The answer to <c>POST /v1/flush</c>.</summary>
/// <param name="Remaining">Changes that are still not in the repository when the time given was over.</param>
/// <param name="Failing">Those of them whose last try failed.</param>
/// <param name="LastError">Why one of them failed.</param>
public sealed record FlushDocument(long Remaining, long Failing, string? LastError);
