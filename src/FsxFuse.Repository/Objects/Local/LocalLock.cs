using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>One writer at a time decides what is under a name: among the threads of this process, and among the processes on this directory.</summary>
/// <remarks>Held for a look and a rename only; bytes are written and synced outside of it.</remarks>
internal sealed class LocalLock(LocalTree tree) : IDisposable
{
    private readonly Lock _gate = new();
    private SafeFileHandle? _file;

    public T Run<T>(Func<T> action)
    {
        lock (_gate)
        {
            _file ??= Open();
            NativeFile.Lock(_file);
            try
            {
                return action();
            }
            finally
            {
                NativeFile.Unlock(_file);
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private SafeFileHandle Open()
    {
        using SafeFileHandle directory = tree.OpenBookkeeping("");
        string path = LocalTree.PathIn(directory, "lock");
        try
        {
            return NativeFile.CreateFile(path, 0x180);
        }
        catch (NativeFileException e) when (e.Errno == NativeFile.EEXIST)
        {
            return NativeFile.TryOpenFile(path) ?? throw new NativeFileException(NativeFile.ENOENT, "lock");
        }
    }
}
