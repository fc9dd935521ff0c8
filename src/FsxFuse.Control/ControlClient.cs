using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FsxFuse.Control.Documents;

namespace FsxFuse.Control;

/// <summary>Speaks to one daemon over its control socket. Thread-safe.</summary>
/// <remarks>Every request throws <see cref="ControlException"/>; a daemon that does not answer is <see cref="ControlFailure.Unavailable"/>.</remarks>
public sealed class ControlClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    public ControlClient(string socketPath)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://fsxfuse/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The present state.</summary>
    public Task<StatusDocument> GetStatusAsync(CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Get, "v1/status", null, ControlJson.Default.StatusDocument, cancel);

    /// <summary>What was done since the start.</summary>
    public Task<CountersDocument> GetCountersAsync(CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Get, "v1/counters", null, ControlJson.Default.CountersDocument, cancel);

    /// <summary>Starts a task.</summary>
    public Task<TaskDocument> CreateTaskAsync(TaskRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "v1/tasks", Body(request, ControlJson.Default.TaskRequest), ControlJson.Default.TaskDocument, cancel);

    /// <summary>Every task remembered, newest first.</summary>
    public Task<TaskListDocument> GetTasksAsync(CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Get, "v1/tasks", null, ControlJson.Default.TaskListDocument, cancel);

    /// <summary>One task.</summary>
    public Task<TaskDocument> GetTaskAsync(string id, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Get, "v1/tasks/" + Uri.EscapeDataString(id), null, ControlJson.Default.TaskDocument, cancel);

    /// <summary>Asks a task to stop.</summary>
    public Task<TaskDocument> CancelTaskAsync(string id, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, "v1/tasks/" + Uri.EscapeDataString(id), null, ControlJson.Default.TaskDocument, cancel);

    /// <summary>All links.</summary>
    public Task<LinkListDocument> GetLinksAsync(CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Get, "v1/links", null, ControlJson.Default.LinkListDocument, cancel);

    /// <summary>Links a directory to a repository.</summary>
    public Task<LinkDocument> AddLinkAsync(LinkRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "v1/links", Body(request, ControlJson.Default.LinkRequest), ControlJson.Default.LinkDocument, cancel);

    /// <summary>Changes the policies and options of a link.</summary>
    public Task<LinkDocument> UpdateLinkAsync(string id, LinkUpdateRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Put, "v1/links/" + Uri.EscapeDataString(id), Body(request, ControlJson.Default.LinkUpdateRequest), ControlJson.Default.LinkDocument, cancel);

    /// <summary>Removes a link, and returns it as it was.</summary>
    public Task<LinkDocument> RemoveLinkAsync(string id, bool deleteData, bool force, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Delete, $"v1/links/{Uri.EscapeDataString(id)}?data={(deleteData ? "delete" : "keep")}&force={(force ? "true" : "false")}", null,
            ControlJson.Default.LinkDocument, cancel);

    /// <summary>Exports what is queued for at most <paramref name="patience"/>; tells what remains.</summary>
    public Task<FlushDocument> FlushAsync(TimeSpan patience, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"v1/flush?seconds={patience.TotalSeconds}"), null,
            ControlJson.Default.FlushDocument, cancel);

    /// <summary>Unmounts; the daemon ends by itself afterwards.</summary>
    public Task<StopDocument> StopAsync(StopRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "v1/stop", Body(request, ControlJson.Default.StopRequest), ControlJson.Default.StopDocument, cancel);

    /// <summary>Changes remembered options of the mounted file system.</summary>
    public Task<OptionsDocument> ChangeOptionsAsync(OptionsRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "v1/options", Body(request, ControlJson.Default.OptionsRequest), ControlJson.Default.OptionsDocument, cancel);

    /// <summary>Changes what the daemon logs.</summary>
    public Task<LogLevelDocument> SetLogLevelAsync(LogLevelDocument level, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Put, "v1/log-level", Body(level, ControlJson.Default.LogLevelDocument), ControlJson.Default.LogLevelDocument, cancel);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static JsonContent Body<T>(T document, JsonTypeInfo<T> type) => JsonContent.Create(document, type);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw await FailureOf(response, cancel).ConfigureAwait(false);
            return await response.Content.ReadFromJsonAsync(type, cancel).ConfigureAwait(false)
                ?? throw new ControlException(ControlFailure.Failed, "The daemon sent an empty answer.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new ControlException(ControlFailure.Unavailable, "The daemon does not answer on its control socket.", e);
        }
        catch (JsonException e)
        {
            throw new ControlException(ControlFailure.Failed, "The daemon's answer cannot be read; is it of another version?", e);
        }
    }

    private static async Task<ControlException> FailureOf(HttpResponseMessage response, CancellationToken cancel)
    {
        ErrorDocument? error = null;
        try
        {
            error = await response.Content.ReadFromJsonAsync(ControlJson.Default.ErrorDocument, cancel).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            // Not from the control API's own code: the status has to do.
        }
        ControlFailure failure = response.StatusCode switch
        {
            HttpStatusCode.BadRequest => ControlFailure.BadRequest,
            HttpStatusCode.NotFound => ControlFailure.NotFound,
            HttpStatusCode.Conflict => ControlFailure.Conflict,
            HttpStatusCode.ServiceUnavailable => ControlFailure.Unavailable,
            _ => ControlFailure.Failed,
        };
        return new ControlException(failure, error?.Message ?? $"The daemon answered with status {(int)response.StatusCode}.");
    }
}
