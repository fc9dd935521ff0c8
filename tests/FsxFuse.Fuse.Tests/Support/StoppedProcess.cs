using System.Diagnostics;
using System.Globalization;

namespace FsxFuse.Fuse.Tests.Support;

/// <summary>A shell that has stopped itself, so that signals sent to it stay pending.</summary>
internal sealed class StoppedProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="traps">Shell commands to run before it stops.</param>
    public StoppedProcess(string traps = "")
    {
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{traps} kill -STOP $$; :"]))!;
        string status = string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status");
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(status).Contains("State:\tT", StringComparison.Ordinal), TimeSpan.FromSeconds(10)), "stopped");
    }

    public uint Id => (uint)_process.Id;

    public void Send(string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
