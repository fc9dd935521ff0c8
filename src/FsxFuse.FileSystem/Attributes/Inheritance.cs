using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>What a new inode gets from its directory: its mode after umask or default ACL, and the lists to store with it.</summary>
internal readonly record struct Inheritance(uint Mode, IReadOnlyList<XattrRow> Attributes);
