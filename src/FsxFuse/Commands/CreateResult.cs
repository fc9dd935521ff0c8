using FsxFuse.Control.Documents;

namespace FsxFuse.Commands;

/// <summary>What <c>fsxfuse create --json</c> prints.</summary>
/// <param name="Name">The name.</param>
/// <param name="Id">The id.</param>
/// <param name="Links">The links made.</param>
internal sealed record CreateResult(string Name, string Id, IReadOnlyList<LinkDocument> Links);
