namespace FsxFuse.Control.Documents;

/// <summary>The answer to <c>GET /v1/links</c>.</summary>
/// <param name="Links">Links, oldest first.</param>
public sealed record LinkListDocument(IReadOnlyList<LinkDocument> Links);
