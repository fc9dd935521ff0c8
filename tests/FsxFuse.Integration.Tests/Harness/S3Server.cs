using Amazon.S3;

namespace FsxFuse.Integration.Tests;

/// <summary>A real S3 server on loopback: the one scripts/test started, or one of its own for the time of the tests.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private int _port = 8483;
    private string? _started;

    public string Endpoint { get; private set; } = "";

    public string AccessKey { get; private set; } = "test";

    public string SecretKey { get; private set; } = "test-secret-key";

    /// <summary>What a client of this server needs in its environment; nothing it does may leave this machine.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    public string MountOptions => $"endpoint={Endpoint},path_style,region=us-east-1";

    public async Task InitializeAsync()
    {
        if (System.Environment.GetEnvironmentVariable("FSXFUSE_TEST_S3_ENDPOINT") is { Length: > 0 } given)
        {
            Endpoint = given;
            AccessKey = System.Environment.GetEnvironmentVariable("FSXFUSE_TEST_S3_ACCESS_KEY") ?? AccessKey;
            SecretKey = System.Environment.GetEnvironmentVariable("FSXFUSE_TEST_S3_SECRET_KEY") ?? SecretKey;
            return;
        }

        await StartAsync();
    }

    /// <summary>A server for one test alone, which may ask of it what it does not always survive.</summary>
    public static async Task<S3Server> StartOwnAsync(int port)
    {
        S3Server server = new() { _port = port };
        await server.StartAsync();
        return server;
    }

    public async Task DisposeAsync()
    {
        if (_started is not null)
        {
            await Shell.BashAsync($"{_started} stop --port {_port} --dir {Path.GetTempPath()}/fsxfuse-s3-{_port}");
        }
    }

    public AmazonS3Client Connect() => new(AccessKey, SecretKey, new AmazonS3Config
    {
        ServiceURL = Endpoint,
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = Amazon.Runtime.RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = Amazon.Runtime.ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <summary>A new, empty bucket.</summary>
    public async Task<Bucket> CreateBucketAsync()
    {
        AmazonS3Client client = Connect();
        string name = $"t-{Guid.NewGuid():N}"[..20];
        await client.PutBucketAsync(name);
        return new Bucket(this, client, name);
    }

    private async Task StartAsync()
    {
        string root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(TestMount.Executable)))!;
        _started = Path.Combine(root, "scripts", "s3-server");
        await Shell.BashAsync($"{_started} start --port {_port} --dir {Path.GetTempPath()}/fsxfuse-s3-{_port}", seconds: 300);
        Endpoint = $"http://127.0.0.1:{_port}";
    }
}
