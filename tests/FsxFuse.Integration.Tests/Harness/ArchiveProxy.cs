using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FsxFuse.Integration.Tests;

/// <summary>
/// Stands before an S3 server and keeps some of its objects in GLACIER, which the servers that run on loopback do not have: their bytes
/// are refused until they were asked back and a test says that this is done.
/// </summary>
internal sealed class ArchiveProxy : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly string _server;
    private readonly Task _loop;

    public ArchiveProxy(string server)
    {
        _server = server;
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Endpoint = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    public string Endpoint { get; }

    /// <summary>Path (<c>/bucket/key</c>) of each archived object → whether S3 has restored it; null while nobody has asked.</summary>
    public ConcurrentDictionary<string, bool?> Archived { get; } = new();

    /// <summary>The bodies of the requests that asked for a restore.</summary>
    public ConcurrentQueue<string> Restores { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
        _client.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> requests = [];
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                requests.Add(ServeAsync(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(requests);
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            string path = context.Request.Url!.AbsolutePath;
            bool archived = Archived.TryGetValue(path, out bool? restored);
            if (archived && context.Request.HttpMethod == "POST" && context.Request.RawUrl!.Contains("?restore", StringComparison.Ordinal))
            {
                using StreamReader reader = new(context.Request.InputStream);
                Restores.Enqueue(await reader.ReadToEndAsync());
                Archived[path] = false;
                Answer(context, 202, "");
            }
            else if (archived && context.Request.HttpMethod == "GET" && restored != true)
            {
                Answer(context, 403, "<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's storage class</Message></Error>");
            }
            else
            {
                await ForwardAsync(context, archived, restored);
            }
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException)
        {
            context.Response.Abort();
        }
    }

    private static void Answer(HttpListenerContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
    }

    private async Task ForwardAsync(HttpListenerContext context, bool archived, bool? restored)
    {
        HttpListenerRequest request = context.Request;
        // What was signed must arrive as it was: the path byte for byte, and the name of the host.
        Uri target = new(_server + request.RawUrl, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using HttpRequestMessage message = new(new HttpMethod(request.HttpMethod), target);
        if (request.HasEntityBody)
        {
            message.Content = new StreamContent(request.InputStream);
        }

        foreach (string name in request.Headers.AllKeys.OfType<string>())
        {
            if (name is not ("Connection" or "Expect" or "Transfer-Encoding") && !message.Headers.TryAddWithoutValidation(name, request.Headers[name]))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, request.Headers[name]);
            }
        }

        using HttpResponseMessage answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        HttpListenerResponse response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Content-Length" or "Transfer-Encoding" or "Connection" or "Keep-Alive"))
            {
                response.Headers[name] = string.Join(", ", values);
            }
        }

        if (archived)
        {
            response.Headers["x-amz-storage-class"] = "GLACIER";
            if (restored is { } done)
            {
                response.Headers["x-amz-restore"] = done ? "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2029 00:00:00 GMT\"" : "ongoing-request=\"true\"";
            }
        }

        response.ContentLength64 = answer.Content.Headers.ContentLength ?? 0;
        if (request.HttpMethod != "HEAD")
        {
            await answer.Content.CopyToAsync(response.OutputStream);
        }

        response.Close();
    }
}
