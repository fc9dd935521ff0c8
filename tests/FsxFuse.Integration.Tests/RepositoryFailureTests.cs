using System.Net;
using System.Net.Sockets;

namespace FsxFuse.Integration.Tests;

/// <summary>A mount whose bucket cannot be used says why in one line; one that was used before goes on from its cache.</summary>
[Collection(S3Collection.Name)]
public sealed class RepositoryFailureTests(S3Server server) : IAsyncLifetime
{
    private Bucket _bucket = null!;

    public async Task InitializeAsync() => _bucket = await server.CreateBucketAsync();

    public async Task DisposeAsync() => await _bucket.DisposeAsync();

    [Fact]
    public async Task Bucket_missing()
    {
        await using TestMount mount = new("s3://no-such-bucket", server.MountOptions, server.Environment);
        Assert.Contains("'no-such-bucket' does not exist", await Refusal.ExpectAsync(mount), StringComparison.Ordinal);
        Assert.Contains("mount.fsxfuse: ", await Refusal.ExpectAsync(mount, 32, () => HelperAsync(mount)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "No credentials")]
    [InlineData("nobody", "test-secret-key", "AWS_ACCESS_KEY_ID")]
    [InlineData("test", "wrong", "AWS_SECRET_ACCESS_KEY")]
    public async Task Credentials_missing_or_wrong(string key, string secret, string said)
    {
        await using TestMount mount = _bucket.NewMount();
        string line = await Refusal.ExpectAsync(mount, 1, () => MountAsync(mount, key, secret, []));
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_metadata_service_that_never_answers()
    {
        using SilentListener silent = new();
        await using TestMount mount = _bucket.NewMount();
        string line = await Refusal.ExpectAsync(mount, 1, () => MountAsync(
            mount, "", "", ["AWS_EC2_METADATA_DISABLED=false", $"AWS_EC2_METADATA_SERVICE_ENDPOINT={silent.Url}"]));
        Assert.Contains("metadata service does not answer", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Endpoint_out_of_reach(bool silent)
    {
        using SilentListener listener = new();
        string endpoint = silent ? listener.Url : "http://127.0.0.1:9";
        await using TestMount mount = new(_bucket.Url, $"endpoint={endpoint},path_style", server.Environment);
        Assert.Contains("heck", await Refusal.ExpectAsync(mount), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_known_file_system_is_mounted_from_its_cache(bool silent)
    {
        using SilentListener listener = new();
        await _bucket.PutAsync("dir/cached", "cached"u8.ToArray());
        await using TestMount mount = await _bucket.NewMount().MountAsync();
        await mount.BashAsync("ls dir && cat dir/cached");
        await mount.UnmountAsync();

        string endpoint = silent ? listener.Url : "http://127.0.0.1:9";
        ShellResult result = await mount.FsxAsync("mount", mount.Source, mount.Mountpoint, "-o", $"endpoint={endpoint},path_style");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Matches(@"\Afsxfuse: [^\n]*in the cache is served[^\n]*\n\z", result.Errors);
        Assert.Equal("cached\ncached", (await mount.BashAsync("ls dir; cat dir/cached")).Trim());
        await mount.BashAsync("echo later > dir/later");
        result = await mount.FsxAsync("umount", mount.Mountpoint);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("not in the repository yet", result.Errors, StringComparison.Ordinal);

        await mount.MountAsync();
        await mount.ExportAsync();
        Assert.Contains("dir/later", (await _bucket.ListAsync()).Keys);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task An_instance_role_is_used()
    {
        await _bucket.PutAsync("object", "by role"u8.ToArray());
        await using InstanceMetadata metadata = new(server.AccessKey, server.SecretKey);
        await using TestMount mount = _bucket.NewMount();
        ShellResult result = await MountAsync(mount, "", "", ["AWS_EC2_METADATA_DISABLED=false", $"AWS_EC2_METADATA_SERVICE_ENDPOINT={metadata.Url}"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("by role", await mount.BashAsync("cat object"));
        await mount.BashAsync("echo written > written");
        await mount.ExportAsync();
        Assert.Contains("written", (await _bucket.ListAsync()).Keys);
        Assert.Contains("PUT /latest/api/token", metadata.Requests);
        await mount.UnmountAsync();
    }

    private static Task<ShellResult> MountAsync(TestMount mount, string key, string secret, IReadOnlyList<string> settings)
    {
        string[] credentials = key.Length == 0 ? [] : [$"AWS_ACCESS_KEY_ID={key}", $"AWS_SECRET_ACCESS_KEY={secret}"];
        return Shell.RunAsync(
            "env",
            ["-u", "AWS_ACCESS_KEY_ID", "-u", "AWS_SECRET_ACCESS_KEY", .. credentials, .. settings, TestMount.Executable, "mount", mount.Source, mount.Mountpoint, "-o", mount.Options],
            mount.Environment);
    }

    private static async Task<ShellResult> HelperAsync(TestMount mount)
    {
        string helper = Path.Combine(mount.Root, "mount.fsxfuse");
        File.CreateSymbolicLink(helper, TestMount.Executable);
        return await Shell.RunAsync(helper, [mount.Source, mount.Mountpoint, "-o", "rw," + mount.Options], mount.Environment);
    }

    /// <summary>Takes connections, which the kernel does for it, and never says a word.</summary>
    private sealed class SilentListener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public SilentListener() => _listener.Start();

        public string Url => $"http://{_listener.LocalEndpoint}";

        public void Dispose() => _listener.Dispose();
    }
}
