namespace FsxFuse.Model.Tests;

/// <summary>A test of the built executable on a real mount; skipped where there is nothing to run or to compare with.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RunnableFactAttribute : FactAttribute
{
    public RunnableFactAttribute()
    {
        if (!File.Exists(ModelOptions.BuiltExecutable()))
            Skip = "artifacts/fsxfuse/fsxfuse is missing: run scripts/build";
        else if (!File.Exists("/dev/fuse"))
            Skip = "there is no /dev/fuse";
        else if (!Environment.IsPrivilegedProcess)
            Skip = "the operations of several users and an ext4 image need root";
    }
}
