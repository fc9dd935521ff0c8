using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Control.Events;

/// <summary>Answers whoever posts events: checks the secret, reads the body, hands on what it says.</summary>
internal sealed partial class EventRoutes(EventSecret secret, SnsGate sns, Action<ObjectEvent> sink, EventCounters counters, ILogger logger)
{
    /// <summary>Where events are posted to.</summary>
    public const string Path = "/v1/events";

    public async Task HandleAsync(HttpContext context)
    {
        (int status, string message) = await AnswerAsync(context).ConfigureAwait(false);
        if (status >= StatusCodes.Status400BadRequest)
        {
            counters.CountRefused();
            LogRefused(logger, status, message);
        }
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(message + "\n", context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<(int Status, string Message)> AnswerAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal, out PathString rest))
            return (StatusCodes.Status404NotFound, $"Events go to {Path}.");
        // Before anything else is told: a stranger learns nothing.
        if (!secret.IsIn(context.Request, rest.Value ?? ""))
            return (StatusCodes.Status401Unauthorized, "The secret is missing or wrong.");
        if (context.Request.Method != HttpMethods.Post)
            return (StatusCodes.Status405MethodNotAllowed, "Events are posted.");
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false);
            return (StatusCodes.Status200OK, await TakeAsync(body.RootElement, context.RequestAborted).ConfigureAwait(false));
        }
        catch (JsonException e)
        {
            return (StatusCodes.Status400BadRequest, e.Message);
        }
        catch (EventRefusedException e)
        {
            return (StatusCodes.Status403Forbidden, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            return (e.StatusCode, e.Message);
        }
    }

    private async Task<string> TakeAsync(JsonElement body, CancellationToken cancel)
    {
        // Raw delivery sends the event alone; otherwise it is the text of a signed message.
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("Type", out _) || !body.TryGetProperty("TopicArn", out _))
            return Hand(body);
        SnsMessage message = body.Deserialize(SnsJson.Default.SnsMessage) ?? throw new JsonException("The message is null.");
        await sns.VerifyAsync(message, cancel).ConfigureAwait(false);
        switch (message.Type)
        {
            case SnsMessage.SubscriptionConfirmation:
                await sns.ConfirmAsync(message, cancel).ConfigureAwait(false);
                LogSubscribed(logger, message.TopicArn ?? "");
                return "Confirmed.";
            case SnsMessage.UnsubscribeConfirmation:
                LogUnsubscribed(logger, message.TopicArn ?? "");
                return "Noted.";
            case SnsMessage.Notification:
                using (JsonDocument inner = JsonDocument.Parse(message.Message ?? ""))
                    return Hand(inner.RootElement);
            default:
                throw new JsonException($"A message of type '{message.Type}' is not known.");
        }
    }

    private string Hand(JsonElement body)
    {
        IReadOnlyList<ObjectEvent> events = ObjectEventParser.Parse(body);
        foreach (ObjectEvent one in events)
            sink(one);
        counters.CountReceived(events.Count);
        return $"{events.Count} taken.";
    }

    [LoggerMessage(3600, LogLevel.Warning, "Refused an event ({Status}): {Reason}", EventName = "Refused")]
    private static partial void LogRefused(ILogger logger, int status, string reason);

    [LoggerMessage(3601, LogLevel.Information, "Confirmed the subscription to {Topic}", EventName = "Subscribed")]
    private static partial void LogSubscribed(ILogger logger, string topic);

    [LoggerMessage(3602, LogLevel.Warning, "The subscription to {Topic} was ended", EventName = "Unsubscribed")]
    private static partial void LogUnsubscribed(ILogger logger, string topic);
}
