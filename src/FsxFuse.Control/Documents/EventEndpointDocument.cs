namespace FsxFuse.Control.Documents;

/// <summary>The endpoint that the repositories' events are posted to.</summary>
/// <param name="Url">Where to, without the secret.</param>
/// <param name="Received">Events taken since the start.</param>
/// <param name="Refused">Requests refused since the start: a wrong secret or signature, or no event.</param>
public sealed record EventEndpointDocument(string Url, long Received, long Refused);
