using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using FsxFuse.Control.Events;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Cli.Tests;

public sealed class EventServerTests : IAsyncLifetime
{
    private const string Secret = "a secret of many characters";
    private const string CertificateUrl = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem";

    private readonly List<ObjectEvent> _events = [];
    private readonly List<Uri> _fetched = [];
    private readonly RSA _key = RSA.Create(2048);
    private readonly HttpClient _client = new();
    private EventServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await EventServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), Secret, _events.Add, FetchAsync, NullLoggerFactory.Instance, default);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        _key.Dispose();
    }

    [Theory]
    [InlineData("""{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"a%2Bb/%C3%A4+c","eTag":"e1"}}}""", "a+b/ä c", "e1")]
    [InlineData("""{"eventSource":"minio:s3","eventName":"s3:ObjectCreated:CompleteMultipartUpload","s3":{"bucket":{"name":"b"},"object":{"key":"a%2Fb","eTag":"e1"}}}""", "a/b", "e1")]
    [InlineData("""{"eventSource":"ceph:s3","eventName":"s3:ObjectRemoved:Delete","s3":{"bucket":{"name":"b"},"object":{"key":"a+b %2F","eTag":"old"}}}""", "a+b %2F", "")]
    [InlineData("""{"eventSource":"aws:s3","eventName":"LifecycleExpiration:Delete","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}""", "k", "")]
    [InlineData("""{"eventSource":"ceph:s3","eventName":"ObjectCreated:Copy","s3":{"bucket":{"name":"b"},"object":{"key":"k","eTag":""}}}""", "k", null)]
    public async Task S3_notifications_are_taken(string record, string key, string? etag)
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync($$"""{"Records":[{{record}}]}""", ("x-api-key", Secret)));
        Assert.Equal([new ObjectEvent("b", key, etag)], _events);
    }

    [Fact]
    public async Task A_key_of_an_unknown_store_may_be_meant_as_written_or_encoded()
    {
        await PostAsync("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"a+b"}}}]}""", ("x-api-key", Secret));
        Assert.Equal(["a b", "a+b"], _events.Select(e => e.Key));
    }

    [Theory]
    [InlineData("Object Created", "e")]
    [InlineData("Object Deleted", "")]
    public async Task EventBridge_events_are_taken(string type, string etag)
    {
        string body = """{"version":"0","id":"1","detail-type":"TYPE","source":"aws.s3","detail":{"bucket":{"name":"b"},"object":{"key":"a b+c","etag":"e"}}}"""
            .Replace("TYPE", type, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(body, ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Secret)))));
        Assert.Equal([new ObjectEvent("b", "a b+c", etag)], _events);
    }

    [Fact]
    public async Task Every_way_a_sender_has_to_say_the_secret_counts_and_nothing_else_does()
    {
        const string Test = """{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}""";
        Assert.Equal(HttpStatusCode.OK, await PostAsync(Test, ("Authorization", $"Bearer {Secret}")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(Test, path: "/" + Uri.EscapeDataString(Secret)));
        foreach ((string, string)[] headers in new (string, string)[][]
        {
            [], [("x-api-key", "")], [("x-api-key", Secret + "x")], [("Authorization", Secret)], [("Authorization", "Bearer")], [("Authorization", "Basic !")],
            [("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)))],
        })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(Test, headers));
        }
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(Test, path: "/wrong"));
        Assert.Empty(_events);
        Assert.Equal(8, _server.Refused);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("{\"Records\":[{},1,null,{\"eventName\":\"ObjectCreated:Put\"},{\"eventName\":3,\"s3\":[]}]}", HttpStatusCode.OK)]
    [InlineData("{\"detail-type\":\"Object Tags Added\"}", HttpStatusCode.OK)]
    public async Task What_is_no_event_is_refused_or_passed_over(string body, HttpStatusCode status)
    {
        Assert.Equal(status, await PostAsync(body, ("x-api-key", Secret)));
        Assert.Empty(_events);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off() =>
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("\"" + new string('x', 2 << 20), ("x-api-key", Secret)));

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Signed_messages_of_SNS_are_taken_and_subscriptions_confirmed(string version)
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync(Sign(new SnsMessage
        {
            Type = SnsMessage.SubscriptionConfirmation,
            Message = "You have chosen to subscribe",
            Token = "t",
            SubscribeUrl = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t",
            SignatureVersion = version,
        }), path: "/" + Uri.EscapeDataString(Secret)));
        Assert.Equal("/?Action=ConfirmSubscription&Token=t", _fetched[^1].PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(Sign(Notification() with { SignatureVersion = version }), path: "/" + Uri.EscapeDataString(Secret)));
        Assert.Equal([new ObjectEvent("b", "k", null)], _events);
        // One certificate for all.
        Assert.Equal(2, _fetched.Count);
    }

    [Fact]
    public async Task What_SNS_did_not_sign_is_refused_and_nothing_is_fetched_from_elsewhere()
    {
        string path = "/" + Uri.EscapeDataString(Secret);
        SnsMessage signed = JsonSerializer.Deserialize<SnsMessage>(Sign(Notification()))!;
        Assert.Equal(HttpStatusCode.OK, await PostAsync(JsonSerializer.Serialize(signed), path: path));
        foreach (SnsMessage wrong in new[]
        {
            signed with { Message = signed.Message!.Replace("\"k\"", "\"l\"", StringComparison.Ordinal) },
            signed with { Subject = "added" },
            signed with { Signature = null },
            signed with { Signature = "!" },
            signed with { SignatureVersion = "3" },
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(JsonSerializer.Serialize(wrong), path: path));
        }
        foreach (string url in new[]
        {
            "http://sns.eu-west-1.amazonaws.com/c.pem", "https://sns.eu-west-1.amazonaws.com.evil.example/c.pem", "https://evil.example/sns.eu-west-1.amazonaws.com",
            "https://sns.eu-west-1.amazonaws.com:8443/c.pem", "https://sns.eu-west-1.amazonaws.com@evil.example/c.pem", "https://s3.eu-west-1.amazonaws.com/c.pem",
            "https://sns.amazonaws.com/c.pem", "https://x.sns.eu-west-1.amazonaws.com/c.pem", "/c.pem",
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(Sign(Notification() with { SigningCertificateUrl = url }), path: path));
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(Sign(new SnsMessage { Type = SnsMessage.SubscriptionConfirmation, SubscribeUrl = url }), path: path));
        }
        Assert.Equal([CertificateUrl], _fetched.Select(url => url.AbsoluteUri));
        Assert.Single(_events);
        // Signed, but without the secret.
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(Sign(Notification())));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        IOException e = await Assert.ThrowsAsync<IOException>(() => EventServer.StartAsync(
            IPEndPoint.Parse(new Uri(_server.Url).Authority), Secret, _events.Add, NullLoggerFactory.Instance));
        Assert.Contains("127.0.0.1", e.Message, StringComparison.Ordinal);
    }

    private static SnsMessage Notification() => new()
    {
        Type = SnsMessage.Notification,
        Message = """{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""",
    };

    private string Sign(SnsMessage message)
    {
        SnsMessage whole = message with
        {
            MessageId = "1",
            TopicArn = "arn:aws:sns:eu-west-1:1:t",
            Timestamp = "2026-01-01T00:00:00.000Z",
            SignatureVersion = message.SignatureVersion ?? "2",
            SigningCertificateUrl = message.SigningCertificateUrl ?? CertificateUrl,
        };
        HashAlgorithmName hash = whole.SignatureVersion == "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
        return JsonSerializer.Serialize(whole with { Signature = Convert.ToBase64String(_key.SignData(whole.SignedBytes(), hash, RSASignaturePadding.Pkcs1)) });
    }

    private Task<byte[]> FetchAsync(Uri url, CancellationToken cancel)
    {
        _fetched.Add(url);
        if (!url.AbsolutePath.EndsWith(".pem", StringComparison.Ordinal))
            return Task.FromResult<byte[]>([]);
        CertificateRequest request = new("CN=sns.amazonaws.com", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return Task.FromResult(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }

    private Task<HttpStatusCode> PostAsync(string body, params (string Name, string Value)[] headers) => PostAsync(body, "", headers);

    private async Task<HttpStatusCode> PostAsync(string body, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _server.Url + path);
        // As SNS sends it.
        request.Content = new StringContent(body, new MediaTypeHeaderValue("text/plain", "UTF-8"));
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await _client.SendAsync(request);
        return response.StatusCode;
    }
}
