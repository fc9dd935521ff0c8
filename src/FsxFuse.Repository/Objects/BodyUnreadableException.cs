namespace FsxFuse.Repository.Objects;

/// <summary>The local side of an upload failed. Deliberately no IOException: HTTP layers take those for network trouble and retry.</summary>
internal sealed class BodyUnreadableException(string message, Exception? innerException = null) : Exception(message, innerException);
