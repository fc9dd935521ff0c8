using FsxFuse.Posix.Cases.Running;

namespace FsxFuse.Model;

/// <summary>A reference and a mount, and fresh directories in both.</summary>
internal sealed class Field : IDisposable
{
    private readonly string _work;
    private readonly ReferenceDirectory? _reference;
    private int _directories;

    /// <param name="withReference">False where a model in memory is compared with.</param>
    internal Field(string executable, bool withReference = true)
    {
        _work = Directory.CreateTempSubdirectory("fsxfuse-model-").FullName;

        // The ordinary user walks through here.
        PathCalls.Chmod(_work, 755).Ok();
        try
        {
            _reference = withReference ? new ReferenceDirectory(_work) : null;
            Mount = new ModelMount(_work, executable);
        }
        catch
        {
            _reference?.Dispose();
            DirectoryTree.Remove(Path.GetDirectoryName(_work)!, Path.GetFileName(_work));
            throw;
        }
    }

    internal ModelMount Mount { get; }

    /// <summary>A file outside both, for what a run records.</summary>
    internal string Record(string name) => Path.Combine(_work, name);

    /// <summary>The name of a new directory that is there in both, open to everybody.</summary>
    internal string NewDirectory()
    {
        string name = $"r{_directories++}";
        Make(Path.Combine(Mount.Mountpoint, name));
        if (_reference is not null)
            Make(ReferenceOf(name));
        return name;
    }

    /// <summary>The sides of one lane in a directory that <see cref="NewDirectory"/> made; the lane's own is made if it is not there.</summary>
    internal (string Reference, string Mounted) LaneDirectories(string directory, int lane)
    {
        (string reference, string mounted) = ($"{ReferenceOf(directory)}/lane{lane}", $"{Mount.Mountpoint}/{directory}/lane{lane}");
        if (_reference is not null)
            Make(reference);
        Make(mounted);
        return (reference, mounted);
    }

    internal void Remove(string directory)
    {
        DirectoryTree.Remove(Mount.Mountpoint, directory);
        if (_reference is not null)
            DirectoryTree.Remove(_reference.Root, directory);
    }

    public void Dispose()
    {
        Mount.Dispose();
        _reference?.Dispose();
        DirectoryTree.Remove(Path.GetDirectoryName(_work)!, Path.GetFileName(_work));
    }

    private string ReferenceOf(string directory) => Path.Combine(_reference?.Root ?? "", directory);

    private static void Make(string path)
    {
        if (PathCalls.Mkdir(path, 777).Succeeded)
            PathCalls.Chmod(path, 777).Ok();
    }
}
