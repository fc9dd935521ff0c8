using System.Diagnostics;

namespace FsxFuse.Posix.Tests;

/// <summary>
/// The reference: ext4, in the directory that FSXFUSE_POSIX_EXT4_DIR names, else (as root) in an image of its own, else in the temporary
/// directory. An image, because one case asks for more space than there is: ext4 gives all of it away for a moment, and whatever else runs
/// on that disk meets a full one.
/// </summary>
public sealed class Ext4Target : IPosixTarget
{
    private const long ImageBytes = 4L << 30;
    private string? _made;
    private string? _mounted;

    private static string? Configured => Environment.GetEnvironmentVariable("FSXFUSE_POSIX_EXT4_DIR");

    private static bool TemporaryIsExt4 => new DriveInfo(Path.GetTempPath()).DriveFormat is "ext4" or "ext3" or "ext2";

    /// <inheritdoc/>
    public string? Unavailable =>
        Configured is not null || TemporaryIsExt4 || Environment.IsPrivilegedProcess ? null : "no ext4 here: set FSXFUSE_POSIX_EXT4_DIR";

    /// <inheritdoc/>
    public async ValueTask<string> PrepareAsync()
    {
        if (Configured is { } configured)
            return configured;
        _made = Directory.CreateTempSubdirectory("fsxfuse-posix-").FullName;
        File.SetUnixFileMode(_made, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (!Environment.IsPrivilegedProcess)
            return _made;
        string image = Path.Combine(_made, "image");
        string mount = Directory.CreateDirectory(Path.Combine(_made, "mount")).FullName;
        await using (var file = File.Create(image))
            file.SetLength(ImageBytes);
        await RunAsync("mkfs.ext4", "-q", "-F", image);
        await RunAsync("mount", "-o", "loop", image, mount);
        return _mounted = mount;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_mounted is not null)
            await RunAsync("umount", _mounted);
        if (_made is not null)
            Directory.Delete(_made, recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
