namespace FsxFuse.Posix.Tests;

/// <summary>The table on the file system at FSXFUSE_POSIX_DIR, if that is set.</summary>
public sealed class DirectoryPosixTests(TableRun<DirectoryTarget> run) : PosixTableTests<DirectoryTarget>(run);
