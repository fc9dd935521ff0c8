using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.S3;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>Servers that are away, slow, failing or wrong.</summary>
public sealed class S3FaultTests : IAsyncLifetime
{
    private readonly string _credentials = Path.Combine(Path.GetTempPath(), $"fsxfuse-fault-{Guid.NewGuid():N}");

    public Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        return PrivateFile.WriteAsync(_credentials, "# one line\nkey:secret\n");
    }

    public Task DisposeAsync()
    {
        File.Delete(_credentials);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_refused_connection_is_Unreachable_within_the_limit_of_a_check()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        await using S3ObjectStore store = Open(url);
        ObjectStoreException e = await FailAsync(() => store.CheckAccessAsync(), TimeSpan.FromSeconds(15));
        Assert.Equal(ObjectStoreErrorKind.Unreachable, e.Kind);
        Assert.True(e.IsTransient);
        Assert.Contains(url, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_Unreachable_within_the_limit_of_a_check()
    {
        await using var server = new FaultyServer((_, _) => FaultyServer.Silence);
        await using S3ObjectStore store = Open(server.Url);
        ObjectStoreException e = await FailAsync(() => store.CheckAccessAsync(), TimeSpan.FromSeconds(15));
        Assert.Equal(ObjectStoreErrorKind.Unreachable, e.Kind);
        Assert.InRange(server.Requests, 2, 2);
    }

    [Theory]
    [InlineData(202, "", RestoreState.Restoring)]
    [InlineData(200, "", RestoreState.Restored)]
    [InlineData(409, "RestoreAlreadyInProgress", RestoreState.Restoring)]
    [InlineData(403, "InvalidObjectState", RestoreState.NotArchived)]
    public async Task An_archived_object_is_asked_back_as_S3_wants_it_and_each_answer_is_understood(int status, string code, RestoreState expected)
    {
        await using var server = new FaultyServer((_, _) => code.Length > 0 ? FaultyServer.Error(status, code) : FaultyServer.Answer(status, ""));
        await using S3ObjectStore store = Open(server.Url);
        Assert.Equal(expected, await store.RestoreAsync("a/key", new RestoreOptions(7, RestoreOptions.Bulk)));
        string request = Assert.Single(server.Heads);
        Assert.Matches("^POST /[a-z]+/a/key\\?restore", request);
        Assert.Contains("<Days>7</Days>", request, StringComparison.Ordinal);
        Assert.Contains("<Tier>Bulk</Tier>", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(503, "SlowDown")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task A_passing_failure_is_retried_and_not_seen(int status, string code)
    {
        await using var server = new FaultyServer((n, _) => n < 3 ? FaultyServer.Error(status, code) : FaultyServer.Answer(200, "hello", "ETag: \"e\"\r\n"));
        await using S3ObjectStore store = Open(server.Url);
        byte[] buffer = new byte[5];
        await using ObjectBody body = await store.GetAsync("k", ByteRange.All);
        await body.Content.ReadExactlyAsync(buffer);
        Assert.Equal("hello"u8.ToArray(), buffer);
        Assert.Equal(3, server.Requests);
    }

    [Fact]
    public async Task A_retried_upload_sends_its_body_from_the_start()
    {
        await using var server = new FaultyServer((n, _) => n < 2 ? FaultyServer.Error(500, "InternalError") : FaultyServer.Answer(200, "", "ETag: \"e\"\r\n"));
        await using S3ObjectStore store = Open(server.Url);
        Assert.Equal("e", (await store.PutAsync("k", BodySource.FromMemory(new byte[100_000]), PutOptions.None)).ETag);
        Assert.Equal(2, server.Heads.Count(h => h.Contains("Content-Length: 100000", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData(503, "SlowDown", ObjectStoreErrorKind.Throttled)]
    [InlineData(500, "InternalError", ObjectStoreErrorKind.Unavailable)]
    public async Task A_lasting_failure_is_reported_as_what_it_is(int status, string code, ObjectStoreErrorKind kind)
    {
        await using var server = new FaultyServer((_, _) => FaultyServer.Error(status, code));
        await using S3ObjectStore store = Open(server.Url, o => o with { MaxRetries = 1 });
        ObjectStoreException e = await FailAsync(() => store.ListAsync(new ListRequest()), TimeSpan.FromSeconds(30));
        Assert.Equal((kind, true, code), (e.Kind, e.IsTransient, e.ErrorCode));
        Assert.Equal(2, server.Requests);
    }

    [Theory]
    [InlineData(403, "AccessDenied", ObjectStoreErrorKind.AccessDenied)]
    [InlineData(403, "InvalidAccessKeyId", ObjectStoreErrorKind.BadCredentials)]
    [InlineData(403, "SignatureDoesNotMatch", ObjectStoreErrorKind.BadCredentials)]
    [InlineData(400, "ExpiredToken", ObjectStoreErrorKind.BadCredentials)]
    [InlineData(404, "NoSuchBucket", ObjectStoreErrorKind.NoSuchBucket)]
    [InlineData(301, "PermanentRedirect", ObjectStoreErrorKind.WrongRegion)]
    [InlineData(400, "AuthorizationHeaderMalformed", ObjectStoreErrorKind.WrongRegion)]
    [InlineData(403, "InvalidObjectState", ObjectStoreErrorKind.ArchivedTier)]
    [InlineData(501, "NotImplemented", ObjectStoreErrorKind.NotSupported)]
    [InlineData(400, "SomethingNew", ObjectStoreErrorKind.BadRequest)]
    public async Task Refusals_are_classified_for_people_and_programs(int status, string code, ObjectStoreErrorKind kind)
    {
        await using var server = new FaultyServer((_, _) => FaultyServer.Error(status, code));
        await using S3ObjectStore store = Open(server.Url);
        ObjectStoreException e = await FailAsync(() => store.CheckAccessAsync(), TimeSpan.FromSeconds(15));
        Assert.Equal((kind, false), (e.Kind, e.IsTransient));
        Assert.Contains(code, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_answer_is_taken_up_where_it_stopped_under_the_same_version()
    {
        string content = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i:0000}"));
        await using var server = new FaultyServer((n, head) =>
        {
            string range = head.Split("\r\n").First(l => l.StartsWith("Range:", StringComparison.OrdinalIgnoreCase));
            int[] ends = range[(range.IndexOf('=', StringComparison.Ordinal) + 1)..].Split('-').Select(int.Parse).ToArray();
            string all = content[ends[0]..(ends[1] + 1)];
            string headers = $"ETag: \"v1\"\r\nContent-Range: bytes {ends[0]}-{ends[1]}/{content.Length}\r\n";
            return FaultyServer.Answer(206, n < 4 ? all[..(all.Length / 3)] : all, headers, all.Length);
        });
        await using var store = new CountingObjectStore(Open(server.Url), new RequestCounters());
        byte[] buffer = new byte[7000];
        await store.ReadRangeAsync("k", 500, buffer);
        Assert.Equal(content[500..7500], Encoding.ASCII.GetString(buffer));
        Assert.Equal(4, store.Counters[RequestKind.Get]);
        Assert.Equal(7000, store.Counters.BytesRead);
        Assert.DoesNotContain("If-Match", server.Heads[0], StringComparison.OrdinalIgnoreCase);
        Assert.All(server.Heads.Skip(1), h => Assert.Contains("If-Match: v1", h, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_answer_that_falls_silent_is_given_up_and_taken_up_again()
    {
        await using var server = new FaultyServer((n, _) =>
            FaultyServer.Answer(206, n < 2 ? "01234" + FaultyServer.Silence : "56789", $"ETag: \"v\"\r\nContent-Range: bytes {(n < 2 ? 0 : 5)}-9/10\r\n", n < 2 ? 10 : 5));
        await using S3ObjectStore store = Open(server.Url, o => o with { StallTimeout = TimeSpan.FromMilliseconds(300) });
        byte[] buffer = new byte[10];
        await store.ReadRangeAsync("k", 0, buffer);
        Assert.Equal("0123456789"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task A_body_without_its_announced_checksum_is_refused()
    {
        // CRC-32 of "hello", and something else.
        await using var server = new FaultyServer((_, _) => FaultyServer.Answer(200, "hellO", "ETag: \"0-1\"\r\nx-amz-checksum-crc32: NhCmhg==\r\nx-amz-checksum-type: FULL_OBJECT\r\n"));
        await using S3ObjectStore store = Open(server.Url);
        ObjectStoreException e = await FailAsync(
            async () =>
            {
                await using ObjectBody body = await store.GetAsync("k", ByteRange.All);
                await body.Content.CopyToAsync(Stream.Null);
            },
            TimeSpan.FromSeconds(10));
        Assert.Equal(ObjectStoreErrorKind.ChecksumMismatch, e.Kind);
    }

    [Fact]
    public async Task An_upload_that_arrives_damaged_is_reported_as_such()
    {
        await using var server = new FaultyServer((_, _) => FaultyServer.Error(400, "BadDigest"));
        await using S3ObjectStore store = Open(server.Url);
        ObjectStoreException e = await FailAsync(() => store.PutAsync("k", BodySource.FromMemory(new byte[9]), PutOptions.None), TimeSpan.FromSeconds(10));
        Assert.Equal((ObjectStoreErrorKind.ChecksumMismatch, true), (e.Kind, e.IsTransient));
    }

    [Fact]
    public async Task Something_that_is_no_S3_server_is_named_so()
    {
        await using var server = new FaultyServer((_, _) => FaultyServer.Answer(200, "<html><body>It works!", "Content-Type: text/html\r\n"));
        await using S3ObjectStore store = Open(server.Url);
        ObjectStoreException e = await FailAsync(() => store.CheckAccessAsync(), TimeSpan.FromSeconds(15));
        Assert.Contains("did not answer as an S3 server does", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_wants_quoted_ETags_gets_them()
    {
        await using var server = new FaultyServer((_, head) => head.StartsWith("HEAD", StringComparison.Ordinal)
            ? FaultyServer.Answer(200, "", "ETag: \"v\"\r\n")
            : head.Contains("If-Match: \"v\"", StringComparison.OrdinalIgnoreCase)
                ? FaultyServer.Answer(200, "", "ETag: \"w\"\r\n")
                : FaultyServer.Error(412, "PreconditionFailed"));
        await using S3ObjectStore store = Open(server.Url);
        var options = new PutOptions { Condition = WriteCondition.Matches("v") };
        Assert.Equal("w", (await store.PutAsync("k", BodySource.Empty, options)).ETag);
        Assert.Equal(3, server.Requests);
        await store.PutAsync("k", BodySource.Empty, options);
        Assert.Equal(4, server.Requests);
    }

    [Fact]
    public async Task A_missing_bucket_is_never_taken_for_a_missing_key()
    {
        await using var server = new FaultyServer((_, head) =>
            head.StartsWith("HEAD", StringComparison.Ordinal) ? FaultyServer.Answer(404, "") : FaultyServer.Error(404, "NoSuchBucket"));
        await using S3ObjectStore store = Open(server.Url);
        ObjectStoreException e = await FailAsync(() => store.HeadAsync("k"), TimeSpan.FromSeconds(10));
        Assert.Equal(ObjectStoreErrorKind.NoSuchBucket, e.Kind);
    }

    [Fact]
    public async Task Credentials_files_that_others_can_read_are_refused()
    {
        string path = _credentials + "-open";
        try
        {
            await PrivateFile.WriteAsync(path, "key:secret", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            var options = new S3Options { Bucket = "bucket", Endpoint = "http://127.0.0.1:1", CredentialsFile = path };
            ObjectStoreException e = Assert.Throws<ObjectStoreException>(() => new S3ObjectStore(options));
            Assert.Equal(ObjectStoreErrorKind.BadConfiguration, e.Kind);
            Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
            Assert.Throws<ObjectStoreException>(() => new S3ObjectStore(options with { CredentialsFile = path + "-missing" }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private S3ObjectStore Open(string url, Func<S3Options, S3Options>? change = null)
    {
        var options = new S3Options { Bucket = "bucket", Endpoint = url, CredentialsFile = _credentials };
        return new S3ObjectStore(change?.Invoke(options) ?? options);
    }

    private static async Task<ObjectStoreException> FailAsync(Func<Task> action, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        ObjectStoreException e = await Assert.ThrowsAsync<ObjectStoreException>(action);
        Assert.True(watch.Elapsed < limit, $"took {watch.Elapsed}");
        return e;
    }
}
