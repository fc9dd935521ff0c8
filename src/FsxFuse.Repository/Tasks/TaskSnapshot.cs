using System.Text.Json;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tasks;

/// <summary>A task as it was when looked at.</summary>
/// <param name="Id"><c>task-</c> and 17 hex digits.</param>
/// <param name="Type"><see cref="TaskType"/>.</param>
/// <param name="Lifecycle"><see cref="TaskLifecycle"/>.</param>
/// <param name="Request">What it is to do.</param>
/// <param name="Progress">How far it has come.</param>
/// <param name="CreatedNs">When it was made, ns since 1970.</param>
/// <param name="EndedNs">When it ended, ns since 1970; 0 while it has not.</param>
public sealed record TaskSnapshot(string Id, string Type, string Lifecycle, TaskRequest Request, TaskProgress Progress, long CreatedNs, long EndedNs)
{
    /// <summary>Its paths.</summary>
    public IReadOnlyList<string> Paths => Request.Paths;

    /// <summary>Whether nothing more will happen.</summary>
    public bool IsEnded => TaskLifecycle.IsEnded(Lifecycle);

    internal static TaskSnapshot From(TaskRow row) => new(
        row.Id, row.Type, row.Lifecycle,
        JsonSerializer.Deserialize(row.Request, TaskJson.Default.TaskRequest) ?? new TaskRequest { Type = row.Type },
        JsonSerializer.Deserialize(row.Progress, TaskJson.Default.TaskProgress) ?? new TaskProgress(),
        row.CreatedNs, row.EndedNs);
}
