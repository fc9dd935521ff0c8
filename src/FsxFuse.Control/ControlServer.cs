using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Control;

/// <summary>
/// The control API on a Unix socket of mode 0600. Besides the file's mode, the kernel's word on who connected is checked: only root
/// and the daemon's own user are answered.
/// </summary>
public sealed partial class ControlServer : IAsyncDisposable
{
    /// <summary>sun_path of sockaddr_un (unix(7)) with its final NUL.</summary>
    public const int MaxSocketPathLength = 107;

    private readonly WebApplication _application;
    private readonly string _path;

    private ControlServer(WebApplication application, string path) => (_application, _path) = (application, path);

    /// <summary>Opens the socket, replacing one that a killed daemon left, and starts to answer.</summary>
    /// <param name="socketPath">The socket; its directory must exist and be the caller's own.</param>
    /// <param name="target">What is steered.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="cancel">Cancels starting.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public static async Task<ControlServer> StartAsync(string socketPath, IControlTarget target, ILoggerFactory loggers, CancellationToken cancel = default)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(socketPath) > MaxSocketPathLength)
            throw new IOException($"The socket path {socketPath} is longer than {MaxSocketPathLength} bytes; use a shorter run directory.");
        File.Delete(socketPath);

        // The default builders watch the content root recursively, which never ends when the working directory is '/'.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "fsxfuse",
            ContentRootPath = Path.GetDirectoryName(socketPath),
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoHostLifetime>();
        ILogger logger = loggers.CreateLogger<ControlServer>();
        uint owner = GetEffectiveUserId();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 1 << 20;
            // Both ends are the owner's, on this machine: one that is slow is short of processor time, and must not be answered with 408.
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.ListenUnixSocket(socketPath, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => IsAllowed(connection, owner, logger) ? next(connection) : Task.CompletedTask);
            });
        });
        WebApplication application = builder.Build();
        var routes = new ControlRoutes(target, logger);
        application.Run(routes.HandleAsync);
        try
        {
            await application.StartAsync(cancel).ConfigureAwait(false);
            // The directory is the daemon's own and 0700, so nobody can connect between bind and chmod.
            File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return new ControlServer(application, socketPath);
    }

    /// <summary>Stops answering; requests in flight get a second to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.EndAsync().ConfigureAwait(false);
        File.Delete(_path);
    }

    private static bool IsAllowed(ConnectionContext connection, uint owner, ILogger logger)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not Socket socket)
            return false;
        PeerCredentials peer = PeerCredentials.Of(socket);
        if (peer.Uid == 0 || peer.Uid == owner)
            return true;
        LogRefused(logger, peer.Pid, peer.Uid);
        return false;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a control connection from process {Pid} of user {Uid}")]
    private static partial void LogRefused(ILogger logger, int pid, uint uid);
}
