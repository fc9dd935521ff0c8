namespace FsxFuse.Repository.Import;

/// <summary>A name that an import could not deal with.</summary>
/// <param name="Key">The key.</param>
/// <param name="Code">FSx's code for reports, such as S3AccessDenied.</param>
/// <param name="Message">What happened.</param>
/// <param name="IsWarning">Whether the rest of it was done all the same ("succeeded with warning").</param>
public sealed record RefreshFailure(string Key, string Code, string Message, bool IsWarning = false);
