namespace FsxFuse.Repository.Objects.S3;

/// <summary>A server did not answer in time. An IOException of its own, because the SDK hands on only what is inside of an HTTP failure.</summary>
internal sealed class NoAnswerException(string message, Exception inner) : IOException(message, inner);
