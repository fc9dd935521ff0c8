namespace FsxFuse.Repository.Export;

/// <summary>Something that could not be exported now; it stays in the queue.</summary>
/// <param name="Path">Its path in the file system, or the key when it has none any more.</param>
/// <param name="ErrorCode">FSx error code (<see cref="FsxErrorCode"/>).</param>
/// <param name="Message">What happened and what to do.</param>
public sealed record ExportFailure(string Path, string ErrorCode, string Message);
