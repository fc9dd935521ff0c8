using System.Diagnostics;

namespace FsxFuse.Posix.Tests;

/// <summary>A real mount of the executable that scripts/build left, with a directory as its repository and automatic export on.</summary>
public sealed class MountTarget : IPosixTarget
{
    private string? _root;

    private static string? Executable
    {
        get
        {
            for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            {
                string candidate = Path.Combine(at, "artifacts", "fsxfuse", "fsxfuse");
                if (File.Exists(candidate))
                    return candidate;
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public string? Unavailable =>
        Executable is null ? "artifacts/fsxfuse/fsxfuse is missing: run scripts/build"
        : !File.Exists("/dev/fuse") ? "there is no /dev/fuse"
        : !Environment.IsPrivilegedProcess ? "the table takes other users' parts, which needs root"
        : null;

    private string Mountpoint => Path.Combine(_root!, "mnt");

    /// <inheritdoc/>
    public async ValueTask<string> PrepareAsync()
    {
        _root = Directory.CreateTempSubdirectory("fsxfuse-posix-").FullName;

        // Other users walk through here to the mount.
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Mountpoint);
        string repository = Directory.CreateDirectory(Path.Combine(_root, "repository")).FullName;
        await RunAsync("mount", $"file://{repository}", Mountpoint, "-o", "allow_other,suid,dev");
        return Mountpoint;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_root is null)
            return;
        await RunAsync("umount", Mountpoint);
        Directory.Delete(_root, recursive: true);
        _root = null;
    }

    private async Task RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Executable!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["FSXFUSE_STATE_DIR"] = Path.Combine(_root!, "state");
        start.Environment["FSXFUSE_RUN_DIR"] = Path.Combine(_root!, "run");
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"fsxfuse {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
    }
}
