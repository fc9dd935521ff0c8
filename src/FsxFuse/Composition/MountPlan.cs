using FsxFuse.Daemon;
using FsxFuse.State;

namespace FsxFuse.Composition;

/// <summary>What to mount.</summary>
/// <param name="Catalog">This host's file systems.</param>
/// <param name="Preparation">The file system and the directory.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Progress">Called when a step that may take long is done.</param>
internal sealed record MountPlan(FileSystemCatalog Catalog, MountPreparation Preparation, MountRequest Request, Action Progress);
