namespace FsxFuse.Posix.Tests;

/// <summary>The same table on a mount of ours: a case may differ only with its reason beside it.</summary>
public sealed class MountPosixTests(TableRun<MountTarget> run) : PosixTableTests<MountTarget>(run);
