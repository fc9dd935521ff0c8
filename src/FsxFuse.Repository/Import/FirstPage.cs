using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// The first page of a directory's listing, with all that tells whether it still holds when it is used: which names changed and which
/// deletions waited since it was asked for. Dispose to stop noting.
/// </summary>
internal sealed class FirstPage(int linkId, string prefix, long beganNs, NameWindow taken) : IDisposable
{
    public int LinkId { get; } = linkId;

    public string Prefix { get; } = prefix;

    /// <summary>When it was asked for.</summary>
    public long BeganNs { get; } = beganNs;

    /// <summary>The names that changed since.</summary>
    public NameWindow Taken { get; } = taken;

    public required Tombstones Tombstones { get; init; }

    /// <summary>False when deletions or moves below the prefix were under way: what it shows must be used at once or not at all.</summary>
    public required bool IsSettled { get; init; }

    public required ListPage Page { get; init; }

    /// <summary>Whether there is anything at or below the prefix: whether the directory exists in the repository.</summary>
    public bool IsEmpty => Page.Objects.Count == 0 && Page.CommonPrefixes.Count == 0 && Page.NextToken is null;

    /// <summary>The directory's own object, which sorts before all below it; null when there is none.</summary>
    public ObjectEntry? Marker => Page.Objects.Count > 0 && Page.Objects[0].Key.Length == Prefix.Length ? Page.Objects[0] : null;

    public void Dispose() => Taken.Dispose();
}
