namespace FsxFuse.Metadata;

/// <summary>The commits of one part of the process (or of another node), seen by the others.</summary>
public interface IChangeFeed
{
    /// <summary>
    /// Calls <paramref name="onCommitted"/> after every commit, in commit order, from the committing thread: it must only take note
    /// (no I/O, no lock that is ever held across a commit). Dispose the result to stop.
    /// </summary>
    IDisposable Subscribe(Action<Batch> onCommitted);
}
