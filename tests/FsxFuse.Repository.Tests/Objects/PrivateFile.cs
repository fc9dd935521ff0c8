namespace FsxFuse.Repository.Tests.Objects;

/// <summary>Files with a mode.</summary>
internal static class PrivateFile
{
    public static async Task WriteAsync(string path, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
