namespace FsxFuse;

/// <summary>The command line is wrong (exit code 2). The message is one line, without the program's name.</summary>
internal sealed class UsageException(string message) : Exception(message);
