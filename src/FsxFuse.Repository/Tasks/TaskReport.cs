namespace FsxFuse.Repository.Tasks;

/// <summary>Where a task's report goes.</summary>
/// <param name="Path">A place inside a linked repository, such as <c>s3://bucket/prefix/reports</c>; the file is <c>task-ID/failures.csv</c> below it.</param>
public sealed record TaskReport(string Path)
{
    /// <summary>The only format there is.</summary>
    public const string Format = "REPORT_CSV_20191124";

    /// <summary>The only scope there is.</summary>
    public const string Scope = "FAILED_FILES_ONLY";
}
