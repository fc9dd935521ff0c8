namespace FsxFuse.Integration.Tests;

/// <summary>What a program left.</summary>
internal readonly record struct ShellResult(int ExitCode, string Output, string Errors);
