namespace FsxFuse.Metadata.Tests;

/// <summary>A test that mounts something and so runs for root alone.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "Mounts a small file system, which only root may.";
    }
}
