namespace FsxFuse.Posix.Tests;

/// <summary>The table proves itself on ext4: a case that fails here is wrong.</summary>
public sealed class Ext4PosixTests(TableRun<Ext4Target> run) : PosixTableTests<Ext4Target>(run);
