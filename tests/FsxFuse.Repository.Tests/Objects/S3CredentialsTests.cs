using System.Diagnostics;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.S3;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>
/// Where credentials come from. Each case runs in a process of its own, since the AWS chain reads the environment once: this test
/// assembly starts itself again, filtered to <see cref="Child"/>.
/// </summary>
public sealed class S3CredentialsTests
{
    private const string Role = "FSXFUSE_TEST_CREDENTIALS_CHILD";

    [Fact]
    public async Task An_instance_role_signs_requests()
    {
        // The instance's metadata service, version 2: a token, the role's name, its credentials.
        await using var metadata = new FaultyServer((_, head) => head switch
        {
            _ when head.StartsWith("PUT /latest/api/token", StringComparison.Ordinal) => FaultyServer.Answer(200, "token", "X-aws-ec2-metadata-token-ttl-seconds: 600\r\n"),
            _ when head.StartsWith("GET /latest/meta-data/iam/security-credentials/role", StringComparison.Ordinal) => FaultyServer.Answer(
                200,
                """{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ROLEKEY","SecretAccessKey":"s","Token":"session","LastUpdated":"2020-01-01T00:00:00Z","Expiration":"2099-01-01T00:00:00Z"}""",
                "Content-Type: application/json\r\n"),
            _ when head.StartsWith("GET /latest/meta-data/iam/security-credentials", StringComparison.Ordinal) => FaultyServer.Answer(200, "role"),
            _ => FaultyServer.Answer(404, ""),
        });
        await using var s3 = new FaultyServer((_, head) => head.Contains("Credential=ROLEKEY/", StringComparison.Ordinal)
            ? FaultyServer.Answer(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", "Content-Type: application/xml\r\n")
            : FaultyServer.Error(403, "AccessDenied"));
        await RunChildAsync(s3.Url, "ok", ("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.Url), ("AWS_EC2_METADATA_DISABLED", "false"));
        Assert.Contains(s3.Heads, h => h.Contains("x-amz-security-token: session", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_environment_signs_requests()
    {
        await using var s3 = new FaultyServer((_, head) => head.Contains("Credential=ENVKEY/", StringComparison.Ordinal)
            ? FaultyServer.Answer(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", "Content-Type: application/xml\r\n")
            : FaultyServer.Error(403, "AccessDenied"));
        await RunChildAsync(s3.Url, "ok", ("AWS_ACCESS_KEY_ID", "ENVKEY"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_EC2_METADATA_DISABLED", "true"));
    }

    [Fact]
    public async Task No_credentials_anywhere_is_said_so()
    {
        await using var s3 = new FaultyServer((_, _) => FaultyServer.Error(403, "AccessDenied"));
        await RunChildAsync(s3.Url, nameof(ObjectStoreErrorKind.NoCredentials), ("AWS_EC2_METADATA_DISABLED", "true"));
        Assert.Equal(0, s3.Requests);
    }

    /// <summary>The other side of the tests above; does nothing when run with them.</summary>
    [Fact]
    public async Task Child()
    {
        if (Environment.GetEnvironmentVariable(Role) is not { Length: > 0 } role)
            return;
        string[] parts = role.Split('|');
        await using var store = new S3ObjectStore(new S3Options { Bucket = "bucket", Endpoint = parts[0] });
        string outcome = "ok";
        try
        {
            await store.CheckAccessAsync();
        }
        catch (ObjectStoreException e)
        {
            outcome = e.Kind.ToString();
        }
        Assert.Equal(parts[1], outcome);
    }

    private static async Task RunChildAsync(string endpoint, string expected, params (string Name, string Value)[] environment)
    {
        string home = Directory.CreateTempSubdirectory("fsxfuse-home-").FullName;
        try
        {
            var start = new ProcessStartInfo("dotnet", ["test", typeof(S3CredentialsTests).Assembly.Location, "--filter", $"FullyQualifiedName~{nameof(S3CredentialsTests)}.{nameof(Child)}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToArray())
                start.Environment.Remove(name);
            start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(home, "credentials");
            start.Environment["AWS_CONFIG_FILE"] = Path.Combine(home, "config");
            start.Environment[Role] = $"{endpoint}|{expected}";
            foreach ((string name, string value) in environment)
                start.Environment[name] = value;
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0 && output.Contains("Passed", StringComparison.Ordinal), output + await errors);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
