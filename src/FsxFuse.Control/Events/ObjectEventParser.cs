using System.Net;
using System.Text.Json;

namespace FsxFuse.Control.Events;

/// <summary>
/// Reads what object stores post when something changes: S3 event notifications (Amazon S3, Ceph RGW, MinIO) and EventBridge events. Fields
/// that are not needed may be missing; events that are not about one object's coming or going give nothing.
/// </summary>
internal static class ObjectEventParser
{
    /// <summary>Reads one body.</summary>
    /// <exception cref="JsonException">It is no event.</exception>
    public static IReadOnlyList<ObjectEvent> Parse(JsonElement body)
    {
        List<ObjectEvent> events = [];
        if (body.ValueKind != JsonValueKind.Object)
            throw new JsonException("An event is a JSON object.");
        if (body.TryGetProperty("Records", out JsonElement records) && records.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement record in records.EnumerateArray())
                AddRecord(events, record);
        }
        else if (body.TryGetProperty("detail-type", out JsonElement type))
        {
            AddEventBridge(events, Text(type) ?? "", body);
        }
        else if (!body.TryGetProperty("Event", out JsonElement test) || Text(test) != "s3:TestEvent")
        {
            throw new JsonException("The body is neither an S3 event notification nor an EventBridge event.");
        }
        return events;
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    private static void AddRecord(List<ObjectEvent> events, JsonElement record)
    {
        string name = Text(Member(record, "eventName")) ?? "";
        if (name.StartsWith("s3:", StringComparison.Ordinal))
            name = name["s3:".Length..];
        bool created = name.StartsWith("ObjectCreated:", StringComparison.Ordinal) || name.StartsWith("ObjectRestore:Completed", StringComparison.Ordinal);
        bool removed = name.StartsWith("ObjectRemoved:", StringComparison.Ordinal) || name.StartsWith("LifecycleExpiration:", StringComparison.Ordinal);
        JsonElement? s3 = Member(record, "s3"), item = Member(s3, "object");
        if (!created && !removed || Text(Member(Member(s3, "bucket"), "name")) is not { Length: > 0 } bucket || Text(Member(item, "key")) is not { Length: > 0 } key)
            return;
        string? etag = removed ? "" : Text(Member(item, "eTag")) is { Length: > 0 } told ? told.Trim('"') : null;
        string? source = Text(Member(record, "eventSource"));
        if (source == "ceph:s3")
        {
            events.Add(new ObjectEvent(bucket, key, etag));
            return;
        }
        // Amazon and MinIO encode keys as forms are (a space is '+'). A store that does not may mean what is written, so that is looked at as well.
        string decoded = WebUtility.UrlDecode(key);
        events.Add(new ObjectEvent(bucket, decoded, etag));
        if (decoded != key && source is not ("aws:s3" or "minio:s3"))
            events.Add(new ObjectEvent(bucket, key, etag));
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    private static void AddEventBridge(List<ObjectEvent> events, string type, JsonElement body)
    {
        JsonElement? detail = Member(body, "detail"), item = Member(detail, "object");
        if (type is not ("Object Created" or "Object Deleted" or "Object Restore Completed")
            || Text(Member(Member(detail, "bucket"), "name")) is not { Length: > 0 } bucket || Text(Member(item, "key")) is not { Length: > 0 } key)
            return;
        events.Add(new ObjectEvent(bucket, key, type == "Object Deleted" ? "" : Text(Member(item, "etag")) is { Length: > 0 } etag ? etag : null));
    }

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out JsonElement member) ? member : null;

    private static string? Text(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
