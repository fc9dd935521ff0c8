namespace FsxFuse.Fuse.Tests.Support;

/// <summary>A test that mounts: needs root and /dev/fuse.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute(string? program = null)
    {
        if (Environment.UserName != "root" || !File.Exists("/dev/fuse"))
        {
            Skip = "needs root and /dev/fuse";
        }
        else if (program is not null && !File.Exists(program))
        {
            Skip = "needs " + program;
        }
    }
}
