namespace FsxFuse.Metadata;

/// <summary>
/// Does what programs ask about the copy of one file in its repository. The repository implements it; the file system, which knows who may
/// ask, hands the questions on. Thread-safe.
/// </summary>
public interface IHsmAgent
{
    /// <summary>
    /// Takes a request. An archive or restore is accepted and goes on by itself, across restarts; the others are done when this returns.
    /// </summary>
    /// <param name="inode">The file.</param>
    /// <param name="action">What to do.</param>
    /// <param name="flags">The states to raise or lower, for <see cref="HsmAction.Set"/> and <see cref="HsmAction.Clear"/>.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <returns>0, or the errno: EPERM when the file's state forbids it, EBUSY while something else is in progress, EINVAL for what is no regular file, ENXIO in no linked directory.</returns>
    ValueTask<int> RequestAsync(long inode, HsmAction action, HsmFlags flags, CancellationToken cancel);

    /// <summary>What is in progress.</summary>
    ValueTask<HsmProgress> GetProgressAsync(long inode, CancellationToken cancel);
}
