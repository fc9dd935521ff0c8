namespace FsxFuse.Posix.Cases.Running;

/// <summary>A case found the file system doing something else than expected.</summary>
internal sealed class CaseFailedException(string message, string file, int line)
    : Exception($"{message} ({Path.GetFileName(file)}:{line})");
