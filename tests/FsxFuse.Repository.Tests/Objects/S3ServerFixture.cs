using System.Diagnostics;
using Amazon.S3;
using FsxFuse.Repository.Objects.S3;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>A real S3 server with one bucket: the one that FSXFUSE_TEST_S3_ENDPOINT names, else one started for these tests and stopped after them.</summary>
public sealed class S3ServerFixture : IAsyncLifetime
{
    private string? _script;
    private string[] _arguments = [];

    public string Endpoint { get; private set; } = "";

    public string Bucket { get; } = $"conformance-{Guid.NewGuid():N}"[..40];

    public string CredentialsFile { get; } = Path.Combine(Path.GetTempPath(), $"fsxfuse-s3-{Guid.NewGuid():N}");

    public S3Options Options => new() { Bucket = Bucket, Endpoint = Endpoint, CredentialsFile = CredentialsFile };

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        string access = Environment.GetEnvironmentVariable("FSXFUSE_TEST_S3_ACCESS_KEY") ?? "test";
        string secret = Environment.GetEnvironmentVariable("FSXFUSE_TEST_S3_SECRET") ?? "test-secret-key";
        Endpoint = Environment.GetEnvironmentVariable("FSXFUSE_TEST_S3_ENDPOINT") ?? await StartAsync();
        await PrivateFile.WriteAsync(CredentialsFile, $"[default]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n");
        using var client = new AmazonS3Client(access, secret, new AmazonS3Config { ServiceURL = Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutBucketAsync(Bucket);
    }

    public async Task DisposeAsync()
    {
        File.Delete(CredentialsFile);
        if (_script is not null)
            await RunAsync("stop");
    }

    private async Task<string> StartAsync()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "FsxFuse.sln")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        _script = Path.Combine(root, "scripts", "s3-server");
        int port = FreePort();
        _arguments = ["--port", $"{port}", "--mon-port", $"{FreePort()}", "--dir", Path.Combine(Path.GetTempPath(), $"fsxfuse-s3-server-{port}")];
        await RunAsync("start");
        return $"http://127.0.0.1:{port}";
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task RunAsync(string verb)
    {
        // Nothing is redirected: the daemons that the script leaves behind would hold the pipes open.
        using Process process = Process.Start(new ProcessStartInfo(_script!, [verb, .. _arguments]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{_script} {verb} failed with {process.ExitCode}.");
    }
}
