using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace FsxFuse.Integration.Tests;

/// <summary>The part of EC2's instance metadata service (version 2) that gives a role's credentials, on loopback.</summary>
internal sealed class InstanceMetadata : IAsyncDisposable
{
    private const string Role = "/latest/meta-data/iam/security-credentials";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly string _document;
    private readonly Task _serving;

    public InstanceMetadata(string accessKey, string secretKey)
    {
        _document = $$"""
            {"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z","Type":"AWS-HMAC","AccessKeyId":"{{accessKey}}","SecretAccessKey":"{{secretKey}}",
             "Token":"","Expiration":"{{DateTimeOffset.UtcNow.AddHours(6):yyyy-MM-ddTHH:mm:ssZ}}"}
            """;
        Url = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    public IReadOnlyCollection<string> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            string path = context.Request.Url!.AbsolutePath.TrimEnd('/');
            _requests.Enqueue($"{context.Request.HttpMethod} {path}");
            string? body = (context.Request.HttpMethod, path) switch
            {
                ("PUT", "/latest/api/token") => "a-token",
                ("GET", Role) => "a-role",
                ("GET", Role + "/a-role") => _document,
                _ => null,
            };
            context.Response.StatusCode = body is null ? 404 : 200;
            context.Response.Headers["X-aws-ec2-metadata-token-ttl-seconds"] = "21600";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body ?? ""));
            context.Response.Close();
        }
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
