using System.Text.Json;
using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Links;

/// <summary>A policy as FSx writes it: <c>["NEW","CHANGED","DELETED"]</c>.</summary>
internal sealed class RepositoryEventsConverter : JsonConverter<RepositoryEvents>
{
    public override RepositoryEvents Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("A policy is a list of NEW, CHANGED and DELETED.");
        RepositoryEvents events = RepositoryEvents.None;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            events |= PolicyNames.TryParse(reader.GetString() ?? "", out RepositoryEvents one) && one != RepositoryEvents.None
                ? one
                : throw new JsonException($"'{reader.GetString()}' is not one of NEW, CHANGED and DELETED.");
        }
        return events;
    }

    public override void Write(Utf8JsonWriter writer, RepositoryEvents value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (string name in value.ToNames())
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}
