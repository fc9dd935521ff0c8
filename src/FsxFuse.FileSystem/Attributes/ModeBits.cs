namespace FsxFuse.FileSystem;

/// <summary>Permission bits of st_mode (inode(7)).</summary>
internal static class ModeBits
{
    public const uint SetUid = 0x800;
    public const uint SetGid = 0x400;
    public const uint GroupExecute = 0x8;
    public const uint Permissions = 0xFFF;

    /// <summary>
    /// What a write, truncation or chown leaves of a mode: no set-uid; no set-gid if the group may execute (without that bit it
    /// means mandatory locking, chmod(2)).
    /// </summary>
    public static uint WithoutPrivileges(uint mode)
    {
        mode &= ~SetUid;
        return (mode & GroupExecute) != 0 ? mode & ~SetGid : mode;
    }
}
