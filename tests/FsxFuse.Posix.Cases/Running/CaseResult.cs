namespace FsxFuse.Posix.Cases.Running;

/// <summary>One run of one case.</summary>
/// <param name="AsRoot">Which pass it was.</param>
/// <param name="Message">The failure, or why it was skipped.</param>
internal sealed record CaseResult(PosixCase Case, bool AsRoot, CaseVerdict Verdict, string? Message, TimeSpan Took)
{
    /// <summary>What names the run in reports: <c>root chmod/…</c> or <c>user chmod/…</c>.</summary>
    internal static string Label(PosixCase of, bool asRoot) => $"{(asRoot ? "root" : "user")} {of.FullName}";
}
