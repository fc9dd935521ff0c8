using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FsxFuse.Model;

/// <summary>A mount of the built executable with a directory as its repository, automatic export, and state of its own.</summary>
internal sealed class ModelMount : IDisposable
{
    private readonly string _executable;
    private readonly string _run;
    private readonly Dictionary<string, string> _environment;
    private int? _daemon;

    internal ModelMount(string work, string executable)
    {
        _executable = executable;
        _run = Path.Combine(work, "run");
        Mountpoint = Directory.CreateDirectory(Path.Combine(work, "mnt")).FullName;
        Repository = Directory.CreateDirectory(Path.Combine(work, "repository")).FullName;
        _environment = new()
        {
            ["FSXFUSE_STATE_DIR"] = Path.Combine(work, "state"),
            ["FSXFUSE_RUN_DIR"] = _run,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
        Mount();
    }

    internal string Mountpoint { get; }

    internal string Repository { get; }

    /// <summary>Where the daemon listens.</summary>
    internal string Socket => ControlSocket.In(_run);

    internal void Mount()
    {
        // Bits and devices count here as they do on the reference.
        string[] options = Environment.IsPrivilegedProcess ? ["-o", "allow_other,suid,dev"] : [];
        Command(["mount", $"file://{Repository}", Mountpoint, .. options]);
        using JsonDocument status = JsonDocument.Parse(Command("status", Mountpoint, "--json"));
        _daemon = status.RootElement.GetProperty("pid").GetInt32();
    }

    internal void Unmount()
    {
        Command("umount", Mountpoint);
        _daemon = null;
    }

    /// <summary>Ends the daemon without warning.</summary>
    internal void Kill()
    {
        if (_daemon is not { } pid)
            return;
        using (var process = Process.GetProcessById(pid))
            process.Kill();
        while (Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}")))
            Thread.Sleep(5);
        _daemon = null;
    }

    /// <summary>Starts <c>release</c>, <c>preload</c>, <c>export</c> or <c>import</c> of everything and waits for its end; some files, or all, may refuse because they are open.</summary>
    internal void Transfer(string kind)
    {
        (int exitCode, string output) = ChildCommand.Run(_executable, [kind, Mountpoint], _environment);
        if (exitCode is not (0 or 1 or 3))
            throw new InvalidOperationException($"fsxfuse {kind} {Mountpoint} ended with {exitCode}: {output}");
    }

    public void Dispose()
    {
        if (_daemon is { } pid)
        {
            (int exitCode, _) = ChildCommand.Run(_executable, ["umount", Mountpoint], _environment);
            if (exitCode == 0)
                return;
            Kill();
        }

        ChildCommand.Run("umount", ["-l", Mountpoint]);
    }

    private string Command(params string[] arguments) => ChildCommand.Demand(_executable, arguments, _environment);
}
