namespace FsxFuse.Posix.Cases.Calls;

/// <summary>One <c>struct linux_dirent64</c>.</summary>
/// <param name="Name">Escaped as <see cref="Calls.Name"/> says.</param>
/// <param name="Next">The position behind this entry, for lseek(2).</param>
internal sealed record DirectoryEntry(string Name, ulong Inode, long Next, byte Type);
