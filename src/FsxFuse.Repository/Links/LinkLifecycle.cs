namespace FsxFuse.Repository.Links;

/// <summary>Where a link is in its life, in the words of the FSx API (<see cref="Metadata.LinkRow.Lifecycle"/>).</summary>
public static class LinkLifecycle
{
    /// <summary>It was made and its metadata is being imported.</summary>
    public const string Creating = "CREATING";

    /// <summary>It works.</summary>
    public const string Available = "AVAILABLE";

    /// <summary>The repository refuses: nothing is imported or exported until that is mended.</summary>
    public const string Misconfigured = "MISCONFIGURED";

    /// <summary>It is being removed.</summary>
    public const string Deleting = "DELETING";
}
