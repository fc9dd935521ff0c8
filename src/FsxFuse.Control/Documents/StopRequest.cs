using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body of <c>POST /v1/stop</c>.</summary>
/// <param name="Force">Abort the connection with the kernel even though files are open.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StopRequest(bool Force);
