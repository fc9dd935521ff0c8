using System.Text.Json.Serialization;

namespace FsxFuse.Control.Events;

/// <summary>Reads SNS messages.</summary>
[JsonSerializable(typeof(SnsMessage))]
internal sealed partial class SnsJson : JsonSerializerContext;
