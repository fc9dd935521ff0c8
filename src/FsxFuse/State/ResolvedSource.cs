namespace FsxFuse.State;

/// <summary>The file system that a SOURCE stands for.</summary>
/// <param name="Config">Its configuration, with the options that hold from now on.</param>
/// <param name="IsNew">Nothing of it exists yet.</param>
/// <param name="IsChanged">The remembered options differ from what is stored.</param>
internal sealed record ResolvedSource(FileSystemConfig Config, bool IsNew, bool IsChanged);
