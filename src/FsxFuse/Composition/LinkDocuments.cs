using FsxFuse.Control.Documents;
using FsxFuse.Metadata;
using FsxFuse.Repository.Following;
using FsxFuse.Repository.Links;

namespace FsxFuse.Composition;

/// <summary>Shows links to users.</summary>
internal static class LinkDocuments
{
    /// <summary>All links of a mounted file system, oldest first, with how they stand.</summary>
    public static IReadOnlyList<LinkDocument> All(MountedFileSystem mounted) =>
        [.. mounted.Links.All.OrderBy(link => link.Id).Select(link => Of(link, mounted.Follower))];

    /// <summary>A link of a mounted file system.</summary>
    public static LinkDocument Of(Link link, Follower follower) => From(link.Row) with { Import = From(link, follower.GetStatus(link)) };

    /// <summary>A stored link.</summary>
    public static LinkDocument From(LinkRow row)
    {
        LinkOptions options = LinkOptions.FromJson(row.Options);
        return new LinkDocument
        {
            AssociationId = row.AssociationId,
            Path = row.Path,
            Url = row.Url,
            Lifecycle = row.Lifecycle,
            FailureMessage = row.FailureMessage,
            ImportPolicy = options.ImportPolicy.ToNames(),
            ExportPolicy = options.ExportPolicy.ToNames(),
            Conflict = options.Conflict.ToName(),
        };
    }

    /// <summary>The worst of all links, for a glance.</summary>
    public static ImportQueueDocument Sum(IReadOnlyList<LinkDocument> links)
    {
        List<ImportQueueDocument> all = [.. links.Select(link => link.Import).OfType<ImportQueueDocument>()];
        return new ImportQueueDocument
        {
            Automatic = all.TrueForAll(import => import.Automatic),
            Queued = all.Sum(import => import.Queued),
            OldestAgeSeconds = all.Select(import => import.OldestAgeSeconds).DefaultIfEmpty().Max(),
            Reconciling = all.Exists(import => import.Reconciling),
            ReconciledAt = all.TrueForAll(import => import.ReconciledAt is not null) ? all.Min(import => import.ReconciledAt) : null,
            NextAt = all.Min(import => import.NextAt),
            LastError = all.Select(import => import.LastError).FirstOrDefault(error => error is not null),
        };
    }

    private static ImportQueueDocument From(Link link, FollowStatus status) => new()
    {
        Automatic = link.Options.ImportPolicy != RepositoryEvents.None,
        Queued = status.Queued,
        OldestAgeSeconds = status.OldestAge.TotalSeconds,
        Reconciling = status.IsReconciling,
        ReconciledAt = status.ReconciledNs == 0 ? null : TaskDocuments.FromNs(status.ReconciledNs),
        NextAt = status.NextNs == 0 ? null : TaskDocuments.FromNs(status.NextNs),
        LastError = status.LastError,
    };
}
