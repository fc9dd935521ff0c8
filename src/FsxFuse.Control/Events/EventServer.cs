using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Control.Events;

/// <summary>
/// The endpoint that object stores post their events to. Plain HTTP: on anything but the loopback address it belongs behind a proxy that
/// speaks TLS.
/// </summary>
public sealed class EventServer : IAsyncDisposable
{
    private const int MaxBodyBytes = 1 << 20;

    private readonly WebApplication _application;
    private readonly EventCounters _counters;
    private readonly HttpClient _client;

    private EventServer(WebApplication application, EventCounters counters, HttpClient client, IPEndPoint address) =>
        (_application, _counters, _client, Url) = (application, counters, client, $"http://{address}{EventRoutes.Path}");

    /// <summary>Where events go, without the secret.</summary>
    public string Url { get; }

    /// <summary>Events taken since the start.</summary>
    public long Received => _counters.Received;

    /// <summary>Requests refused since the start.</summary>
    public long Refused => _counters.Refused;

    /// <summary>Starts to listen.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="secret">What senders prove themselves with: 16 characters or more.</param>
    /// <param name="sink">Told each event; must only take note.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="cancel">Cancels starting.</param>
    /// <exception cref="IOException">The address cannot be had.</exception>
    public static Task<EventServer> StartAsync(IPEndPoint address, string secret, Action<ObjectEvent> sink, ILoggerFactory loggers, CancellationToken cancel = default) =>
        StartAsync(address, secret, sink, null, loggers, cancel);

    internal static async Task<EventServer> StartAsync(
        IPEndPoint address, string secret, Action<ObjectEvent> sink, Func<Uri, CancellationToken, Task<byte[]>>? fetch, ILoggerFactory loggers, CancellationToken cancel)
    {
        if (secret.Length < EventSecret.MinLength)
            throw new ArgumentException($"The secret of the event endpoint needs {EventSecret.MinLength} characters or more.", nameof(secret));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "fsxfuse", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBodyBytes;
            options.Limits.MaxConcurrentConnections = 256;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            options.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication application = builder.Build();
        EventCounters counters = new();
        // A redirect could lead anywhere.
        HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 64 << 10 };
        SnsGate sns = new(fetch ?? client.GetByteArrayAsync);
        EventRoutes routes = new(new EventSecret(secret), sns, sink, counters, loggers.CreateLogger<EventServer>());
        application.Run(routes.HandleAsync);
        try
        {
            await application.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            client.Dispose();
            if (e is AddressInUseException or SocketException)
                throw new IOException($"Events cannot be received at {address}: {e.Message}", e);
            throw;
        }
        // Port 0 asked for any.
        IPEndPoint bound = new(address.Address, new Uri(application.Urls.First()).Port);
        return new EventServer(application, counters, client, bound);
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.EndAsync().ConfigureAwait(false);
        _client.Dispose();
    }
}
