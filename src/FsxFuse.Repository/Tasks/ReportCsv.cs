using System.Text;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tasks;

/// <summary>The report of a task in FSx's format REPORT_CSV_20191124: <c>FilePath,FileStatus,ErrorCode</c>, no header, RFC 4180.</summary>
public static class ReportCsv
{
    /// <summary>Appends one line.</summary>
    public static void AppendLine(StringBuilder csv, TaskFailureRow row)
    {
        // A path that a spreadsheet would take for a formula is quoted an extra time (FSx for Lustre, "Working with task completion reports").
        string path = row.Path is ['@' or '+' or '-' or '=', ..] ? $"\"{row.Path}\"" : row.Path;
        csv.Append(Field(path)).Append(',').Append(Field(row.Status)).Append(',').Append(Field(row.ErrorCode)).Append("\r\n");
    }

    private static string Field(string value) =>
        value.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
