namespace FsxFuse;

/// <summary>What the program's exit codes mean: a contract with scripts.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Some files failed.</summary>
    public const int Partly = 3;

    /// <summary>The mount helper was called wrongly (mount(8), "incorrect invocation or permissions").</summary>
    public const int HelperUsage = 1;

    /// <summary>The mount helper could not mount (mount(8), "mount failure").</summary>
    public const int HelperFailed = 32;
}
