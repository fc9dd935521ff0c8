namespace FsxFuse.Model;

/// <summary>Who does the operations that root does not do.</summary>
internal static class Users
{
    /// <summary>A user that no machine has, and its group.</summary>
    internal const uint Ordinary = 65501;
}
