namespace FsxFuse.Model;

/// <summary>
/// A directory of ext4 to compare with: in an image of its own when root may mount one, so that what else happens on the machine's disk has no
/// part in it; else in the temporary directory, if that is ext4.
/// </summary>
internal sealed class ReferenceDirectory : IDisposable
{
    private const long ImageBytes = 4L << 30;
    private readonly string _made;
    private readonly bool _isMounted;

    internal ReferenceDirectory(string work)
    {
        _made = Directory.CreateDirectory(Path.Combine(work, "reference")).FullName;
        if (!Environment.IsPrivilegedProcess)
        {
            if (new DriveInfo(_made).DriveFormat is not ("ext4" or "ext3" or "ext2"))
                throw new InvalidOperationException($"{_made} is not on ext4, and only root can mount an image of it");
            Root = _made;
            return;
        }

        string image = Path.Combine(_made, "image");
        Root = Directory.CreateDirectory(Path.Combine(_made, "mnt")).FullName;
        using (var file = File.Create(image))
            file.SetLength(ImageBytes);
        ChildCommand.Demand("mkfs.ext4", ["-q", "-F", image]);
        ChildCommand.Demand("mount", ["-o", "loop", image, Root]);
        _isMounted = true;
    }

    internal string Root { get; }

    public void Dispose()
    {
        if (_isMounted)
            ChildCommand.Demand("umount", [Root]);
        Directory.Delete(_made, recursive: true);
    }
}
