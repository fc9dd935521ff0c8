namespace FsxFuse.Control.Documents;

/// <summary>The answer to <c>POST /v1/options</c>.</summary>
/// <param name="AtNextMount">Names of options that were stored and take effect at the next mount.</param>
public sealed record OptionsDocument(IReadOnlyList<string> AtNextMount);
