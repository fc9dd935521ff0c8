namespace FsxFuse.Repository.Import;

/// <summary>How far an import has come. A snapshot.</summary>
/// <param name="Listed">Keys seen in the repository.</param>
/// <param name="New">Names imported.</param>
/// <param name="Changed">Names that show a newer object.</param>
/// <param name="Deleted">Names removed because their object was.</param>
/// <param name="Unchanged">Names that were right.</param>
/// <param name="Skipped">Names left alone because they changed here.</param>
/// <param name="Unmappable">Keys that cannot be names.</param>
/// <param name="Failed">Names that could not be looked at.</param>
public readonly record struct RefreshCounts(
    long Listed, long New, long Changed, long Deleted, long Unchanged, long Skipped, long Unmappable, long Failed)
{
    /// <summary>Names dealt with.</summary>
    public long Done => New + Changed + Deleted + Unchanged + Skipped + Unmappable + Failed;
}
