namespace FsxFuse.Repository.Tasks;

/// <summary>Lifecycles of a data-repository task, in the words of the FSx API.</summary>
public static class TaskLifecycle
{
    /// <summary>Made, not begun.</summary>
    public const string Pending = "PENDING";

    /// <summary>At work; taken up again after a restart.</summary>
    public const string Executing = "EXECUTING";

    /// <summary>Ended, every file done.</summary>
    public const string Succeeded = "SUCCEEDED";

    /// <summary>Ended; a path was invalid or some file could not be done.</summary>
    public const string Failed = "FAILED";

    /// <summary>Files in work are finished, the rest is dropped.</summary>
    public const string Canceling = "CANCELING";

    /// <summary>Ended by request; nothing is reverted.</summary>
    public const string Canceled = "CANCELED";

    /// <summary>Whether nothing more will happen.</summary>
    public static bool IsEnded(string lifecycle) => lifecycle is Succeeded or Failed or Canceled;
}
