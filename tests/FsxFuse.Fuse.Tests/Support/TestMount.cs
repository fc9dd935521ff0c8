namespace FsxFuse.Fuse.Tests.Support;

/// <summary>A file system served by this process on a new directory. Disposing unmounts, whatever state it is in.</summary>
internal sealed class TestMount : IAsyncDisposable
{
    private TestMount(string path, FuseSession session)
    {
        Path = path;
        Session = session;
    }

    public string Path { get; }

    public FuseSession Session { get; }

    public static async Task<TestMount> StartAsync(FuseFileSystem fileSystem, ConnectionOptions? options = null, Func<MountOptions, MountOptions>? adjust = null)
    {
        string path = Directory.CreateTempSubdirectory("fuse-test-").FullName;
        MountOptions mount = new() { MountPoint = path, SubType = "fsxtest", Source = "test", AllowOther = true, DefaultPermissions = true };
        FuseSession session = FuseSession.Create(fileSystem, adjust is null ? mount : adjust(mount), options);
        TestMount test = new(path, session);
        try
        {
            await session.StartAsync().WaitAsync(TimeSpan.FromSeconds(30));
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    public Task<string> RunAsync(string script) => Client.RunAsync(script, Path);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        Directory.Delete(Path);
    }
}
