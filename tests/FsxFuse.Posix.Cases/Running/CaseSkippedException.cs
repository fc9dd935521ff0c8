namespace FsxFuse.Posix.Cases.Running;

/// <summary>A case cannot say anything here; the message says what is missing.</summary>
internal sealed class CaseSkippedException(string reason) : Exception(reason);
