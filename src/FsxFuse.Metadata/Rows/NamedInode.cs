namespace FsxFuse.Metadata;

/// <summary>An entry with the inode it names.</summary>
public readonly record struct NamedInode(DentryRow Dentry, InodeRow Inode);
