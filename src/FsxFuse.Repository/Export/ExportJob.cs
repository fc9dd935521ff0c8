using FsxFuse.Metadata;

namespace FsxFuse.Repository.Export;

/// <summary>One try at one queue entry.</summary>
/// <param name="Row">The entry as read before the namespace was looked at: only what changed later raises its version beyond.</param>
/// <param name="Forced">A task or command asked: links that do not export by themselves are exported too.</param>
/// <param name="Break">The entry this one waits for in a circle: what it protects is loaded instead.</param>
/// <param name="EnterLarge">Called before a long upload, so that it does not take a small file's turn.</param>
internal sealed record ExportJob(ExportRow Row, bool Forced, EntryId? Break, Func<CancellationToken, ValueTask> EnterLarge);
