using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FsxFuse.Control.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Control;

/// <summary>The control API's routes: one table from method and path to a member of <see cref="IControlTarget"/>.</summary>
internal sealed partial class ControlRoutes(IControlTarget target, ILogger logger)
{
    private const string TaskPrefix = "/v1/tasks/";
    private const string LinkPrefix = "/v1/links/";

    /// <summary>Answers one request; a failure becomes its status and an <see cref="ErrorDocument"/>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            await FailAsync(context, (int)e.Failure, e.Message).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, $"The body is not what this request takes: {e.Message}").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailed(logger, e, context.Request.Method, context.Request.Path.Value ?? "");
            await FailAsync(context, StatusCodes.Status500InternalServerError, e.Message).ConfigureAwait(false);
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        CancellationToken cancel = context.RequestAborted;
        string path = context.Request.Path.Value ?? "";
        switch (context.Request.Method, path)
        {
            case ("GET", "/v1/status"):
                await AnswerAsync(context, await target.GetStatusAsync(cancel).ConfigureAwait(false), ControlJson.Default.StatusDocument).ConfigureAwait(false);
                return;
            case ("GET", "/v1/counters"):
                await AnswerAsync(context, await target.GetCountersAsync(cancel).ConfigureAwait(false), ControlJson.Default.CountersDocument).ConfigureAwait(false);
                return;
            case ("GET", "/v1/tasks"):
                await AnswerAsync(context, await target.GetTasksAsync(cancel).ConfigureAwait(false), ControlJson.Default.TaskListDocument).ConfigureAwait(false);
                return;
            case ("POST", "/v1/tasks"):
                TaskRequest task = await ReadAsync(context, ControlJson.Default.TaskRequest).ConfigureAwait(false);
                await AnswerAsync(context, await target.CreateTaskAsync(task, cancel).ConfigureAwait(false), ControlJson.Default.TaskDocument).ConfigureAwait(false);
                return;
            case ("GET", _) when path.StartsWith(TaskPrefix, StringComparison.Ordinal):
                await AnswerAsync(context, await target.GetTaskAsync(path[TaskPrefix.Length..], cancel).ConfigureAwait(false), ControlJson.Default.TaskDocument)
                    .ConfigureAwait(false);
                return;
            case ("DELETE", _) when path.StartsWith(TaskPrefix, StringComparison.Ordinal):
                await AnswerAsync(context, await target.CancelTaskAsync(path[TaskPrefix.Length..], cancel).ConfigureAwait(false), ControlJson.Default.TaskDocument)
                    .ConfigureAwait(false);
                return;
            case ("GET", "/v1/links"):
                await AnswerAsync(context, await target.GetLinksAsync(cancel).ConfigureAwait(false), ControlJson.Default.LinkListDocument).ConfigureAwait(false);
                return;
            case ("POST", "/v1/links"):
                LinkRequest link = await ReadAsync(context, ControlJson.Default.LinkRequest).ConfigureAwait(false);
                await AnswerAsync(context, await target.AddLinkAsync(link, cancel).ConfigureAwait(false), ControlJson.Default.LinkDocument).ConfigureAwait(false);
                return;
            case ("PUT", _) when path.StartsWith(LinkPrefix, StringComparison.Ordinal):
                LinkUpdateRequest update = await ReadAsync(context, ControlJson.Default.LinkUpdateRequest).ConfigureAwait(false);
                await AnswerAsync(context, await target.UpdateLinkAsync(path[LinkPrefix.Length..], update, cancel).ConfigureAwait(false), ControlJson.Default.LinkDocument)
                    .ConfigureAwait(false);
                return;
            case ("DELETE", _) when path.StartsWith(LinkPrefix, StringComparison.Ordinal):
                LinkDocument removed = await target.RemoveLinkAsync(
                    path[LinkPrefix.Length..], context.Request.Query["data"] == "delete", context.Request.Query["force"] == "true", cancel).ConfigureAwait(false);
                await AnswerAsync(context, removed, ControlJson.Default.LinkDocument).ConfigureAwait(false);
                return;
            case ("POST", "/v1/flush"):
                FlushDocument flushed = await target.FlushAsync(Patience(context.Request), cancel).ConfigureAwait(false);
                await AnswerAsync(context, flushed, ControlJson.Default.FlushDocument).ConfigureAwait(false);
                return;
            case ("POST", "/v1/stop"):
                StopRequest stop = await ReadAsync(context, ControlJson.Default.StopRequest).ConfigureAwait(false);
                await AnswerAsync(context, await target.StopAsync(stop, cancel).ConfigureAwait(false), ControlJson.Default.StopDocument).ConfigureAwait(false);
                return;
            case ("POST", "/v1/options"):
                OptionsRequest options = await ReadAsync(context, ControlJson.Default.OptionsRequest).ConfigureAwait(false);
                await AnswerAsync(context, await target.ChangeOptionsAsync(options, cancel).ConfigureAwait(false), ControlJson.Default.OptionsDocument)
                    .ConfigureAwait(false);
                return;
            case ("PUT", "/v1/log-level"):
                LogLevelDocument level = await ReadAsync(context, ControlJson.Default.LogLevelDocument).ConfigureAwait(false);
                await AnswerAsync(context, target.SetLogLevel(level), ControlJson.Default.LogLevelDocument).ConfigureAwait(false);
                return;
            default:
                throw new ControlException(ControlFailure.NotFound, $"The control API has no {context.Request.Method} {path}.");
        }
    }

    private static TimeSpan Patience(HttpRequest request)
    {
        string? text = request.Query["seconds"];
        if (text is null)
            return TimeSpan.FromSeconds(1);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new ControlException(ControlFailure.BadRequest, $"seconds={text} is not a number of seconds from 0 to 86400.");
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) where T : class =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted).ConfigureAwait(false)
        ?? throw new ControlException(ControlFailure.BadRequest, "The body is null.");

    private static async Task AnswerAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(document, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task FailAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
            return Task.CompletedTask;
        context.Response.StatusCode = status;
        return AnswerAsync(context, new ErrorDocument(message), ControlJson.Default.ErrorDocument);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} on the control socket failed")]
    private static partial void LogFailed(ILogger logger, Exception e, string method, string path);
}
