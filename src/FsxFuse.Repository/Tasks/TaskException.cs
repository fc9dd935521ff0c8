namespace FsxFuse.Repository.Tasks;

/// <summary>A task cannot be made, found or cancelled as asked. The message can be shown to users as it is.</summary>
public sealed class TaskException(string message) : Exception(message);
