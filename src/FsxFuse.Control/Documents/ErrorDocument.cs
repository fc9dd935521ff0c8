namespace FsxFuse.Control.Documents;

/// <summary>The body of every answer that is not a success.</summary>
/// <param name="Message">For a person: what went wrong and what to do.</param>
public sealed record ErrorDocument(string Message);
