using FsxFuse.State;

namespace FsxFuse.Cli.Tests;

public sealed class DaemonLockTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fsxfuse-cli-").FullName;
    private readonly FileSystemCatalog _catalog;
    private readonly DaemonRecord _record = new() { Pid = 7, Mountpoint = "/mnt/x", Source = "s3://bucket", StartedAt = DateTimeOffset.UnixEpoch };

    public DaemonLockTests()
    {
        _catalog = new FileSystemCatalog(new StateLocations(Path.Combine(_root, "state"), Path.Combine(_root, "run")), TimeProvider.System);
        _catalog.MakeDirectories("one");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void One_daemon_at_a_time_and_others_learn_who()
    {
        Assert.False(_catalog.TryGetDaemon("one", out _, out _));
        using (DaemonLock.Take(_catalog.Locations, "one", _record))
        {
            Assert.True(_catalog.TryGetDaemon("one", out bool alive, out DaemonRecord? seen));
            Assert.True(alive);
            Assert.Equal(_record, seen);
            CommandFailedException e = Assert.Throws<CommandFailedException>(() => DaemonLock.Take(_catalog.Locations, "one", _record));
            Assert.Contains("already mounted on /mnt/x (process 7)", e.Message, StringComparison.Ordinal);
        }
        Assert.False(_catalog.TryGetDaemon("one", out _, out _));
    }

    [Fact]
    public void A_killed_daemon_leaves_its_trace_but_no_lock()
    {
        DaemonLock.Take(_catalog.Locations, "one", _record).Dispose();
        File.WriteAllText(_catalog.Locations.DaemonOf("one"), """{"pid":7,"mountpoint":"/mnt/x","source":"s","startedAt":"2026-01-01T00:00:00Z"}""");
        Assert.True(_catalog.TryGetDaemon("one", out bool alive, out DaemonRecord? seen));
        Assert.False(alive);
        Assert.Equal("/mnt/x", seen.Mountpoint);
        DaemonLock.Take(_catalog.Locations, "one", _record).Dispose();
    }
}
