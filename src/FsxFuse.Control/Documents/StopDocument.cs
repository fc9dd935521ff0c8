namespace FsxFuse.Control.Documents;

/// <summary>The answer to <c>POST /v1/stop</c>: the file system is unmounted and the daemon is about to end.</summary>
/// <param name="Queued">Changes that stay queued on disk until the next mount.</param>
public sealed record StopDocument(long Queued);
