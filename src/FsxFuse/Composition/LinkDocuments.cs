using FsxFuse.Control.Documents;
using FsxFuse.Metadata;

namespace FsxFuse.Composition;

/// <summary>Shows rows of links to users.</summary>
internal static class LinkDocuments
{
    public static LinkDocument From(LinkRow row) => new()
    {
        AssociationId = row.AssociationId,
        Path = row.Path,
        Url = row.Url,
        Lifecycle = row.Lifecycle,
        FailureMessage = row.FailureMessage,
    };
}
