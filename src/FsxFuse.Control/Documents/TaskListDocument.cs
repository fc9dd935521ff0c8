namespace FsxFuse.Control.Documents;

/// <summary>The answer to <c>GET /v1/tasks</c>.</summary>
/// <param name="Tasks">Tasks, newest first.</param>
public sealed record TaskListDocument(IReadOnlyList<TaskDocument> Tasks);
